"""J4: notices are taken in and matched to what is, or ever was, on the shelves. A match is evidence for a person, never a deed.

The device identifier decides first; then the maker's catalogue number; then lots and serials by themselves, with maker and words;
then the words alone. What contradicts (another identifier, another maker) is weighed before what agrees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.model.ids import ItemId
from domain.model.item import IdentifierKind, Item, Tracking
from domain.model.lot import Lot
from domain.model.recall import Codes, CodeSpan, Concern, Match, Notice, Strength, code_key
from domain.ports import CatalogueSearch, Transactions, UnitOfWork, Verdict
from domain.ports.recalling import Kept, NoticePages
from domain.udi.check_digits import gs1_check_digit
from domain.usecases.alert.code_info import merged, read_codes, read_products
from domain.usecases.alert.makers import same_house, shared_words, telling_words

OVERLAP = timedelta(days=14)
"""Reports are looked for again so far back: some appear late under an earlier day."""
FORGETS = timedelta(days=3 * 365)
"""Notices older than this are not matched again to what came since."""
TELLING_KEY = 5
"""A lot number shorter than this is used by many makers."""
_DEVICE = (IdentifierKind.GTIN, IdentifierKind.HIBC)
_CATALOGUED = (IdentifierKind.CATALOGUE,)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """``matched`` are notices that may mean something of ours, with what they may mean."""

    read: int
    new: int
    changed: int
    updated: int
    matched: tuple[tuple[Notice, tuple[Match, ...]], ...]

    def __str__(self) -> str:
        return (
            f"{self.read:,} notices read: {self.new:,} new, {self.changed:,} changed, {self.updated:,} with a new state; "
            f"{len(self.matched):,} may concern us"
        )


def take_in(
    notices: Sequence[Notice],
    *,
    search: CatalogueSearch,
    now: datetime,
    transactions: Transactions,
    dry_run: bool = False,
) -> TakenIn:
    """Stores notices and matches those that are new or changed, each in a unit of work of its own: a run that is cut short goes on
    where it was. ``dry_run`` stores nothing.
    """
    kept: dict[Kept, int] = defaultdict(int)
    matched = []
    for notice in notices:
        with transactions.begin() as uow:
            stored, how = uow.recalls.put(notice, now=now)
            kept[how] += 1
            found: tuple[Match, ...] = ()
            if how in (Kept.NEW, Kept.CHANGED):
                found = matches(stored, search=search, uow=uow)
                uow.recalls.match(stored.id, found)
            elif how is Kept.SAME:
                found = uow.recalls.matches_of(stored.id)
            if not dry_run:
                uow.commit()
        if found:
            matched.append((stored, found))
    return TakenIn(len(notices), kept[Kept.NEW], kept[Kept.CHANGED], kept[Kept.UPDATED], tuple(matched))


def fetch(
    pages: NoticePages,
    *,
    source: str,
    search: CatalogueSearch,
    now: datetime,
    today: date,
    transactions: Transactions,
    first: date | None = None,
) -> TakenIn:
    """Takes in what was reported since the last known day (``first`` where none is known, else a year back), and matches what is
    going on to what has come since. Raises what ``NoticePages.since`` raises; nothing is lost by it."""
    with transactions.reading() as uow:
        last = uow.recalls.last_reported(source)
    since = last - OVERLAP if last is not None else first or today - timedelta(days=365)
    taken = take_in(pages.since(since), search=search, now=now, transactions=transactions)
    match_again(search=search, today=today, transactions=transactions)
    return taken


def match_again(*, search: CatalogueSearch, today: date, transactions: Transactions) -> int:
    """What is going on is matched to the catalogue and the lots as they are now; for how many notices that changed something."""
    with transactions.reading() as uow:
        going = uow.recalls.going_on(since=today - FORGETS)
    changed = 0
    for notice in going:
        with transactions.begin() as uow:
            found = matches(notice, search=search, uow=uow)
            if set(found) != set(uow.recalls.matches_of(notice.id)):
                uow.recalls.match(notice.id, found)
                uow.commit()
                changed += 1
    return changed


# ------------------------------------------------------------------------------------------------ matching


def matches(notice: Notice, *, search: CatalogueSearch, uow: UnitOfWork) -> tuple[Match, ...]:
    """What of ours the notice may mean, surest first; ``uow`` is only read.

    Every lot ever received counts, wherever it is now. One match a lot; one without a lot where all of an item is meant, or where
    the item is kept without lots and is meant by its identifier.
    """
    return _Matcher(notice, search=search, uow=uow).found()


class _Matcher:
    def __init__(self, notice: Notice, *, search: CatalogueSearch, uow: UnitOfWork) -> None:
        self._notice = notice
        self._uow = uow
        self._search = search
        codes: Codes = read_codes(notice.codes)
        described = read_products(notice.product)
        self._concerns = [_with(concern, described) for concern in codes.concerns] or [described]
        self._all = merged(self._concerns)
        self._found: dict[tuple[ItemId, int], Match] = {}
        self._items: dict[ItemId, Item] = {}

    def found(self) -> tuple[Match, ...]:
        recalls = self._uow.recalls
        variants = {variant: di for di in self._all.dis for variant in packs_of(di)}
        by_di = recalls.items_coded(variants.keys() | self._all.dis, kinds=_DEVICE)
        by_catalogue = self._by_catalogue()
        keyed = recalls.lots_keyed(self._all.lots | self._all.serials | self._all.loose)
        named = self._named()
        wanted = {item_id for items in by_di.values() for item_id in items} | by_catalogue.keys()
        self._items = self._uow.catalogue.many(wanted | {lot.item_id for lot in keyed} | named)
        lots = recalls.lots_of(wanted | named)
        unlotted = recalls.kept_without_lots(wanted)
        for concern in self._concerns:
            dis: dict[ItemId, str] = {}
            for code, items in by_di.items():
                di = variants.get(code, code)
                if di in concern.dis:
                    for item_id in items:
                        dis[item_id] = (
                            code if code == di else dis.get(item_id, f"{di} as another pack, {code}")
                        )
            for item_id, code in dis.items():
                self._by_product(
                    concern, self._items[item_id], lots.get(item_id, ()), said=f"device identifier {code}",
                    best=Strength.SURE if code in concern.dis else Strength.LIKELY, unlotted=item_id in unlotted,
                )  # fmt: skip
            for item_id, number in by_catalogue.items():
                if item_id not in dis and code_key(number) in concern.catalogue:
                    self._by_number(
                        concern, self._items[item_id], number, lots.get(item_id, ()), item_id in unlotted
                    )
            for lot in keyed:
                if lot.item_id not in dis:
                    self._by_lot(concern, self._items[lot.item_id], lot)
            for item_id in named - dis.keys():
                self._by_words(concern, self._items[item_id], lots.get(item_id, ()))
        return tuple(
            sorted(
                self._found.values(),
                key=lambda match: (match.strength.rank, match.item_id, match.lot_id or 0),
            )
        )

    # ------------------------------------------------------------------------------------- ways to match

    def _by_product(
        self, concern: Concern, item: Item, lots: Sequence[Lot], *, said: str, best: Strength, unlotted: bool
    ) -> None:
        """The product itself is named: which of its lots?"""
        for lot in lots:
            piece = _piece(concern, lot, of_item=lots)
            if piece is not None:
                why, sure = piece
                self._keep(item, lot, best if sure else Strength.POSSIBLE, said, why)
        if not concern.names_pieces:
            self._keep(item, None, Strength.POSSIBLE, said, "the notice names no lots that could be read")
        elif concern.every and not _bounded(concern):
            self._keep(item, None, best, said, "all lots of it are meant")
        elif unlotted or item.tracking is Tracking.NONE:
            self._keep(item, None, Strength.POSSIBLE, said, "some of it lies here without a lot on record")

    def _by_number(
        self, concern: Concern, item: Item, number: str, lots: Sequence[Lot], unlotted: bool
    ) -> None:
        """A catalogue number counts where the maker is the same; makers choose numbers without asking each other."""
        if not self._same_maker(item):
            return
        said = f"catalogue number {number} of {item.manufacturer}"
        best = Strength.LIKELY
        if self._other_di(concern, item) and not concern.lots | concern.serials | concern.loose:
            best = Strength.POSSIBLE
        self._by_product(concern, item, lots, said=said, best=best, unlotted=unlotted)

    def _by_lot(self, concern: Concern, item: Item, lot: Lot) -> None:
        """The number alone: other makers may use it too, so that maker and words must agree, and nothing contradict."""
        keys = {code_key(lot.number), code_key(lot.serial)} - {""}
        named = keys & (concern.lots | concern.loose | concern.serials)
        if not named:
            return
        maker, words = self._same_maker(item), self._words(item)
        other = self._other_di(concern, item) or self._other_number(concern, item)
        said = f"{'serial' if lot.serial else 'lot'} {lot.serial or lot.number} is on the list"
        telling = max(map(len, named)) >= TELLING_KEY
        brand = self._branded(item)
        if maker and (brand or len(words) >= 2) and telling and not other:
            self._keep(item, lot, Strength.LIKELY, said, f"made by {item.manufacturer}", _alike(words, brand))
        elif maker and (words or brand) and (telling or not other):
            doubt = "another product number stands in the notice" if other else "its number is a short one"
            self._keep(item, lot, Strength.POSSIBLE, said, f"made by {item.manufacturer}", doubt)
        elif maker and telling and not other:
            self._keep(item, lot, Strength.POSSIBLE, said, f"made by {item.manufacturer}")
        elif brand and telling and not other:
            self._keep(
                item, lot, Strength.POSSIBLE, said, f"{item.brand} is named", "another firm recalls it"
            )

    def _by_words(self, concern: Concern, item: Item, lots: Sequence[Lot]) -> None:
        """Maker and words alone: never more than a hint, and none where the notice names the product by a number that is not ours."""
        if self._other_di(concern, item) or self._other_number(concern, item):
            return
        said = f"{self._notice.firm} and the words “{' '.join(sorted(self._words(item)))}”"
        if not concern.names_pieces:
            self._keep(item, None, Strength.POSSIBLE, said, "the notice names no lots that could be read")
            return
        for lot in lots:
            piece = _piece(concern, lot, of_item=lots)
            if piece is not None:
                self._keep(item, lot, Strength.POSSIBLE, said, piece[0])

    # ------------------------------------------------------------------------------------------ evidence

    def _by_catalogue(self) -> dict[ItemId, str]:
        """Items by the catalogue number that the notice names; numbers are written with and without dashes."""
        written = _as_written(f"{self._notice.codes} {self._notice.product}", self._all.catalogue)
        coded = self._uow.recalls.items_coded(written, kinds=_CATALOGUED)
        return {item_id: value for value, items in coded.items() for item_id in items}

    def _named(self) -> frozenset[ItemId]:
        """Items whose maker and words are the notice's."""
        text = self._notice.product.split(";")[0][:120]
        if not telling_words(text):
            return frozenset()
        result = self._search.find(text, limit=5)
        if result.verdict is Verdict.NOT_FOUND:
            return frozenset()
        items = self._uow.catalogue.many([hit.item_id for hit in result.hits])
        return frozenset(
            item.id
            for item in items.values()
            if self._same_maker(item) and (self._branded(item) or self._well_described(item))
        )

    def _same_maker(self, item: Item) -> bool:
        return bool(item.manufacturer) and same_house(self._notice.firm, item.manufacturer)

    def _branded(self, item: Item) -> bool:
        """Does the notice name the brand? A brand that is the firm's own name says nothing more."""
        return (
            bool(item.brand)
            and not same_house(item.brand, item.manufacturer)
            and (" ".join(item.brand.casefold().split()) in " ".join(self._notice.product.casefold().split()))
        )

    def _words(self, item: Item) -> frozenset[str]:
        return shared_words(f"{item.name} {item.family}", [self._notice.product]) - telling_words(
            item.manufacturer
        )

    def _well_described(self, item: Item) -> bool:
        """Do three of its words stand in the notice, or both of two?"""
        words = self._words(item)
        own = telling_words(item.name) - telling_words(item.manufacturer)
        return len(words) >= 3 or (len(words) == 2 and own <= words)

    @staticmethod
    def _other_di(concern: Concern, item: Item) -> bool:
        """The notice names identifiers, the item has such ones, and none is the same."""
        agencies = {"+" if di.startswith("+") else "0" for di in concern.dis}
        ours = {
            one.value
            for one in item.identifiers
            if one.kind in _DEVICE and ("+" if one.kind is IdentifierKind.HIBC else "0") in agencies
        }
        variants = {variant for di in concern.dis for variant in packs_of(di)} | concern.dis
        return bool(ours) and not ours & variants

    @staticmethod
    def _other_number(concern: Concern, item: Item) -> bool:
        ours = {code_key(one.value) for one in item.identifiers if one.kind is IdentifierKind.CATALOGUE}
        return bool(concern.catalogue) and bool(ours) and not ours & concern.catalogue

    def _keep(self, item: Item, lot: Lot | None, strength: Strength, *evidence: str) -> None:
        key = (item.id, 0 if lot is None else lot.id)
        known = self._found.get(key)
        if known is None or strength.rank < known.strength.rank:
            said = tuple(part for part in evidence if part)
            self._found[key] = Match(item.id, None if lot is None else lot.id, strength, said)


