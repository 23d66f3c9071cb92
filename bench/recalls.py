"""How well recall notices find what is meant: notices made from the demo hospital's own items and lots, and from those of nobody.

    PARLEY_DATA_DIR=... .venv/bin/python -m bench.recalls [--notices 600] [--seed 7]

Each notice is of a form (identifier and lots, catalogue number, ranges, all lots, serials, whole UDIs) and of a kind:
true (it names lots of ours), near (everything but the lots is ours), other maker (our lot numbers, nobody's product), competitor
(our words and lot numbers, another maker), other size (the next size of our product), stranger. What must be found is known from
how it was made. Confident is a match that is named outright or very likely.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.bootstrap.house import open_house
from bot.settings import Settings
from domain.model.ids import ItemId, LotId
from domain.model.item import IdentifierKind, Item
from domain.model.lot import Lot
from domain.model.recall import CodeSpan, Notice, RecallClass, code_key
from domain.ports import UnitOfWork
from domain.usecases.alert.recalls import matches

_FIRMS = (
    "{}, Inc.",
    "{} Inc",
    "{} LLC",
    "{} Corporation",
    "{} Medical, L.P.",
    "{} USA, Inc.",
    "{} Health Care",
)
_STRANGERS = (
    "Harbor Lane Dental GmbH",
    "Kestrel Imaging Co., Ltd.",
    "Oakmoor Orthotics",
    "Tallis & Wren Inc",
)
_PRODUCTS = (
    "Infusion pump, model Q7",
    "Dental prophylaxis angle",
    "CT gantry",
    "Patient lift sling",
    "Pulse oximeter cable",
)


@dataclass(frozen=True, slots=True)
class Made:
    notice: Notice
    kind: str
    form: str
    meant: frozenset[tuple[ItemId, LotId]]


class Maker:
    """Notices about the items and lots of a store."""

    def __init__(self, items: Sequence[Item], lots: dict[ItemId, Sequence[Lot]], *, seed: int) -> None:
        self._rng = random.Random(seed)
        self._items = [item for item in items if len(lots.get(item.id, ())) >= 3 and item.manufacturer]
        self._lots = lots
        self._families: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in self._items:
            self._families[item.family, item.manufacturer].append(item)
        self._count = 0

    def make(self) -> Made:
        kind = self._rng.choices(
            ("true", "near", "other maker", "competitor", "other size", "stranger"), (40, 18, 10, 10, 12, 10)
        )[0]
        item = self._rng.choice(self._items)
        return {
            "true": self._true,
            "near": self._near,
            "other maker": self._other_maker,
            "competitor": self._competitor,
            "other size": self._other_size,
            "stranger": self._stranger,
        }[kind](item)

    def _true(self, item: Item) -> Made:
        lots = self._some(self._lots[item.id])
        form, text, meant = self._codes(item, lots, all_lots=self._lots[item.id])
        return self._made("true", form, item, text, {(item.id, lot.id) for lot in meant})

    def _near(self, item: Item) -> Made:
        """Our product, lots we never had: numbers that come near ours."""
        ours = {code_key(lot.number) for lot in self._lots[item.id]} | {
            code_key(lot.serial) for lot in self._lots[item.id]
        }
        false = [self._shifted(lot, ours) for lot in self._some(self._lots[item.id])]
        form, text, _ = self._codes(item, false, all_lots=(), only_listed=True)
        return self._made("near", form, item, text, set())

    def _other_maker(self, item: Item) -> Made:
        lots = self._some(self._lots[item.id])
        text = f"Lot Numbers: {', '.join(self._numbers(lots))}"
        notice = self._notice(
            self._rng.choice(_STRANGERS), self._rng.choice((*_PRODUCTS, f"{item.category} accessory")), text
        )
        return Made(notice, "other maker", "lots alone", frozenset())

    def _competitor(self, item: Item) -> Made:
        """The same words and our lot numbers, of a maker whose product we do not keep."""
        lots = self._some(self._lots[item.id])
        name = item.name.removeprefix(item.brand).strip()
        notice = self._notice(self._rng.choice(_STRANGERS), name, f"Lots {', '.join(self._numbers(lots))}")
        return Made(notice, "competitor", "lots alone", frozenset())

    def _other_size(self, item: Item) -> Made:
        """The notice is about another size of the same product, by its identifiers, with lots of nobody."""
        others = [one for one in self._families[item.family, item.manufacturer] if one.id != item.id]
        ours = {code_key(lot.number) for lots in self._lots.values() for lot in lots}
        false = [self._shifted(lot, ours) for lot in self._some(self._lots[item.id])]
        other = self._rng.choice(others) if others else item
        form, text, _ = self._codes(other, false, all_lots=(), only_listed=True)
        return self._made("other size", form, other, text, set())

    def _stranger(self, item: Item) -> Made:
        numbers = ", ".join(f"{self._rng.randrange(10**6):06d}" for _ in range(4))
        notice = self._notice(
            self._rng.choice(_STRANGERS), self._rng.choice(_PRODUCTS), f"Serial Numbers: {numbers}"
        )
        return Made(notice, "stranger", "serials", frozenset())

    # --------------------------------------------------------------------------------------------- codes

    def _codes(
        self, item: Item, lots: Sequence[Lot], *, all_lots: Sequence[Lot], only_listed: bool = False
    ) -> tuple[str, str, Sequence[Lot]]:
        rng = self._rng
        gtins = [one.value for one in item.identifiers if one.kind is IdentifierKind.GTIN]
        hibc = [one.value for one in item.identifiers if one.kind is IdentifierKind.HIBC]
        number = next((one.value for one in item.identifiers if one.kind is IdentifierKind.CATALOGUE), "")
        di = rng.choice(gtins) if gtins else (hibc[0] if hibc else "")
        numbers = self._numbers(lots)
        listed = rng.choice((", ", "; ", " ", "\n", " and ")).join(numbers)
        word = (
            "Serial Numbers"
            if lots[0].serial
            else rng.choice(("Lot Numbers", "Lot #", "LOT", "Lots", "Batch No."))
        )
        expiry = " (Exp. 03/31/2029)" if rng.random() < 0.3 and not lots[0].serial else ""
        forms: list[tuple[str, Callable[[], tuple[str, Sequence[Lot]]]]] = [
            ("catalogue and lots", lambda: (f"Catalog Number {number}; {word}: {listed}{expiry}", lots)),
            ("lots alone", lambda: (f"{word}: {listed}{expiry}", lots)),
            (
                "prose",
                lambda: (
                    f"The following lots are affected by this action: {' and '.join(numbers)}. Return 25 units.",
                    lots,
                ),
            ),
            ("loose", lambda: ("\n".join(numbers), lots)),
        ]
        if di:
            wrong = f"{di[:-1]}{(int(di[-1]) + 1) % 10}" if di[-1].isdigit() else di
            forms += [
                ("wrong check digit", lambda: (f"UDI-DI: {wrong}; REF {number}; {word}: {listed}", lots)),
                ("identifier and lots", lambda: (f"UDI-DI: {di}, {word}: {listed}{expiry}", lots)),
                ("lots, then identifier", lambda: (f"{word}: {listed}; UDI-DI {di}", lots)),
                ("in a crowd", lambda: (f"Model ZZ-1: UDI-DI 00380740000011, Lots: Q1, Q2; Model {number}: UDI-DI {di}, {word}: {listed}",
                                        lots)),
            ]  # fmt: skip
            if gtins and not lots[0].serial:
                forms.append(
                    (
                        "whole UDIs",
                        lambda: (" ".join(f"(01){gtins[0]}(17)290331(10){one}" for one in numbers), lots),
                    )
                )
            if not only_listed:
                forms.append(("all lots", lambda: (f"UDI-DI {di}: all lots", all_lots)))
                if any(lot.expires_on for lot in all_lots):
                    forms.append(("all lots by expiry", lambda: self._by_expiry(di, all_lots)))
                spanned = self._span(lots[0], all_lots)
                if spanned is not None:
                    forms.append(
                        (
                            "range",
                            lambda: (f"GTIN {di} {word}: {spanned[0]} through {spanned[1]}", spanned[2]),
                        )
                    )
        name, make = rng.choice(forms)
        text, meant = make()
        return name, text, meant

    @staticmethod
    def _by_expiry(di: str, lots: Sequence[Lot]) -> tuple[str, Sequence[Lot]]:
        days = sorted(lot.expires_on for lot in lots if lot.expires_on is not None)
        last = days[len(days) // 2]
        meant = [lot for lot in lots if lot.expires_on is not None and lot.expires_on <= last]
        return (
            f"UDI-DI: {di}. All lots with expiration dates prior to {last + timedelta(days=1):%B %d, %Y}",
            meant,
        )

    @staticmethod
    def _span(lot: Lot, lots: Sequence[Lot]) -> tuple[str, str, Sequence[Lot]] | None:
        key = code_key(lot.serial or lot.number)
        digits = len(key) - len(key.rstrip("0123456789"))
        if digits < 5:
            return None
        head, tail = key[:-digits], key[-digits:]
        low = f"{head}{tail[:-2]}00"
        high = f"{head}{tail[:-2]}99"
        span = CodeSpan(low, high)
        return low, high, [one for one in lots if span.holds(code_key(one.serial or one.number))]

    def _numbers(self, lots: Sequence[Lot]) -> list[str]:
        return [self._written(lot.serial or lot.number) for lot in lots]

    def _written(self, number: str) -> str:
        return number.lower() if self._rng.random() < 0.1 else number

    def _some(self, lots: Sequence[Lot]) -> list[Lot]:
        return self._rng.sample(list(lots), k=min(len(lots), self._rng.randrange(1, 5)))

    def _shifted(self, lot: Lot, taken: set[str]) -> Lot:
        number = lot.serial or lot.number
        while True:
            at = self._rng.randrange(len(number))
            if not number[at].isdigit():
                continue
            changed = number[:at] + self._rng.choice("0123456789") + number[at + 1 :]
            if code_key(changed) not in taken:
                return Lot(lot.id, lot.item_id, "" if lot.serial else changed, changed if lot.serial else "")

    def _made(self, kind: str, form: str, item: Item, text: str, meant: set[tuple[ItemId, LotId]]) -> Made:
        firm = self._rng.choice(_FIRMS).format(item.manufacturer)
        brand = f"{item.brand} " if item.brand and item.brand.casefold() not in item.name.casefold() else ""
        return Made(self._notice(firm, f"{brand}{item.name}, sterile", text), kind, form, frozenset(meant))

    def _notice(self, firm: str, product: str, codes: str) -> Notice:
        self._count += 1
        return Notice(
            "bench", f"Z-{self._count:05d}-2027", "", RecallClass.II, "Ongoing", firm, product, codes, "Made up.",
            reported_on=date(2026, 11, 20),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """``found`` of ``meant`` lots were found at all, ``confidently`` so many; ``wrong`` are confident matches of what was not meant."""

    notices: int
    meant: int
    found: int
    confidently: int
    wrong: int
    hints: int


def score(
    made: Sequence[Made], *, uow: UnitOfWork, search: object
) -> tuple[Score, dict[str, Score], list[str]]:
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    failures: list[str] = []
    for one in made:
        found = matches(one.notice, search=search, uow=uow)  # type: ignore[arg-type]
        lots = {(match.item_id, match.lot_id): match for match in found if match.lot_id is not None}
        hit = one.meant & lots.keys()
        sure = {key for key in hit if lots[key].strength.confident}
        wrong = [match for key, match in lots.items() if match.strength.confident and key not in one.meant]
        if one.form != "all lots":
            wrong += [match for match in found if match.lot_id is None and match.strength.confident]
        hints = [
            match for key, match in lots.items() if not match.strength.confident and key not in one.meant
        ]
        for name in ("all", f"kind: {one.kind}", f"form: {one.form}" if one.kind == "true" else ""):
            if name:
                rows[name].update(
                    notices=1, meant=len(one.meant), found=len(hit), confidently=len(sure), wrong=len(wrong), hints=len(hints)
                )  # fmt: skip
        if wrong or len(hit) < len(one.meant):
            failures.append(
                f"{one.kind}/{one.form}: {one.notice.firm} | {one.notice.product} | {one.notice.codes[:160]!r} "
                f"missed {len(one.meant) - len(hit)} wrong {[(w.item_id, w.evidence) for w in wrong][:2]}"
            )
    scores = {name: Score(**row) for name, row in rows.items()}
    return scores["all"], scores, failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--failures", type=int, default=0)
    asked = parser.parse_args()
    house = open_house(Settings.read())
    with house.transactions.reading() as uow:
        items = list(uow.catalogue.all())
        lots = uow.recalls.lots_of([item.id for item in items])
        maker = Maker(items, dict(lots), seed=asked.seed)
        made = [maker.make() for _ in range(asked.notices)]
        _, scores, failures = score(made, uow=uow, search=house.items)
    print(f"{'':26}{'notices':>8}{'lots':>7}{'found':>8}{'confident':>11}{'wrong':>7}{'hints':>7}")
    for name, row in sorted(scores.items()):
        share = f"{row.found / row.meant:.1%}" if row.meant else "-"
        sure = f"{row.confidently / row.meant:.1%}" if row.meant else "-"
        print(f"{name:26}{row.notices:>8}{row.meant:>7}{share:>8}{sure:>11}{row.wrong:>7}{row.hints:>7}")
    for line in failures[: asked.failures]:
        print(line)


if __name__ == "__main__":
    main()
