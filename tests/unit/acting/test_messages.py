"""Messages and the cards they give: what is taken, how much, from where, for whom; and what is asked where something is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from domain.model.person import Person
from tests.unit.acting.house import ANA, BEN, MIA, ORLA, TOM, House, lines_of, lots_of

F14, F16, F18 = (f"Foley catheter {n} Fr" for n in (14, 16, 18))
BAG, SILK, SILK3, VICRYL = "Leg bag", "Suture silk 2-0", "Suture silk 3-0", "Suture vicryl 4-0"
GLOVE, TUBE, STAPLER, GAUZE = (
    "Surgical glove 7.5",
    "Chest tube 28 Fr",
    "Linear stapler 60 mm",
    "Gauze sponge 4 x 4",
)
FLUSH, PUMP = "Saline flush syringe 10 mL", "Infusion pump"


@dataclass(frozen=True)
class Given:
    """A labelled message with what its card reads back; "" leaves a part unlooked at."""

    said: str
    lines: tuple[tuple[str, int], ...]
    action: str = "consume"
    source: str = ""
    destination: str = ""
    target: str = ""
    intent: str = "consume"
    person: Person = ANA


def _to(place: str) -> str:
    return f'[{place}]{{"entity":"location","role":"destination"}}'


def _from(place: str) -> str:
    return f'[{place}]{{"entity":"location","role":"source"}}'


C, T, W, K, R, Q, N, P, H, U = (
    "consume",
    "transfer",
    "waste",
    "count",
    "receive",
    "requisition",
    "reorder",
    "set_par",
    "quarantine",
    "undo",
)

CARDS = (
    Given(
        "used [2](quantity) [16 fr](size) [foleys](item)",
        ((F16, 2),),
        source="ICU",
        target="Critical care (6010)",
    ),
    Given("used [2](quantity) [foleys](item) for [C-991](case)", ((F16, 2),), target="C-991, Dr. Chen"),
    Given("used [two](quantity) [foleys](item) on case [C991](case)", ((F16, 2),), target="C-991, Dr. Chen"),
    Given("used a [leg bag](item)", ((BAG, 1),)),
    Given("used [2](quantity) [foleys](item) and a [leg bag](item) for [C-991](case)", ((F16, 2), (BAG, 1))),
    Given(
        "used [2](quantity) [2-0](size) [silk](item), [3](quantity) [vicryl](item)", ((SILK, 2), (VICRYL, 3))
    ),
    Given("[4](quantity) [2-0](size) [silk](item) on [C-991](case)", ((SILK, 4),)),
    Given("took [a](quantity) [box](unit) of [gloves](item)", ((GLOVE, 50),)),
    Given("used [1](quantity) [pair](unit) of [7.5](size) [gloves](item)", ((GLOVE, 1),)),
    Given("used [a dozen](quantity) [gauze](item)", ((GAUZE, 12),)),
    Given("used [2](quantity) [packs](unit) of [gauze](item)", ((GAUZE, 20),)),
    Given("used [half a dozen](quantity) [flushes](item)", ((FLUSH, 6),)),
    Given(
        "used [1](quantity) [box](unit) of [saline flush](item) in [ICU](location)",
        ((FLUSH, 60),),
        source="ICU",
    ),
    Given("used [2](quantity) [foleys](item) in [PACU](location)", ((F16, 2),), source="PACU"),
    Given("used [2](quantity) [foleys](item) from " + _from("PACU"), ((F16, 2),), source="PACU"),
    Given("used [1](quantity) [foley](item) lot [9K3001](lot)", ((F16, 1),)),
    Given("used lot [9K3001](lot) [x3](quantity)", ((F16, 3),)),
    Given("used stapler [SN4711](serial) for [C-991](case)", ((STAPLER, 1),), source="OR suite"),
    Given(
        "used [stapler](item) serial [SN4712](serial) on [C-1002](case)",
        ((STAPLER, 1),),
        target="C-1002, Dr. Patel",
    ),
    Given("used [2](quantity) [silk](item) for [Dr. Chen](provider)", ((SILK, 2),), target="Dr. Chen"),
    Given("used [2](quantity) [silk](item) for patient [E-4482913](patient)", ((SILK, 2),)),
    Given(
        "charge [3](quantity) [vicryl](item) to [C-1002](case)", ((VICRYL, 3),), target="C-1002, Dr. Patel"
    ),
    Given("used [all](quantity) the [vicryl](item)", ((VICRYL, 12),)),
    Given("used the last [vicryl](item)", ((VICRYL, 1),)),
    Given("used [2](quantity) [foleys](item)", ((F16, 2),), person=BEN, source="PACU"),
    Given(
        "used [2](quantity) [silk](item) in the [core](location)",
        ((SILK, 2),),
        person=ORLA,
        source="Sterile core",
    ),
    Given("used [5](quantity) [foleys](item)", ((F16, 5),)),
    Given("[foley](item) [16 fr](size) [x2](quantity), [leg bag](item) [x1](quantity)", ((F16, 2), (BAG, 1))),
    Given(
        "used [1](quantity) [silk](item), [1](quantity) [vicryl](item) and [1](quantity) [leg bag](item)",
        ((SILK, 1), (VICRYL, 1), (BAG, 1)),
    ),
    Given("used [1/5](quantity) [box](unit) of [leg bags](item)", ((BAG, 5),)),
    # moved
    Given(
        "move [12](quantity) [chest tubes](item) from " + _from("central") + " to " + _to("ED"),
        ((TUBE, 12),),
        "transfer",
        "Central supply",
        "ED",
        intent=T,
    ),
    Given(
        "move a [dozen](unit) [chest tubes](item) from " + _from("central") + " to " + _to("ED"),
        ((TUBE, 12),),
        "transfer",
        "Central supply",
        "ED",
        intent=T,
    ),
    Given(
        "sent [3](quantity) [16 fr](size) [foleys](item) to " + _to("PACU"),
        ((F16, 3),),
        "transfer",
        "ICU",
        "PACU",
        intent=T,
    ),
    Given(
        "took [2](quantity) [pumps](item) from " + _from("central"),
        ((PUMP, 2),),
        "transfer",
        "Central supply",
        "ICU",
        intent=T,
    ),
    Given(
        "move [all](quantity) the [chest tubes](item) from " + _from("central") + " to " + _to("OR 3"),
        ((TUBE, 36),),
        "transfer",
        "Central supply",
        "OR 3",
        intent=T,
    ),
    Given(
        "moved [half](quantity) of the [chest tubes](item) from " + _from("central") + " to " + _to("ED"),
        ((TUBE, 18),),
        "transfer",
        intent=T,
    ),
    Given(
        "transfer [1](quantity) [box](unit) of [flushes](item) from "
        + _from("central supply")
        + " to "
        + _to("ICU"),
        ((FLUSH, 60),),
        "transfer",
        intent=T,
    ),
    Given(
        "move lot [9K3001](lot) [5](quantity) [foleys](item) from "
        + _from("central")
        + " to "
        + _to("cart 4"),
        ((F16, 5),),
        "transfer",
        "Central supply",
        "Cart 4",
        intent=T,
    ),
    Given(
        "moved [4](quantity) [16 fr](size) [foleys](item) and [10](quantity) [leg bags](item) from "
        + _from("central")
        + " to "
        + _to("PACU"),
        ((F16, 4), (BAG, 10)),
        "transfer",
        intent=T,
    ),
    # wasted
    Given("dropped [one](quantity) [foley](item)", ((F16, 1),), "waste", "ICU", intent=W),
    Given("dropped [a](quantity) [leg bag](item)", ((BAG, 1),), "waste", intent=W),
    Given("opened [2](quantity) [silk](item) and never used them", ((SILK, 2),), "waste", intent=W),
    Given("[3](quantity) [vicryl](item) packs torn", ((VICRYL, 3),), "waste", intent=W),
    Given("throw out [2](quantity) expired [foleys](item) lot [7A1000](lot)", ((F16, 2),), "waste", intent=W),
    Given(
        "wasted [1](quantity) [stapler](item) [SN4711](serial), misfired in [C-991](case)",
        ((STAPLER, 1),),
        "waste",
        "OR suite",
        intent=W,
    ),
    Given(
        "contaminated [4](quantity) [gauze](item) in [ICU](location)", ((GAUZE, 4),), "waste", "ICU", intent=W
    ),
    # counted
    Given(
        "counted [cart 4](location): [5](quantity) [foleys](item)", ((F16, 5),), "count", intent=K, person=TOM
    ),
    Given("count [ICU](location) [vicryl](item) [11](quantity)", ((VICRYL, 11),), "count", intent=K),
    Given(
        "counted [40](quantity) [leg bags](item) and [24](quantity) [silk](item)",
        ((BAG, 40), (SILK, 24)),
        "count",
        intent=K,
    ),
    Given("[zero](quantity) [vicryl](item) left on the shelf, counted", ((VICRYL, 0),), "count", intent=K),
    # received
    Given(
        "received [2](quantity) [boxes](unit) of [gloves](item) lot [GL900](lot) exp [03/28](window)",
        ((GLOVE, 100),),
        "receive",
        intent=R,
        person=TOM,
    ),
    Given(
        "got [30](quantity) [chest tubes](item), lot [CT99](lot), expires [06/2028](window)",
        ((TUBE, 30),),
        "receive",
        destination="Central supply",
        intent=R,
        person=TOM,
    ),
    Given("[4](quantity) [pumps](item) came in", ((PUMP, 4),), "receive", intent=R, person=TOM),
    Given(
        "received [20](quantity) [gauze](item) in [ICU](location)",
        ((GAUZE, 20),),
        "receive",
        destination="ICU",
        intent=R,
        person=TOM,
    ),
    # asked for
    Given(
        "need [2](quantity) [boxes](unit) of [flushes](item) in " + _to("ICU"),
        ((FLUSH, 120),),
        "requisition",
        destination="ICU",
        intent=Q,
    ),
    Given(
        "send us [10](quantity) [leg bags](item)", ((BAG, 10),), "requisition", destination="ICU", intent=Q
    ),
    Given(
        "please bring [2](quantity) [chest tubes](item) to " + _to("ED") + " by [7am](window)",
        ((TUBE, 2),),
        "requisition",
        destination="ED",
        intent=Q,
    ),
    Given(
        "need [1](quantity) [box](unit) of [gloves](item) from " + _from("central"),
        ((GLOVE, 50),),
        "requisition",
        "Central supply",
        "ICU",
        intent=Q,
    ),
    Given(
        "can we get [3](quantity) [18 fr](size) [foleys](item) and [5](quantity) [leg bags](item)",
        ((F18, 3), (BAG, 5)),
        "requisition",
        intent=Q,
        person=BEN,
    ),
    # held
    Given("pull lot [8J2210](lot), recalled", ((F16, 3),), "quarantine", intent=H),
    Given("quarantine lot [SK2291](lot), packaging torn", ((SILK, 60),), "quarantine", intent=H),
    Given("hold all [chest tubes](item), the maker recalled them", ((TUBE, 36),), "quarantine", intent=H),
    Given("block serial [SN4712](serial), it misfired", ((STAPLER, 1),), "quarantine", intent=H),
    Given("quarantine lot [9K3001](lot) in [PACU](location), recall", ((F16, 5),), "quarantine", intent=H),
    # sent back
    Given(
        "send [3](quantity) [chest tubes](item) from "
        + _from("central")
        + " back to [Medline](supplier), damaged",
        ((TUBE, 3),),
        "send back",
        "Central supply",
        intent=T,
        person=TOM,
    ),
    Given(
        "return [2](quantity) [pumps](item) to the vendor, wrong item",
        ((PUMP, 2),),
        "send back",
        "Central supply",
        intent=T,
        person=TOM,
    ),
)


@pytest.mark.parametrize("given", CARDS, ids=lambda given: given.said[:70])
def test_a_message_is_read_back_as_what_it_says(given: Given, house: House) -> None:
    house.person = given.person
    card = house.act(given.said, intent=given.intent)
    assert card.action == given.action
    assert card.question is None, card.question
    assert tuple(lines_of(card)) == given.lines
    plan = card.plan
    assert plan is not None
    if given.source:
        assert plan.source is not None
        assert plan.source.name == given.source
    if given.destination:
        assert plan.destination is not None
        assert plan.destination.name == given.destination
    if given.target:
        assert plan.target is not None
        assert plan.target.label == given.target


@dataclass(frozen=True)
class Open:
    """A labelled message with the question it has to lead to, and answers among its buttons."""

    said: str
    asks: str
    answers: tuple[str, ...] = ()
    intent: str = "consume"
    person: Person = ANA


QUESTIONS = (
    Open(
        "used [2](quantity) [18 fr](size) [foleys](item)",
        "Where was it taken from",
        ("Central supply", "ICU"),
    ),
    Open("used [some](quantity) [foleys](item)", "How many Foley catheter 16 Fr", ("1 each",)),
    Open("used [foleys](item)", "How many", ("1 each", "2 each")),
    Open("used [2-3](quantity) [silk](item)", "How many Suture silk", ("2 each", "3 each")),
    Open("used [about 10](quantity) [silk](item)", "How many", ("10 each",)),
    Open(
        "used [2](quantity) [boxes](unit) of [chest tubes](item) from " + _from("central"),
        "does not come by the box",
        ("each",),
    ),
    Open("used [half a](quantity) [box](unit) of [leg bags](item)", "12 or 13", ("12 each", "13 each")),
    Open("used [2](quantity) [frobnicators](item)", "item", ()),
    Open("used [2](quantity) [22 fr](size) [foleys](item)", "Did you mean", ("14 Fr", "16 Fr", "18 Fr")),
    Open(
        "used [2](quantity) [16 fr](size) [foleys](item) in the [moon base](location)",
        "Where was it taken from",
    ),
    Open(
        "used [2](quantity) [foleys](item) lot [XX999](lot)",
        "no lot or serial number XX999",
        ("Lot 8J2210", "First to expire"),
    ),
    Open(
        "used [2](quantity) [silk](item) lot [8J2210](lot)",
        "no lot or serial number 8J2210 of Suture silk",
        ("Lot SK2291",),
    ),
    Open("used [2](quantity) [silk](item) for [C-9999](case)", "C-9999", ("ICU’s cost centre",)),
    Open("move [2](quantity) [foleys](item)", "To which place", (), "transfer"),
    Open(
        "move [20](quantity) [chest tubes](item) to " + _to("ED"),
        "From which place",
        ("Central supply",),
        "transfer",
    ),
    Open(
        "bring [2](quantity) [leg bags](item) to " + _to("ICU"),
        "From which place",
        ("Central supply",),
        "transfer",
    ),
    Open(
        "move [10](quantity) [foleys](item) to " + _to("ED") + " and " + _to("PACU"),
        "each of them",
        ("So much to each of them", "Only to ED"),
        "transfer",
    ),
    Open("dropped one", "Which item", (), "waste"),
    Open("toss [2](quantity) [silk](item)", "Why?", ("Dropped", "Damaged"), "waste"),
    Open("pull lot [8J2210](lot)", "Why?", ("Recall",), "quarantine"),
    Open("quarantine the [foleys](item), recall", "Which", ("14 Fr", "16 Fr", "18 Fr"), "quarantine"),
    Open("received [10](quantity) [chest tubes](item)", "lot", (), "receive", TOM),
    Open("received [a few](quantity) [pumps](item)", "How many", ("1 each",), "receive", TOM),
    Open("need [leg bags](item)", "How many", ("1 each",), "requisition"),
    Open("counted the [vicryl](item)", "How many", (), "count"),
    Open("set the par of [16 fr](size) [foleys](item)", "par level", (), "set_par", MIA),
    Open("send back [3](quantity) [pumps](item) to the vendor", "Why?", ("Wrong item",), "transfer", TOM),
    Open(
        "tell me about [16 fr](size) [foleys](item)",
        "When shall I tell you",
        ("When it is low",),
        "subscribe_alert",
    ),
)


@pytest.mark.parametrize("given", QUESTIONS, ids=lambda given: given.said[:70])
def test_what_is_missing_or_in_doubt_is_asked(given: Open, house: House) -> None:
    house.person = given.person
    card = house.act(given.said, intent=given.intent)
    assert card.question is not None, card.plan
    assert card.plan is None
    assert given.asks.casefold() in card.question.text.casefold()
    labels = [answer.label for answer in card.question.answers]
    assert set(given.answers) <= set(labels), labels


def test_lots_are_taken_first_expired_first_over_several(house: House) -> None:
    card = house.act("used [5](quantity) [16 fr](size) [foleys](item)")
    assert lots_of(card) == [("8J2210", 3), ("9K3001", 2)]


def test_a_draft_is_the_same_for_the_same_event(house: House) -> None:
    house.say("used [2](quantity) [16 fr](size) [foleys](item)", event="Ev1")
    first = house.card
    house.say("used [2](quantity) [16 fr](size) [foleys](item)", event="Ev1")
    assert house.card.subject == first.subject
    assert house.card.version == first.version
    with house.store.transactions.reading() as uow:
        assert len(uow.drafts.open_in(house.channel, house.thread)) == 1


def test_no_draft_holds_a_patients_number(house: House) -> None:
    house.act("used [2](quantity) [silk](item) for patient [E-4482913](patient)")
    body = house.draft().body
    assert "4482913" not in body
    assert '"encounter"' in body


def test_a_patient_in_a_channel_is_answered_alone_and_never_shown_there(house: House) -> None:
    house.in_channel()
    turn = house.say("used [2](quantity) [silk](item) for patient [E-4482913](patient)")
    assert turn is not None
    assert turn.alone
    assert "4482913" not in turn.rendered.text
    house.act("used [2](quantity) [silk](item) for [C-991](case)")
    assert house.card.plan is not None
    assert house.card.plan.target is not None
    assert house.card.plan.target.patient == ""


def test_a_message_that_is_no_action_is_left_to_others(house: House) -> None:
    assert house.say("where are the [foleys](item)", intent="find_item") is None
    assert house.say("what goes instead of [gloves](item)", intent="suggest_substitute") is None


def test_a_question_beside_an_open_card_leaves_it_as_it_is(house: House) -> None:
    card = house.act("used [2](quantity) [16 fr](size) [foleys](item)")
    assert house.say("how many [foleys](item) are in [PACU](location)?", intent="check_stock") is None
    assert house.draft().version == card.version


def test_the_thread_says_of_what_one_more_was_dropped(house: House) -> None:
    house.act("used [2](quantity) [16 fr](size) [foleys](item)")
    house.confirm()
    card = house.act("dropped [one](quantity)", intent="waste")
    assert lines_of(card) == [(F16, 1)]


def test_two_destinations_are_two_cards_one_after_the_other(house: House) -> None:
    said = (
        f"move [2](quantity) [16 fr](size) [foleys](item) to {_to('OR 3')} and [1](quantity) to {_to('OR 4')}"
    )
    card = house.act(said, intent="transfer")
    assert lines_of(card) == [(F16, 2)]
    assert card.plan is not None
    assert card.plan.destination is not None
    assert card.plan.destination.name == "OR 3"
    house.confirm()
    following = house.card
    assert following.subject != card.subject
    assert lines_of(following) == [(F16, 1)]
    house.confirm()
    assert house.on_hand_in_transit("OR 4") == 1


def test_what_is_used_in_a_room_without_stock_comes_from_the_shelves_of_its_unit(house: House) -> None:
    house.person = ORLA
    card = house.act("used [2](quantity) [silk](item) in [OR 3](location) for [C-991](case)")
    assert lots_of(card) == [("SK2291", 2)]
    assert card.plan is not None
    assert card.plan.lines[0].picks[0].place.name == "Sterile core"
    assert card.plan.source is not None
    assert card.plan.source.name == "OR 3"
