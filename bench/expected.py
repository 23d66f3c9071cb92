"""What the tables say to a question of ``asked.tsv``, in SQL that shares nothing with Parley's own, and where an answer differs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench.asked_windows import Days

type Row = tuple[Any, ...]
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """``turns`` of one thread; the last is judged. ``items`` is a condition on the item table, ``places`` are names."""

    row: str
    who: str
    turns: tuple[str, ...]
    items: str
    places: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The row of the last question of a thread; may be two where either will do ("Q1Q2")."""
        return next((n.removeprefix("kind=") for n in self.notes if n.startswith("kind=")), self.row)


class Hospital:
    """The tables of a SQLite or PostgreSQL database, read only."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:///"):
            self._connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        else:
            import psycopg

            self._connection = psycopg.connect(url.replace("+psycopg", ""))
        last = self.rows("select max(day) from movement")[0][0]
        # The demo hospital's history ends the evening before the day of asking.
        self.today = date.fromisoformat(str(last)) + timedelta(days=1)

    def rows(self, sql: str) -> list[Row]:
        cursor = self._connection.cursor()
        cursor.execute(sql)
        return list(cursor.fetchall())

    def items(self, condition: str) -> dict[int, str]:
        return dict(self.rows(f"select i.id, i.name from item i where {condition}"))

    def scope(self, places: tuple[str, ...], *, column: str = "place_id", facility: int = 1) -> str:
        """A condition on a place column: inside the named places, else in the asker's facility."""
        if not places:
            return f"{column} in (select id from place where facility_id = {facility})"
        names = ", ".join("'" + place.replace("'", "''") + "'" for place in places)
        return (
            f"{column} in (select place_id from place_ancestor where ancestor_id in "
            f"(select id from place where name in ({names})))"
        )

    def lots(self) -> dict[str, str]:
        """Lots and serials for Q5, spread over the catalogue: some that lie somewhere, some that are used up."""
        used = {row[0] for row in self.rows("select distinct lot_id from movement where kind = 'consume'")}
        known = self.rows("select id, number, serial from lot order by id")
        found = [row[1:] for row in known if row[0] in used and row[1] and not row[2]]
        serials = [row[2:] for row in known if row[0] in used and row[2]]
        names = {f"lot{n}": str(found[len(found) * n // 14][0]) for n in range(1, 14)}
        names |= {f"ser{n}": str(serials[len(serials) * n // 4][0]) for n in range(1, 4)}
        names["lot12l"] = names["lot12"].lower()
        return names


@dataclass(frozen=True, slots=True)
class Expected:
    """Compares one JSON answer with the tables. ``trouble`` is empty where they agree."""

    question: Question
    hospital: Hospital
    fitting: dict[int, str]
    days: Days | None
    answer: Json
    few: int

    def trouble(self) -> str:
        judges = {
            "FindItemAnswer": ("Q1", self._find),
            "CheckStockAnswer": ("Q2", self._stock),
            "ExpiringAnswer": ("Q3", self._expiry),
            "DescribeItemAnswer": ("Q4", self._info),
            "TraceAnswer": ("Q5", self._trace),
            "UsageAnswer": ("Q6", self._usage),
            "BelowParAnswer": ("Q8", self._low),
        }
        row, judge = judges[self.answer["kind"]]
        kind = self.question.kind
        # A shelf path with quantities answers "do we have any", and a balance with its places answers "where".
        if row not in kind and not ({row, kind} == {"Q1", "Q2"} and self.question.row != "Q12"):
            return f"answered as {row}"
        return judge()

    # ------------------------------------------------------------------------------------------- items

    def _wrong_items(self, got: list[int]) -> str:
        if not self.question.items:
            return ""
        if not got:
            return "no items"
        strange = [i for i in got if i not in self.fitting]
        if strange:
            names = self.hospital.items(f"i.id in ({','.join(map(str, strange))})").values()
            return f"{len(strange)} items do not fit: {', '.join(list(names)[:3])}"
        there = self._kept_there()
        if self.question.row != "Q12" and len(there) <= self.few and not there <= set(got):
            return f"{len(set(got))} of {len(self.fitting)} items that fit"
        return ""

    def _kept_there(self) -> set[int]:
        """Of what fits, what the places asked about keep: "the 28 fr chest tubes in the ED" leaves out what ED has none of."""
        if not self.question.places:
            return set(self.fitting)
        kept = {
            row[0] for row in self.hospital.rows(f"select distinct item_id from par where {self._scope()}")
        }
        return set(self.fitting) & kept or set(self.fitting)

    def _balance(self, item: int) -> Row:
        return self.hospital.rows(
            f"select coalesce(sum(case when status <> 'in-transit' then on_hand end), 0), coalesce(sum(case when {self._good} "
            f"then on_hand - reserved end), 0) from stock where item_id = {item} and {self._scope()}"
        )[0]

    def _scope(self, column: str = "place_id") -> str:
        return self.hospital.scope(self.question.places, column=column)

    @property
    def _good(self) -> str:
        return f"status = 'available' and (expires_on is null or expires_on >= '{self.hospital.today}')"

    def _find(self) -> str:
        got = self.answer["items"]
        why = self._wrong_items([one["item"]["id"] for one in got])
        for one in () if why else got:
            item = one["item"]["id"]
            on_hand, available = self._balance(item)
            if (one["on_hand"], one["available"]) != (on_hand, available):
                return f"{one['item']['name']}: {one['on_hand']}/{one['available']}, tables {on_hand}/{available}"
            why = why or self._wrong_spots(one["item"], one["spots"])
        return str(why)

    def _wrong_spots(self, item: Json, spots: list[Json]) -> str:
        for spot in spots:
            found = self.hospital.rows(
                f"select l.number, s.expires_on from stock s join lot l on l.id = s.lot_id where s.item_id = {item['id']} "
                f"and s.place_id = {spot['place']['id']} and {self._good.replace('expires_on', 's.expires_on')} "
                "and s.on_hand > s.reserved order by s.expires_on"
            )
            first = spot["first_lot"]
            if bool(found) != bool(first):
                return f"{item['name']}: first lot {first}, tables {found[:2]}"
            dates = [row[1] for row in found if row[1] is not None]
            if first and dates and str(first["expires_on"]) != str(dates[0]):
                return f"{item['name']}: lot to take first expires {first['expires_on']}, tables {dates[0]}"
        return ""

    def _stock(self) -> str:
        got = self.answer["items"]
        why = self._wrong_items([one["item"]["id"] for one in got])
        for one in () if why else got:
            item = one["item"]["id"]
            pars, reorder = self.hospital.rows(
                f"select sum(par), sum(reorder_point) from par where item_id = {item} and {self._scope()}"
            )[0]
            expected = (*self._balance(item), pars, reorder)
            told = (one["on_hand"], one["available"], one["par"], one["reorder_point"])
            if told != expected:
                return f"{one['item']['name']}: {told}, tables {expected}"
            start = self.hospital.today - timedelta(days=one["rate_days"])
            used = self._used(str(item), (start, self.hospital.today - timedelta(days=1)))
            supply = one["days_of_supply"]
            if used > 0 and abs(supply - expected[1] / (used / one["rate_days"])) > 0.01:
                return f"{one['item']['name']}: {supply} days of supply, tables {used} used in {one['rate_days']} days"
        return why

    def _info(self) -> str:
        got = self.answer["items"]
        ids = [one["item"]["id"] for one in got]
        aspect = [note[1:] for note in self.question.notes if note.startswith("!")]
        if aspect == ["sizes"]:
            families = {self.fitting.get(i) and i for i in ids}
            sizes = {ref["id"] for one in got for ref in one["sizes"]} | set(ids)
            return (
                ""
                if families and set(self.fitting) <= sizes
                else f"{len(sizes)} sizes, tables {len(self.fitting)}"
            )
        why = self._wrong_items(ids)
        wanted = {"latex", "pack", "price", "supplier", "ids", "owner", "sizes", "storage", "all"}
        told = {"identifiers": "ids", "ownership": "owner"}
        named = {told.get(a, a) for a in self.answer["aspects"]}
        if not why and aspect and not ({"all"} & named or set(aspect) <= named) and set(aspect) <= wanted:
            return f"asked for {aspect}, told {named}"
        for one in () if why else got:
            why = why or self._wrong_card(one["item"])
        return why

    def _wrong_card(self, item: Json) -> str:
        latex, base, consigned, maker = self.hospital.rows(
            f"select latex, base_unit, consigned, manufacturer from item where id = {item['id']}"
        )[0]
        mine = (item["latex"], item["base_unit"], bool(item["consigned"]), item["manufacturer"])
        if mine != (latex, base, bool(consigned), maker):
            return f"{item['name']}: {mine}, tables {(latex, base, consigned, maker)}"
        packs = self.hospital.rows(f"select unit, quantity from item_pack where item_id = {item['id']}")
        if {(p["unit"], p["quantity"]) for p in item["packs"]} != set(packs):
            return f"{item['name']}: packs {item['packs']}, tables {packs}"
        codes = self.hospital.rows(f"select value from item_identifier where item_id = {item['id']}")
        if {code["value"] for code in item["identifiers"]} != {row[0] for row in codes}:
            return f"{item['name']}: identifiers differ"
        offers = self.hospital.rows(
            f"select s.name, o.price from offer o join supplier s on s.id = o.supplier_id where o.item_id = {item['id']}"
        )
        told = {(o["supplier_name"], round(o["price"] * 10_000)) for o in item["offers"]}
        return (
            "" if told == {(n, round(p)) for n, p in offers} else f"{item['name']}: {told}, tables {offers}"
        )

    # ------------------------------------------------------------------------------------------- days

    def _expiry(self) -> str:
        today, about = self.hospital.today, ""
        if self.question.items:
            about = f" and item_id in ({','.join(map(str, self.fitting))})"
        inside = f"status <> 'in-transit' and on_hand > 0 and {self._scope()}{about}"
        past = self.hospital.rows(f"select count(*) from stock where expires_on < '{today}' and {inside}")[0][
            0
        ]
        if self.answer["already_expired_lots"] != past:
            return f"{self.answer['already_expired_lots']} expired lots, tables {past}"
        if "past" in self.question.notes or "any" in self.question.notes:
            return ""
        if self.days is None:
            return "the question is at fault: no window"
        start, end = max(self.days[0], today), self.days[1]
        if self.answer["window"]["end"] != str(end):
            return f"window {self.answer['window']}, expected to {end}"
        found = self.hospital.rows(
            f"select lot_id, place_id, sum(on_hand) from stock where expires_on between '{start}' and '{end}' and {inside} "
            "group by lot_id, place_id, owner_id"
        )
        told = (self.answer["total_lots"], self.answer["total_quantity"])
        if told != (len(found), sum(row[2] for row in found)):
            return f"{told} lots and pieces, tables {len(found)}, {sum(row[2] for row in found)}"
        shown = {(one["lot"]["id"], one["place"]["id"], one["quantity"]) for one in self.answer["lots"]}
        extra = shown - {(row[0], row[1], row[2]) for row in found}
        return f"{len(extra)} lots differ" if extra else ""

    def _used(self, items: str, days: Days) -> int:
        """Net of what was undone and returned, from the movements themselves."""

        def total(where: str, column: str) -> int:
            return int(self.hospital.rows(
                f"select coalesce(sum(quantity), 0) from movement where item_id in ({items}) and {where} "
                f"and day between '{days[0]}' and '{days[1]}' and {self._scope(column)}"
            )[0][0])  # fmt: skip

        taken = total("kind = 'consume' and reverses is null", "from_place_id")
        undone = total("kind = 'consume' and reverses is not null", "to_place_id")
        return taken - undone - total("kind = 'return'", "to_place_id")

    def _usage(self) -> str:
        got = [one["id"] for one in self.answer["items"]]
        why = self._wrong_items(got)
        if why or self.days is None:
            return why or "the question is at fault: no window"
        start, end = self.days[0], min(self.days[1], self.hospital.today)
        told = self.answer["window"]
        # "Last two months" may begin a day later; "30 days" may count today or not.
        if (
            abs((date.fromisoformat(told["start"]) - start).days) > 1
            or abs((date.fromisoformat(told["end"]) - end).days) > 1
        ):
            return f"window {told['start']}..{told['end']}, expected {start}..{end}"
        start, end = date.fromisoformat(told["start"]), date.fromisoformat(told["end"])
        if not self._kept_there() <= set(got):
            return f"{len(set(got))} of {len(self.fitting)} items"
        items = ",".join(map(str, got))
        used = self._used(items, (start, end))
        if self.answer["total"] != used:
            return f"{self.answer['total']} used, tables {used}"
        length = (end - start).days + 1
        previous = self._used(items, (start - timedelta(days=length), start - timedelta(days=1)))
        return (
            ""
            if self.answer["previous"] == previous
            else f"before {self.answer['previous']}, tables {previous}"
        )

    # ------------------------------------------------------------------------------------------- lots, pars

    def _trace(self) -> str:
        number = next(
            (n.partition("=")[2] for n in self.question.notes if n.startswith(("lot=", "serial="))), ""
        )
        lots = self.hospital.rows(
            f"select id from lot where upper(number) = '{number.upper()}' or upper(serial) = '{number.upper()}'"
        )
        if {one["lot"]["id"] for one in self.answer["lots"]} != {row[0] for row in lots}:
            return f"{len(self.answer['lots'])} lots, tables {len(lots)}"
        for one in self.answer["lots"]:
            lot = one["lot"]["id"]
            used, received = self.hospital.rows(
                "select coalesce(sum(case when kind = 'consume' and reverses is null then quantity when kind in ('consume', 'return') "
                "then -quantity end), 0), coalesce(sum(case when kind = 'receive' then quantity end), 0) "
                f"from movement where lot_id = {lot}"
            )[0]
            if (one["used"], one["received"]) != (used, received):
                return f"used and received {one['used']}, {one['received']}; tables {used}, {received}"
            places = self.hospital.rows(
                f"select place_id, sum(on_hand) from stock where lot_id = {lot} and on_hand > 0 and status <> 'in-transit' group by 1"
            )
            told = {spot["place"]["id"]: spot["on_hand"] for spot in one["holdings"]}
            narrowed = not self.question.places and any(i not in dict(places) for i in told)
            if narrowed or any(dict(places)[place] != count for place, count in told.items()):
                return f"held {told}, tables {places}"
        return ""

    def _low(self) -> str:
        places = self.question.places
        about = f" and p.item_id in ({','.join(map(str, self.fitting))})" if self.question.items else ""
        found = self.hospital.rows(
            f"select p.item_id, p.place_id, p.par - coalesce(a.n, 0) - coalesce(a.coming, 0) from par p left join (select item_id, "
            f"place_id, sum(case when {self._good} then on_hand - reserved else 0 end) n, sum(case when status = 'in-transit' "
            f"then on_hand else 0 end) coming from stock group by 1, 2) a on a.item_id = p.item_id and a.place_id = p.place_id "
            f"where coalesce(a.n, 0) <= p.reorder_point and {self.hospital.scope(places, column='p.place_id')}{about}"
        )
        if self.answer["total"] != len(found):
            asked = [place["name"] for place in self.answer["asked"]]
            return f"{self.answer['total']} low at {asked}, tables {len(found)}"
        shown = {(one["item"]["id"], one["place"]["id"], one["bring"]) for one in self.answer["lines"]}
        extra = shown - {(item, place, max(0, bring)) for item, place, bring in found}
        return f"{len(extra)} lines differ: {list(extra)[:2]}" if extra else ""