def _piece(concern: Concern, lot: Lot, *, of_item: Iterable[Lot]) -> tuple[str, bool] | None:
    """How a lot of a named product is meant, and whether that is sure; None where it is not."""
    number, serial = code_key(lot.number), code_key(lot.serial)
    what = f"serial {lot.serial}" if lot.serial else f"lot {lot.number}"
    if serial and serial in concern.serials | concern.loose:
        return f"{what} is on the list", True
    if number and number in concern.lots | concern.loose:
        return f"lot {lot.number} is on the list", True
    for span, key in (
        *((span, serial) for span in concern.serial_spans),
        *((span, number) for span in concern.lot_spans),
    ):
        if key and span.holds(key):
            literal = span.dashed and _dashed_here(span, of_item)
            doubt = ", unless that is one number" if literal else ""
            return f"{what} lies between {span.low} and {span.high}{doubt}", not literal
    if concern.every:
        return _bound(concern, lot)
    return None


def _bounded(concern: Concern) -> bool:
    return any((concern.expires_from, concern.expires_to, concern.made_from, concern.made_to))


def _bound(concern: Concern, lot: Lot) -> tuple[str, bool] | None:
    """All lots, where dates may say which."""
    sure, said = True, ["all lots are meant"]
    for day, first, last, word in (
        (lot.expires_on, concern.expires_from, concern.expires_to, "expires"),
        (lot.made_on, concern.made_from, concern.made_to, "was made"),
    ):
        if first is None and last is None:
            continue
        if day is None:
            sure = False
            said.append(f"when it {word} is not on record")
        elif (first is not None and day < first) or (last is not None and day > last):
            return None
        else:
            said.append(f"it {word} {day.isoformat()}, within the dates named")
    return ", ".join(said), sure


