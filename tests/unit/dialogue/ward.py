"""A ward in memory: real searches over a few real kinds of items, and a store that only answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import cast

from bot.dialogue.converse import Dialogue
from bot.dialogue.record import Guide
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.understanding.meaning import Meaning, Span
from bot.views.asking import Asking
from bot.views.rendered import Choice, Notice, Page, Rendered
from domain.errors import LanguageUnavailable
from domain.model.ids import FacilityId, ItemId, LotId, PersonId, PlaceId
from domain.model.item import Item, Substitute
from domain.model.lot import Lot
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind, PlaceTree
from domain.ports import ItemUses, LapsingSums, LowRows, ThreadState, Transactions, UnitOfWork
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex
from domain.usecases.ask.answers import AskAnswer

NORTH = FacilityId(1)
ICU, ED, PACU, CATH = PlaceId(10), PlaceId(20), PlaceId(30), PlaceId(40)
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

PLACES = (
    Place(PlaceId(1), NORTH, None, PlaceKind.FACILITY, "North Hospital"),
    Place(ICU, NORTH, PlaceId(1), PlaceKind.UNIT, "ICU", aliases=("intensive care", "intensive care unit")),
    Place(PlaceId(11), NORTH, ICU, PlaceKind.STOREROOM, "ICU supply room"),
    Place(ED, NORTH, PlaceId(1), PlaceKind.UNIT, "ED", aliases=("emergency department", "emergency")),
    Place(PACU, NORTH, PlaceId(1), PlaceKind.UNIT, "PACU", aliases=("recovery",)),
    Place(CATH, NORTH, PlaceId(1), PlaceKind.UNIT, "Cath Lab", aliases=("cath lab",)),
    Place(PlaceId(41), NORTH, CATH, PlaceKind.ROOM, "Cath Lab 1"),
    Place(PlaceId(42), NORTH, CATH, PlaceKind.ROOM, "Cath Lab 2"),
    Place(PlaceId(50), NORTH, PlaceId(1), PlaceKind.UNIT, "OR suite", aliases=("operating rooms",)),
    *(
        Place(
            PlaceId(50 + n), NORTH, PlaceId(50), PlaceKind.ROOM, f"OR {n}", aliases=(f"operating room {n}",)
        )
        for n in range(1, 5)
    ),
)


def _line(
    start: int, name: str, brand: str, sizes: tuple[str, ...], *, category: str, words: tuple[str, ...] = ()
) -> list[Item]:
    return [
        Item(
            ItemId(start + n), f"{10_000 + start + n}", f"{name} {size}".strip(), name, size, category, brand, "Maker", "each",
            synonyms=words,
        )
        for n, size in enumerate(sizes)
    ]  # fmt: skip


GLOVE_SIZES = ("6", "6.5", "7", "7.5", "8", "8.5")
ITEMS: tuple[Item, ...] = (
    *_line(100, "Surgical glove Biogel PI", "Biogel", GLOVE_SIZES, category="Gloves", words=("sterile gloves",)),
    *_line(200, "Surgical glove Protexis", "Protexis", GLOVE_SIZES, category="Gloves", words=("sterile gloves",)),
    *_line(300, "Exam glove nitrile", "Halyard", ("small", "medium", "large"), category="Gloves"),
    *_line(400, "Foley catheter silicone", "Bardex", ("12 Fr", "14 Fr", "16 Fr", "18 Fr"), category="Urology", words=("foley",)),
    *_line(500, "Chest tube straight", "Argyle", ("24 Fr", "28 Fr", "32 Fr"), category="Thoracic"),
    *_line(600, "Tegaderm film dressing", "Tegaderm", ("4 x 4.75 in",), category="Dressings"),
    *_line(700, "Roth net retriever", "Roth Net", ("",), category="Endoscopy"),
    *_line(710, "Polypectomy snare", "Captivator", ("15 mm", "25 mm"), category="Endoscopy", words=("snare",)),
    *_line(720, "Suture Monocryl", "Monocryl", ("4-0",), category="Sutures"),
    *_line(730, "Suture Biosyn", "Biosyn", ("4-0",), category="Sutures"),
)  # fmt: skip

FOLEY_16, TEGADERM, MONOCRYL, BIOSYN, ROTH, SNARE_15 = map(ItemId, (402, 600, 720, 730, 700, 710))
LOTS = (
    Lot(LotId(1), FOLEY_16, "8J2210", expires_on=date(2026, 12, 10)),
    Lot(LotId(2), TEGADERM, "22B41", expires_on=date(2027, 1, 1)),
)
NURSE = Person(PersonId(1), NORTH, "Ana Ruiz", "Charge nurse", Role.CLINICIAN, ICU, "U1")


class EmptyShelves:
    """Sums over nothing."""

    def lapsing(self, *_scope: object, **_more: object) -> tuple[list[object], LapsingSums]:
        return [], LapsingSums(0, 0, Decimal(0), Decimal(0))

    def lapsed(self, *_scope: object, **_more: object) -> LapsingSums:
        return LapsingSums(0, 0, Decimal(0), Decimal(0))

    def low(self, *_scope: object, **_more: object) -> LowRows:
        return LowRows((), 0, 0)

    def used_by_day(self, *_scope: object, **_more: object) -> dict[object, int]:
        return {}

    used_by_place = used_by_charge = used_by_day

    def most_used(self, *_scope: object, **_more: object) -> ItemUses:
        return ItemUses((), 0)

    def of_lots(self, *_lots: object) -> dict[object, object]:
        return {}

    def used(self, *_scope: object, **_more: object) -> int:
        return 0

    def idle(self, *_scope: object, **_more: object) -> list[object]:
        return []


@dataclass
class Ward:
    """A store that gives items, places and lots, and empty shelves. It fails loudly for anything a question must not do."""

    threads_held: dict[tuple[str, str], ThreadState] = field(default_factory=dict)
    kept: frozenset[ItemId] = frozenset()

    def __post_init__(self) -> None:
        self._tree = PlaceTree(PLACES)
        self._items = {item.id: item for item in ITEMS}
        self._items[MONOCRYL] = replace(self._items[MONOCRYL], substitutes=(Substitute(BIOSYN, 1),))

    # transactions and unit of work in one: it is only read
    def reading(self) -> UnitOfWork:
        return cast(UnitOfWork, self)

    def begin(self) -> UnitOfWork:
        raise AssertionError("a question must not write")

    def __enter__(self) -> Ward:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @property
    def catalogue(self) -> Ward:
        return self

    @property
    def questions(self) -> EmptyShelves:
        return EmptyShelves()

    places = lots = stock = threads = usage = pars = charges = ledger = people = catalogue

    def many(self, ids: Collection[ItemId]) -> dict[ItemId, Item]:
        return {i: self._items[i] for i in ids if i in self._items}

    def get(self, one: ItemId | str, thread: str = "") -> Item | ThreadState | None:
        return self.threads_held.get((one, thread)) if isinstance(one, str) else self._items[one]

    def family(self, name: str) -> list[Item]:
        return [item for item in self._items.values() if item.family == name]

    def tree(self) -> PlaceTree:
        return self._tree

    def facility(self, _facility_id: FacilityId) -> Facility:
        return Facility(NORTH, PlaceId(1), "North Hospital", "America/New_York")

    def named(self, number: str) -> list[Lot]:
        plain = number.replace("-", "").casefold()
        return [lot for lot in LOTS if plain in (lot.number.casefold(), lot.serial.casefold())]

    def similar(self, number: str, *, limit: int = 5) -> list[Lot]:
        return [lot for lot in LOTS if lot.number[:2] == number[:2]][:limit]

    def kept_at(
        self, _places: Collection[PlaceId], *, among: Collection[ItemId] | None = None
    ) -> frozenset[ItemId]:
        return self.kept if among is None else self.kept.intersection(among)

    def of_items(self, _items: object, **_more: object) -> list[object]:
        return []

    def of_lots(self, _lots: object, **_more: object) -> list[object]:
        return []

    def totals(self, *_items: object, **_more: object) -> dict[object, int]:
        return {}

    def of(self, **_more: object) -> list[object]:
        return []

    def targets(self, *_ids: object) -> dict[object, object]:
        return {}

    cases = providers = procedures = encounters = targets


@dataclass
class Labels:
    """A language model that knows the messages of a test. ``said`` maps a message to its intent, confidence and labels.

    Labels are written ``entity=words``; anything not listed is out_of_scope without labels.
    """

    said: dict[str, tuple[str, float, tuple[str, ...]]] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def know(self, text: str, intent: str, *labels: str, confidence: float = 0.95) -> str:
        self.said[text] = (intent, confidence, labels)
        return text

    async def parse(self, text: str) -> Meaning:
        self.asked.append(text)
        if self.down:
            raise LanguageUnavailable("The language service does not answer.")
        intent, confidence, labels = self.said.get(text, ("out_of_scope", 0.9, ()))
        spans: list[Span] = []
        for label in labels:
            entity, _, words = label.partition("=")
            start = text.index(words)
            spans.append(Span(entity, words, start, start + len(words)))
        return Meaning(text, intent, confidence, tuple(sorted(spans, key=lambda s: s.start)))


class PlainViews:
    """Says what is shown, as text."""

    def render(self, answer: AskAnswer, *, page: Page, today: date) -> Rendered:
        return Rendered(f"{type(answer).__name__} page {page.number} on {today}")

    def with_options(self, rendered: Rendered, choice: Choice) -> Rendered:
        return replace(rendered, text=f"{rendered.text}\n{self.choice(choice).text}")

    def notice(self, value: Notice) -> Rendered:
        return Rendered("\n".join((value.text, *value.hints)))

    def choice(self, value: Choice) -> Rendered:
        return Rendered("\n".join((value.question, *(f"[{option.label}]" for option in value.options))))

    def asking(self, value: Asking) -> Rendered:
        return Rendered("\n".join((value.question, *(f"[{way.label}]" for way in value.ways))))

    def chosen(self, label: str) -> Rendered:
        return Rendered(f"Chosen: {label}")

    def closed(self, sentence: str) -> Rendered:
        return Rendered(sentence)

    def with_way_back(self, rendered: Rendered, token: str) -> Rendered:
        return replace(rendered, text=f"{rendered.text}\n[way back {token}]")


@dataclass
class StoppedClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


async def _at_once[T](work: Callable[[], T], /) -> T:
    return work()


class Talk:
    """One person talking to Parley; what a turn says to remember is remembered."""

    def __init__(
        self, *, person: Person = NURSE, kept: frozenset[ItemId] = frozenset(), guide: Guide | None = None
    ) -> None:
        self.ward = Ward(kept=kept)
        self.labels = Labels()
        self.clock = StoppedClock()
        self.person = person
        self.dialogue = Dialogue(
            language=self.labels,
            transactions=cast(Transactions, self.ward),
            items=ItemIndex(ITEMS),
            places=PlaceIndex(PlaceTree(PLACES)),
            clock=self.clock,
            views=PlainViews(),
            run=_at_once,
            guide=guide,
        )

    async def say(self, text: str, *, thread: str = "1700.1", channel: str = "C1") -> Turn:
        turn = await self.dialogue.hear(Heard(text, self.person, channel, thread, "Ev1"))
        return self._kept(turn)

    async def press(self, token: str, *, page: int = 0, thread: str = "1700.1", channel: str = "C1") -> Turn:
        turn = await self.dialogue.choose(Chosen(token, page, self.person, channel, thread, "Ev2"))
        return self._kept(turn)

    def _kept(self, turn: Turn) -> Turn:
        if turn.state is not None:
            self.ward.threads_held[(turn.state.channel, turn.state.thread)] = turn.state
        return turn

    def remembered(self) -> str:
        """All that is stored, as one text."""
        return json.dumps([state.state for state in self.ward.threads_held.values()])
