"""Recall notices, and what of them was matched to the shelves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Integer, Row, case, cast, delete, func, or_, select, text, update

from domain.errors import UnknownRecord
from domain.model.ids import NO_LOT, FacilityId, ItemId, LotId
from domain.model.item import IdentifierKind
from domain.model.lot import Lot
from domain.model.movement import MovementKind
from domain.model.recall import AnswerKind, Match, Notice, NoticeId, RecallAnswer, RecallClass, Strength
from domain.model.stock import StockLine
from domain.ports.recalling import Kept, LotUsed
from domain.store import tables
from domain.store.database import Database, chunked
from domain.store.stock import SqlStock

_AT_ONCE = 500
"""Codes asked for in one statement."""


class SqlRecalls:
    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------- notices

    def put(self, notice: Notice, *, now: datetime) -> tuple[Notice, Kept]:
        table = tables.recall_notice
        row = self._db.connection.execute(
            select(table).where(table.c.source == notice.source, table.c.number == notice.number)
        ).one_or_none()
        if row is None:
            made = self._db.connection.execute(
                self._db.insert(table)
                .values(**_notice_row(notice), revision=1, taken_at=now)
                .on_conflict_do_nothing(index_elements=["source", "number"])
                .returning(table.c.id)
            ).scalar_one_or_none()
            if made is None:  # another process stored it just now
                return self.put(notice, now=now)
            return replace(notice, id=NoticeId(made), revision=1), Kept.NEW
        there = _notice(row)
        stored = replace(notice, id=there.id, revision=there.revision)
        if stored == there:
            return there, Kept.SAME
        told = Kept.UPDATED if there.says_the_same(notice) else Kept.CHANGED
        if told is Kept.CHANGED:
            stored = replace(stored, revision=there.revision + 1)
        self._db.connection.execute(
            update(table)
            .where(table.c.id == there.id)
            .values(**_notice_row(stored), revision=stored.revision, taken_at=now)
        )
        return stored, told

    def get(self, number: str) -> Notice:
        table = tables.recall_notice
        row = self._db.connection.execute(
            select(table).where(table.c.number == number.strip().upper()).order_by(table.c.id).limit(1)
        ).one_or_none()
        if row is None:
            raise UnknownRecord(f"No notice {number} was taken in.")
        return _notice(row)

    def many(self, notice_ids: Collection[NoticeId]) -> dict[NoticeId, Notice]:
        table = tables.recall_notice
        rows = self._db.connection.execute(select(table).where(self._db.among(table.c.id, notice_ids)))
        return {NoticeId(row.id): _notice(row) for row in rows}

    def going_on(self, *, since: date | None = None) -> list[Notice]:
        table = tables.recall_notice
        statement = select(table).where(table.c.terminated_on.is_(None))
        if since is not None:
            statement = statement.where(table.c.reported_on >= since)
        rows = self._db.connection.execute(statement.order_by(table.c.reported_on.desc(), table.c.id.desc()))
        return [notice for notice in map(_notice, rows) if not notice.over]

    def last_reported(self, source: str) -> date | None:
        table = tables.recall_notice
        found: date | None = self._db.connection.scalar(
            select(table.c.reported_on)
            .where(table.c.source == source, table.c.reported_on.is_not(None))
            .order_by(table.c.reported_on.desc())
            .limit(1)
        )
        return found

    # ------------------------------------------------------------------------------------------- matches

    def match(self, notice_id: NoticeId, matches: Sequence[Match]) -> None:
        table = tables.recall_match
        self._db.connection.execute(delete(table).where(table.c.notice_id == notice_id))
        if matches:
            self._db.connection.execute(
                table.insert(),
                [
                    {
                        "notice_id": notice_id,
                        "item_id": match.item_id,
                        "lot_id": match.lot_id or NO_LOT,
                        "strength": match.strength.value,
                        "evidence": json.dumps(list(match.evidence), ensure_ascii=False),
                    }
                    for match in matches
                ],
            )

    def matched(self) -> dict[NoticeId, tuple[Match, ...]]:
        table, notice = tables.recall_match, tables.recall_notice
        rows = self._db.connection.execute(
            select(table)
            .join_from(table, notice, notice.c.id == table.c.notice_id)
            .where(notice.c.terminated_on.is_(None))
        )
        return _matches(rows)

    def matches_of(self, notice_id: NoticeId) -> tuple[Match, ...]:
        table = tables.recall_match
        rows = self._db.connection.execute(select(table).where(table.c.notice_id == notice_id))
        return _matches(rows).get(notice_id, ())

    def answer(self, answer: RecallAnswer) -> None:
        values = {
            "kind": answer.kind.value,
            "reason": answer.reason,
            "person_id": answer.person_id,
            "answered_at": answer.at,
            "lots": json.dumps([[item_id, lot_id or NO_LOT] for item_id, lot_id in answer.lots]),
        }
        self._db.connection.execute(
            self._db.insert(tables.recall_answer)
            .values(facility_id=answer.facility_id, notice_id=answer.notice_id, **values)
            .on_conflict_do_update(index_elements=["facility_id", "notice_id"], set_=values)
        )

    def answers(self, facility_id: FacilityId) -> dict[NoticeId, RecallAnswer]:
        table = tables.recall_answer
        return {
            NoticeId(row.notice_id): RecallAnswer(
                notice_id=NoticeId(row.notice_id),
                facility_id=facility_id,
                kind=AnswerKind(row.kind),
                reason=row.reason,
                person_id=row.person_id,
                at=row.answered_at,
                lots=tuple(
                    (ItemId(item_id), LotId(lot_id) if lot_id != NO_LOT else None)
                    for item_id, lot_id in json.loads(row.lots)
                ),
            )
            for row in self._db.connection.execute(select(table).where(table.c.facility_id == facility_id))
        }

    # ------------------------------------------------------------------------------------- what is ours

    def items_coded(
        self, codes: Collection[str], *, kinds: Collection[IdentifierKind]
    ) -> dict[str, frozenset[ItemId]]:
        table, item = tables.item_identifier, tables.item
        found: defaultdict[str, set[ItemId]] = defaultdict(set)
        for part in chunked(sorted(codes), _AT_ONCE):
            rows = self._db.connection.execute(
                select(table.c.value, table.c.item_id)
                .join_from(table, item, item.c.id == table.c.item_id)
                .where(
                    table.c.value.in_(part), table.c.kind.in_([kind.value for kind in kinds]), item.c.active
                )
            )
            for value, item_id in rows:
                found[value].add(ItemId(item_id))
        return {value: frozenset(items) for value, items in found.items()}

    def lots_keyed(self, keys: Collection[str]) -> list[Lot]:
        table = tables.lot
        found: dict[int, Lot] = {}
        for part in chunked(sorted(key for key in keys if key), _AT_ONCE):
            for condition in (table.c.number_key.in_(part), table.c.serial_key.in_(part)):
                statement = select(table).where(condition)
                if condition.left is table.c.serial_key:
                    statement = statement.where(text("serial_key <> ''"))
                found |= {row.id: _lot(row) for row in self._db.connection.execute(statement)}
        return [found[key] for key in sorted(found)]

    def lots_of(self, item_ids: Collection[ItemId]) -> dict[ItemId, tuple[Lot, ...]]:
        table = tables.lot
        found: defaultdict[ItemId, list[Lot]] = defaultdict(list)
        rows = self._db.connection.execute(
            select(table).where(self._db.among(table.c.item_id, item_ids)).order_by(table.c.id)
        )
        for row in rows:
            found[row.item_id].append(_lot(row))
        return {item_id: tuple(lots) for item_id, lots in found.items()}

    def kept_without_lots(self, item_ids: Collection[ItemId]) -> frozenset[ItemId]:
        table = tables.stock
        rows = self._db.connection.execute(
            select(table.c.item_id)
            .where(
                table.c.facility_id.in_(self._db.facility_ids()),
                self._db.among(table.c.item_id, item_ids),
                table.c.lot_id == NO_LOT,
                table.c.on_hand != 0,
            )
            .distinct()
        )
        return frozenset(ItemId(item_id) for (item_id,) in rows)

    def stock(
        self, facility_id: FacilityId, *, lot_ids: Collection[LotId], item_ids: Collection[ItemId]
    ) -> list[StockLine]:
        reads = SqlStock(self._db)
        found = reads.of_lots(lot_ids) if lot_ids else []
        found += reads.of_items(item_ids) if item_ids else []
        mine = {
            (line.item_id, line.place_id, line.lot_id, line.owner_id, line.status): line
            for line in found
            if self._db.facility_of(line.place_id) == facility_id
        }
        return list(mine.values())

    def used(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> dict[LotId, LotUsed]:
        movement, target = tables.movement, tables.charge_target
        surgical, undone = tables.surgical_case, tables.movement.alias("undone")
        sign = case((movement.c.kind == MovementKind.CONSUME.value, 1), else_=-1)
        patient = func.coalesce(target.c.encounter_id, surgical.c.encounter_id)
        rows = self._db.connection.execute(
            select(
                movement.c.lot_id,
                cast(func.sum(movement.c.quantity * sign), Integer),
                func.count(
                    case((movement.c.kind == MovementKind.CONSUME.value, patient), else_=None).distinct()
                ),
            )
            .outerjoin(target, target.c.id == movement.c.charge_id)
            .outerjoin(surgical, surgical.c.id == target.c.case_id)
            .outerjoin(
                undone,
                (undone.c.facility_id == movement.c.facility_id) & (undone.c.reverses == movement.c.id),
            )
            .where(
                movement.c.facility_id == facility_id,
                self._db.among(movement.c.lot_id, lot_ids),
                movement.c.lot_id > 0,
                movement.c.kind.in_([MovementKind.CONSUME.value, MovementKind.RETURN.value]),
                movement.c.reverses.is_(None),
                undone.c.id.is_(None),
            )
            .group_by(movement.c.lot_id)
        )
        return {LotId(lot_id): LotUsed(int(used), int(patients)) for lot_id, used, patients in rows}

    def came_here(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> frozenset[LotId]:
        table = tables.stock
        rows = self._db.connection.execute(
            select(table.c.lot_id)
            .where(
                table.c.facility_id == facility_id,
                self._db.among(table.c.lot_id, lot_ids),
                table.c.lot_id > 0,
            )
            .distinct()
        )
        return frozenset(LotId(lot_id) for (lot_id,) in rows)

    def held_as_recalled(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> frozenset[LotId]:
        hold, lots, lot = tables.hold, tables.hold_lot, tables.lot
        recalled = (hold.c.facility_id == facility_id, hold.c.recalled)
        named = select(lots.c.lot_id).where(
            lots.c.facility_id == facility_id,
            lots.c.hold_id.in_(select(hold.c.id).where(*recalled)),
        )
        whole = select(hold.c.item_id).where(*recalled, hold.c.item_id.is_not(None))
        rows = self._db.connection.execute(
            select(lot.c.id).where(
                self._db.among(lot.c.id, lot_ids), or_(lot.c.id.in_(named), lot.c.item_id.in_(whole))
            )
        )
        return frozenset(LotId(lot_id) for (lot_id,) in rows)

    def items_held_as_recalled(
        self, facility_id: FacilityId, item_ids: Collection[ItemId]
    ) -> frozenset[ItemId]:
        hold = tables.hold
        rows = self._db.connection.execute(
            select(hold.c.item_id)
            .where(
                hold.c.facility_id == facility_id,
                hold.c.recalled,
                hold.c.item_id.is_not(None),
                self._db.among(hold.c.item_id, item_ids),
            )
            .distinct()
        )
        return frozenset(ItemId(item_id) for (item_id,) in rows)


def _notice_row(notice: Notice) -> dict[str, object]:
    return {
        "source": notice.source,
        "number": notice.number,
        "event": notice.event,
        "classification": notice.classification.value,
        "status": notice.status,
        "firm": notice.firm,
        "product": notice.product,
        "codes": notice.codes,
        "reason": notice.reason,
        "quantity": notice.quantity,
        "distribution": notice.distribution,
        "initiated_on": notice.initiated_on,
        "reported_on": notice.reported_on,
        "terminated_on": notice.terminated_on,
    }


def _notice(row: Row[tuple[object, ...]]) -> Notice:
    return Notice(
        source=row.source,
        number=row.number,
        event=row.event,
        classification=RecallClass(row.classification),
        status=row.status,
        firm=row.firm,
        product=row.product,
        codes=row.codes,
        reason=row.reason,
        quantity=row.quantity,
        distribution=row.distribution,
        initiated_on=row.initiated_on,
        reported_on=row.reported_on,
        terminated_on=row.terminated_on,
        id=NoticeId(row.id),
        revision=row.revision,
    )


def _matches(rows: Iterable[Row[tuple[object, ...]]]) -> dict[NoticeId, tuple[Match, ...]]:
    found: defaultdict[NoticeId, list[Match]] = defaultdict(list)
    for row in rows:
        found[NoticeId(row.notice_id)].append(
            Match(
                ItemId(row.item_id),
                LotId(row.lot_id) if row.lot_id != NO_LOT else None,
                Strength(row.strength),
                tuple(json.loads(row.evidence)),
            )
        )
    return {
        notice_id: tuple(
            sorted(matches, key=lambda match: (match.strength.rank, match.item_id, match.lot_id or 0))
        )
        for notice_id, matches in found.items()
    }


def _lot(row: Row[tuple[object, ...]]) -> Lot:
    return Lot(
        id=row.id,
        item_id=row.item_id,
        number=row.number,
        serial=row.serial,
        expires_on=row.expires_on,
        made_on=row.made_on,
        supplier_id=row.supplier_id,
    )
