"""One day of a nurse, a technician and a manager in the demo hospital: forty messages to the trained model through Slack's protocol.

Every card and receipt is held against what was posted, and the ledger against itself when the day is over.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import keeper
from bot.workspace.state import Message
from domain.model.hold import CheckState
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.movement import Movement, StockStatus
from domain.model.receipt import DraftState, Receipt, ReceiptId
from domain.model.requisition import RequisitionId, RequisitionState
from domain.model.subscription import Topic
from domain.usecases.admin.check_ledger import Difference, check_ledger
from tests.scenario.house import CHANNELS, MANAGER, NURSE, PATIENCE, TECHNICIAN, Running, load, opened

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600), pytest.mark.nlu]

STRANGER = "U0STRANGER"
STORE = CHANNELS[15]
NORTH = FacilityId(1)


@dataclass
class Day:
    """What people say and press, and what the books hold."""

    running: Running
    said: int = 0
    _turn: int = 0
    channels: tuple[str, ...] = field(default=CHANNELS[:12])

    # ------------------------------------------------------------------------------------------ people

    async def say(self, text: str, *, user: str = NURSE, meant: str = "") -> Message:
        """Says it to Parley in a thread of its own; the first answer.

        Where Parley asks which of two things was meant, the button that says ``meant`` is pressed, and its answer is given.
        """
        self.said += 1
        channel = self.channels[self._turn % len(self.channels)]
        self._turn += 1
        ts = await self.running.workspace.say(user, channel, f"@Parley {text}")
        answer = await self.running.reply(channel, ts)
        if not meant or "which do you mean?" not in answer.text:
            return answer
        for block in answer.blocks:
            for element in (*block.get("elements", ()), block.get("accessory")):
                if isinstance(element, dict) and meant in element.get("text", {}).get("text", ""):
                    await self.running.workspace.click(
                        user,
                        action_id=element["action_id"],
                        channel=channel,
                        ts=answer.ts,
                        block_id=block["block_id"],
                    )
                    return await self.running.reply(channel, ts, number=1)
        raise AssertionError(f"nothing says {meant!r} below {answer.text!r}")

    async def go_on(self, card: Message, text: str, *, user: str = NURSE) -> Message:
        """Says it in the thread; the next answer there."""
        self.said += 1
        return await self.running.go_on(card, text, user=user)

    async def press(self, card: Message, press: str, *, user: str = NURSE, label: str = "") -> None:
        for block in card.blocks:
            for element in (*block.get("elements", ()), block.get("accessory")):
                if _is(element, press, label):
                    await self.running.workspace.click(
                        user,
                        action_id=element["action_id"],
                        channel=card.channel,
                        ts=card.ts,
                        block_id=block["block_id"],
                    )
                    return
        raise AssertionError(f"no {press} {label!r} below {card.text!r}")

    async def becomes(self, message: Message, words: str) -> Message:
        await self.running.workspace.wait_for(lambda: words in message.text, timeout=PATIENCE)
        return message

    async def confirm(self, card: Message, *, user: str = NURSE) -> Receipt:
        """Presses Confirm; the receipt that the card has become."""
        await self.press(card, "confirm", user=user)
        await self.becomes(card, "\u2713 ")
        return self.receipt(card)

    async def next_in(self, channel: str, *, words: str) -> Message:
        """The newest message of Parley outside threads there that says this."""
        return await self.running.workspace.wait_for(
            lambda: next(m for m in reversed(self.running.said(channel)) if words in m.text), timeout=PATIENCE
        )

    async def told_in(self, card: Message, words: str) -> Message:
        """A message of Parley in the thread that says this."""
        thread = str(card.thread_ts)
        return await self.running.workspace.wait_for(
            lambda: next(
                m
                for m in self.running.workspace.replies(card.channel, thread_ts=thread)
                if words in m.text and m is not card
            ),
            timeout=PATIENCE,
        )

    async def aside(self, user: str, words: str) -> str:
        """What somebody alone was told."""
        found = await self.running.workspace.wait_for(
            lambda: next(m for m in self.running.workspace.ephemerals(user) if words in m.text),
            timeout=PATIENCE,
        )
        return found.text

    # ------------------------------------------------------------------------------------------ books

    def receipt(self, message: Message) -> Receipt:
        """The receipt whose number the message shows."""
        number = re.findall(r"^R-(\d+)$", message.text, re.MULTILINE)[-1]
        with self.running.house.transactions.reading() as uow:
            return uow.receipts.get(NORTH, ReceiptId(int(number)))

    def movements(self, receipt: Receipt) -> list[Movement]:
        with self.running.house.transactions.reading() as uow:
            return [uow.ledger.get(movement) for movement in receipt.movement_ids]

    def item(self, family: str, size: str) -> ItemId:
        with self.running.house.transactions.reading() as uow:
            return next(one.id for one in uow.catalogue.family(family) if one.size == size)

    def place(self, path: str) -> PlaceId:
        with self.running.house.transactions.reading() as uow:
            tree = uow.places.tree()
            return next(place.id for place in tree if tree.path(place.id) == path)

    def on_hand(self, item: ItemId, unit: str, *, status: StockStatus = StockStatus.AVAILABLE) -> int:
        with self.running.house.transactions.reading() as uow:
            inside = tuple(uow.places.tree().subtree(self.place(unit)))
            lines = uow.stock.of_items([item], places=inside)
            return sum(line.on_hand for line in lines if line.status is status)

    def case_of(self, movement: Movement) -> str:
        """The number of the case that it is charged to."""
        with self.running.house.transactions.reading() as uow:
            target = uow.charges.targets([movement.charge_id])[movement.charge_id]
            return (
                "" if target.case_id is None else uow.charges.cases([target.case_id])[target.case_id].number
            )


def _is(element: Any, press: str, label: str) -> bool:
    if not isinstance(element, dict):
        return False
    if not str(element.get("action_id", "")).startswith(f"parley.act.{press}:"):
        return False
    return label in element.get("text", {}).get("text", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    if keeper.current_model() is None:
        pytest.skip("the language model is not trained: make train")
    folder: Path = tmp_path_factory.mktemp("day")
    url = f"sqlite:///{folder / 'parley.db'}"
    load(url, folder)
    async with opened(url, folder, model=True, channels=f"Central Supply={STORE}") as running:
        yield Day(running)


SALEM = ("Salem Sump nasogastric tube", "18 Fr")
MARKER = ("Skin marker with ruler, sterile", "regular")
SUCTION = ("Suction catheter kit with gloves", "8 Fr")
DRAPE = ("C-arm drape set", "41 x 74 in")
SYRINGE20 = ("Luer-Lok syringe", "20 mL")
SYRINGE10 = ("Luer-Lok syringe", "10 mL")
YANKAUER = ("Yankauer suction tip, rigid", "bulb tip")
GLOVE = ("Protexis PI surgical glove", "7")
FOLEY = ("Bardex Lubricath Foley catheter, latex, 2-way", "16 Fr")


async def test_a_day_of_forty_messages_is_posted_as_it_was_said_and_the_ledger_is_clean(day: Day) -> None:
    await _morning_of_the_nurse(day)
    await _stock_is_moved(day)
    await _the_store_is_asked(day)
    await _deliveries_are_received(day)
    await _shelves_are_counted(day)
    await _a_lot_is_recalled(day)
    await _levels_and_alerts(day)
    await _what_is_refused(day)
    assert day.said >= 40
    wrong: list[Difference] = []
    check_ledger(day.running.house.transactions, on_difference=wrong.append)
    assert wrong == []


async def _morning_of_the_nurse(day: Day) -> None:
    salem, marker, suction = day.item(*SALEM), day.item(*MARKER), day.item(*SUCTION)
    answer = await day.say("where are the 18 fr salem sumps")
    assert "Salem Sump nasogastric tube 18 Fr" in answer.text

    tubes, markers = day.on_hand(salem, "OR Suite"), day.on_hand(marker, "OR Suite")
    card = await day.say("used 2 18 fr salem sumps for C-1791")
    assert day.on_hand(salem, "OR Suite") == tubes  # nothing before it is confirmed
    card = await day.go_on(card, "add a regular skin marker")
    used = await day.confirm(card)
    assert sorted((m.item_id, m.quantity) for m in day.movements(used)) == sorted([(salem, 2), (marker, 1)])
    assert {day.case_of(m) for m in day.movements(used)} == {"C-1791"}
    assert day.on_hand(salem, "OR Suite") == tubes - 2
    undo = await day.go_on(card, "undo that")
    undone = await day.confirm(undo)
    assert undone.undoes == used.id
    assert (day.on_hand(salem, "OR Suite"), day.on_hand(marker, "OR Suite")) == (tubes, markers)

    card = await day.say("used 2 18 fr salem sumps and a skin marker for C-1791")
    assert "skin marker" in card.text.casefold()  # read back, asked about, or said to be left out: never lost
    await day.press(card, "cancel")
    await day.becomes(card, "Cancelled")

    kits = day.on_hand(suction, "ICU")
    card = await day.say("used 3 8 fr suction catheter kits in ICU")
    card = await day.go_on(card, "make it 4")
    card = await day.go_on(card, "for case C-1799")
    done = await day.go_on(card, "yes")
    moved = day.movements(day.receipt(done))
    assert sum(m.quantity for m in moved) == 4
    assert {day.case_of(m) for m in moved} == {"C-1799"}
    assert day.on_hand(suction, "ICU") == kits - 4

    card = await day.say("return 1 8 fr suction catheter kit from case C-1799 to ICU")
    back = day.movements(await day.confirm(card))
    assert [(m.kind.value, m.quantity, day.case_of(m)) for m in back] == [("return", 1, "C-1799")]
    assert day.on_hand(suction, "ICU") == kits - 3

    drape = day.item(*DRAPE)
    drapes = day.on_hand(drape, "OR Suite")
    card = await day.say("dropped a c-arm drape on the floor")
    wasted = day.movements(await day.confirm(card))
    assert [(m.kind.value, m.item_id, m.quantity) for m in wasted] == [("waste", drape, 1)]
    assert "dropped" in wasted[0].reason
    assert day.on_hand(drape, "OR Suite") == drapes - 1

    answer = await day.say("how many yankauers do we have in the OR")
    assert "Yankauer" in answer.text


async def _stock_is_moved(day: Day) -> None:
    syringe = day.item(*SYRINGE20)
    central, pacu = day.on_hand(syringe, "Central Supply"), day.on_hand(syringe, "PACU")
    card = await day.say("move 5 20 mL luer-lok syringes from central to ED", user=TECHNICIAN)
    card = await day.go_on(card, "not ED, PACU", user=TECHNICIAN)
    await day.confirm(card, user=TECHNICIAN)
    assert day.on_hand(syringe, "Central Supply") == central - 5
    assert day.on_hand(syringe, "PACU") == pacu  # under way until somebody there says that it came
    assert day.on_hand(syringe, "PACU", status=StockStatus.IN_TRANSIT) == 5
    await day.press(card, "step", label="It has arrived")
    came = await day.told_in(card, "Take in")
    await day.confirm(came)
    assert day.on_hand(syringe, "PACU") == pacu + 5
    assert day.on_hand(syringe, "PACU", status=StockStatus.IN_TRANSIT) == 0
    answer = await day.say("what's low in PACU", user=MANAGER)
    assert "low in PACU" in answer.text


async def _the_store_is_asked(day: Day) -> None:
    yankauer = day.item(*YANKAUER)
    store, room = day.on_hand(yankauer, "Central Supply"), day.on_hand(yankauer, "OR Suite")
    card = await day.say("send us 6 bulb tip yankauers", meant="brought from the supply room")
    await day.press(card, "confirm")
    await day.becomes(card, "REQ-1 asked")
    order = await day.next_in(STORE, words="Pick for OR Suite")
    assert re.search(r"1\. .*Yankauer", order.text)
    where = await day.say("where is REQ-1?")
    assert "REQ-1 asked" in where.text
    picking = await day.say("picked REQ-1", user=TECHNICIAN)
    await day.press(picking, "step", label="All picked", user=TECHNICIAN)
    await day.becomes(picking, "REQ-1 picked")
    assert day.on_hand(yankauer, "Central Supply") == store - 6
    await day.press(picking, "step", label="Delivered", user=TECHNICIAN)
    await day.becomes(picking, "REQ-1 delivered")
    came = await day.say("REQ-1 came, two short")
    await day.press(came, "step", label="4 of 6 came")
    await day.becomes(came, "REQ-1 closed short")
    assert day.on_hand(yankauer, "OR Suite") == room + 4
    assert day.on_hand(yankauer, "Central Supply") == store - 4  # what did not come is on the shelf again
    with day.running.house.transactions.reading() as uow:
        assert uow.requisitions.get(NORTH, RequisitionId(1)).state is RequisitionState.SHORT

    card = await day.say("we need 3 bulb tip yankauers and some 8 fr suction catheter kits from central")
    card = await day.go_on(card, "2")
    await day.press(card, "confirm")
    await day.becomes(card, "REQ-2 asked")
    order = await day.next_in(STORE, words="REQ-2")
    await day.press(order, "step", user=TECHNICIAN, label="All picked")
    await day.becomes(order, "REQ-2 picked")
    came = await day.say("received REQ-2")
    await day.press(came, "step", label="It is here")
    await day.becomes(came, "REQ-2 received")
    with day.running.house.transactions.reading() as uow:
        lines = uow.requisitions.get(NORTH, RequisitionId(2)).lines
    assert [(line.item_id, line.received) for line in lines] == [(yankauer, 3), (day.item(*SUCTION), 2)]
    assert day.on_hand(yankauer, "OR Suite") == room + 7
    assert day.on_hand(yankauer, "Central Supply") == store - 7


async def _deliveries_are_received(day: Day) -> None:
    syringe, glove = day.item(*SYRINGE10), day.item(*GLOVE)
    before = day.on_hand(syringe, "Central Supply")
    card = await day.say(
        "received 2 boxes of 10 mL luer-lok syringes lot LL7788 exp 2029-03-31", user=TECHNICIAN
    )
    delivery = await day.confirm(card, user=TECHNICIAN)
    assert day.on_hand(syringe, "Central Supply") == before + 200
    card = await day.say(f"undo {delivery.number}", user=TECHNICIAN)
    assert (await day.confirm(card, user=TECHNICIAN)).undoes == delivery.id
    assert day.on_hand(syringe, "Central Supply") == before
    gloves = day.on_hand(glove, "Central Supply")
    card = await day.say("received 5 size 7 protexis PI gloves", user=TECHNICIAN)
    assert "lot number" in card.text
    card = await day.go_on(card, "lot PX1188", user=TECHNICIAN)
    assert "expiry" in card.text
    card = await day.go_on(card, "2029-06-30", user=TECHNICIAN)
    await day.confirm(card, user=TECHNICIAN)
    assert day.on_hand(glove, "Central Supply") == gloves + 5
    with day.running.house.transactions.reading() as uow:
        lots = uow.lots.named("PX1188")
    assert [(lot.item_id, str(lot.expires_on)) for lot in lots] == [(glove, "2029-06-30")]


async def _shelves_are_counted(day: Day) -> None:
    yankauer = day.item(*YANKAUER)
    card = await day.say("counted 20 bulb tip yankauers in ICU", user=TECHNICIAN)
    card = await day.go_on(card, "make it 21", user=TECHNICIAN)
    counted = day.movements(await day.confirm(card, user=TECHNICIAN))
    assert {m.kind.value for m in counted} == {"count"}
    assert day.on_hand(yankauer, "ICU") == 21
    assert "21" in card.text.splitlines()[0]


async def _a_lot_is_recalled(day: Day) -> None:
    foley = day.item(*FOLEY)
    with day.running.house.transactions.reading() as uow:
        lot = uow.lots.named("B4717518")[0]
        there = {line.place_id for line in uow.stock.of_items([foley]) if line.lot_id == lot.id}
    card = await day.say("pull lot B4717518, recalled", user=MANAGER)
    held = day.movements(await day.confirm(card, user=MANAGER))
    assert {m.lot_id for m in held} == {lot.id}
    checklist = await day.told_in(card, f"0 of {len(there)} places answered")
    at_store = await day.next_in(STORE, words="B4717518")
    await day.press(at_store, "check", label="Pulled", user=TECHNICIAN)
    await day.told_in(card, f"1 of {len(there)} places have answered")
    with day.running.house.transactions.reading() as uow:
        hold = uow.holds.open(NORTH)[0]
        states = [check.state for check in hold.checks]
    assert states.count(CheckState.PULLED) == 1
    assert checklist.channel == card.channel

    card = await day.say("used a 16 fr bardex lubricath foley lot B4717518 from 4 west", meant="used")
    await day.press(card, "override")
    assert "may not override" in await day.aside(NURSE, "may not override")
    await day.press(card, "override", user=MANAGER)
    view = (await day.running.workspace.wait_for(lambda: day.running.workspace.views(MANAGER)))[-1]
    reason = next(block["block_id"] for block in view.body["blocks"] if block["type"] == "input")
    await day.running.workspace.submit_view(MANAGER, values={reason: "placed before the notice came"})
    await day.becomes(card, "\u2713 ")
    used = day.movements(day.receipt(card))
    assert [(m.lot_id, m.quantity, m.kind.value) for m in used] == [(lot.id, 1, "consume")]


async def _levels_and_alerts(day: Day) -> None:
    salem = day.item(*SALEM)
    card = await day.say("set the par of 18 fr salem sumps in the OR to 40", user=MANAGER)
    await day.confirm(card, user=MANAGER)
    with day.running.house.transactions.reading() as uow:
        assert [par.par for par in uow.pars.of(places=[day.place("OR Suite")], items=[salem])] == [40]
    answer = await day.say("tell me when 18 fr salem sumps run low in the OR")
    assert "Salem Sump" in answer.text
    with day.running.house.transactions.reading() as uow:
        nurse = uow.people.by_slack(NURSE)
        kept = uow.subscriptions.of(nurse.id)
    assert [(one.topic, one.item_id, one.place_id) for one in kept] == [
        (Topic.LOW, salem, day.place("OR Suite"))
    ]
    listed = await day.say("stop telling me about salem sumps")
    await day.press(listed, "stop")
    await day.becomes(listed, "Stopped")
    with day.running.house.transactions.reading() as uow:
        assert not uow.subscriptions.of(nurse.id)


async def _what_is_refused(day: Day) -> None:
    salem = day.item(*SALEM)
    card = await day.say("set the par of 18 fr salem sumps in the OR to 10", user=TECHNICIAN)
    assert "A technician may not set par levels." in card.text
    await day.press(card, "cancel", user=TECHNICIAN)
    await day.becomes(card, "Cancelled")
    card = await day.say("counted 5 8 fr suction catheter kits in ICU")
    assert "A clinician may count at their own places only" in card.text
    await day.press(card, "cancel")
    await day.becomes(card, "Cancelled")
    card = await day.say("used 3 regular skin markers", user=STRANGER)
    assert "not on the staff list" in card.text
    assert "Confirm" not in card.text
    with day.running.house.transactions.reading() as uow:
        assert not uow.drafts.open_in(card.channel, str(card.thread_ts))
    before = day.on_hand(salem, "OR Suite")
    card = await day.say("used 1 18 fr salem sump")
    said = await day.go_on(card, "never mind")
    assert "nothing was posted" in said.text
    assert day.on_hand(salem, "OR Suite") == before
    card = await day.say("used half a box of 10 mL luer-lok syringes")
    assert "50 each" in card.text
    await day.press(card, "cancel")
    await day.becomes(card, "Cancelled")
    card = await day.say("move 900 18 fr salem sumps from central to ED", user=TECHNICIAN)
    with day.running.house.transactions.reading() as uow:
        open_now = uow.drafts.open_in(card.channel, str(card.thread_ts))
    assert [draft.state for draft in open_now] == [DraftState.OPEN]
    assert "Confirm" not in card.text  # there is not so much
    answer = await day.say("what expires in the next 30 days in ICU", user=MANAGER)
    assert re.match(r"\d+ lots? expires? in ICU", answer.text)