def _dashed_here(span: CodeSpan, lots: Iterable[Lot]) -> bool:
    """Do lots of the product carry such dashes, so that "1234-1240" may well be one of them?"""
    return any("-" in lot.number and len(code_key(lot.number)) == len(span.low) * 2 for lot in lots)


def _with(concern: Concern, described: Concern) -> Concern:
    """A group of codes that names no product is of the products that the description names."""
    if concern.names_products or not described.names_products:
        return concern
    return Concern(
        described.dis, described.catalogue, concern.lots, concern.serials, concern.loose, concern.lot_spans,
        concern.serial_spans, concern.every, concern.expires_from, concern.expires_to, concern.made_from, concern.made_to,
    )  # fmt: skip


def packs_of(di: str) -> frozenset[str]:
    """The GTINs of the same product in other packs: makers tell them apart by the first digit.

    >>> "19529668001320" in packs_of("09529668001323")
    True
    """
    if di.startswith("+") or len(di) != 14:
        return frozenset()
    return frozenset(f"{level}{di[1:13]}{gs1_check_digit(f'{level}{di[1:13]}')}" for level in range(9))


def _as_written(text: str, keys: Collection[str]) -> frozenset[str]:
    """The keys, and how the text writes them: an identifier is kept as the maker prints it."""
    found = set(keys)
    for word in text.replace(",", " ").replace(";", " ").replace("\n", " ").split():
        bare = word.strip("().:[]")
        if code_key(bare) in keys:
            found |= {bare, bare.upper()}
    return frozenset(found)


def _alike(words: frozenset[str], brand: bool) -> str:
    return "the brand is named" if brand else f"the words “{' '.join(sorted(words))}” are its own"
