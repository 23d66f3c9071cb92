"""What goes in comes out: every kind of row, exact money, strict times; and what readers may not do."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from domain.errors import Conflict, Invalid, StoreUnavailable, UnknownItem, UnknownLot, UnknownPerson
from domain.model.charge import ChargeTarget, Encounter
from domain.model.ids import CaseId, EncounterId, ItemId, LotId, PersonId, ProviderId, SupplierId
from domain.model.item import Supplier
from domain.model.lot import Lot
from domain.ports import ThreadState
from domain.store import Store, tables
from tests import small_hospital as small
from tests.small_hospital import FOLEY, GLOVE, ICU_SHELF_A, NORTH, NOW, STENT, TODAY, consume, receive


@pytest.fixture(autouse=True)
def _hospital(store: Store) -> None:
    small.fill(store.transactions)


def test_items_come_back_whole(store: Store) -> None:
    with store.transactions.reading() as unit:
        assert unit.catalogue.many([STENT, GLOVE, ItemId(99)]) == {
            STENT: small.ITEMS[2],
            GLOVE: small.ITEMS[0],
        }
        assert list(unit.catalogue.all()) == list(small.ITEMS)
        assert unit.catalogue.family("Foley catheter") == [small.ITEMS[1]]
        assert unit.catalogue.supplier(small.CONSIGNOR).consigns
        with pytest.raises(UnknownItem):
            unit.catalogue.get(ItemId(99))


def test_places_people_and_charges_come_back_whole(store: Store) -> None:
    with store.transactions.reading() as unit:
        assert list(unit.places.tree()) == sorted(small.PLACES, key=lambda place: place.id)
        assert [facility.name for facility in unit.places.facilities()] == ["North", "South"]
        nurse = unit.people.by_slack("U1")
        assert unit.people.all() == [nurse]
        assert unit.people.get(small.NURSE) == nurse
        with pytest.raises(UnknownPerson):
            unit.people.by_slack("U404")
        with pytest.raises(UnknownPerson):
            unit.people.get(PersonId(404))
        target = unit.charges.targets([small.ON_CASE])[small.ON_CASE]
        assert target == ChargeTarget(
            case_id=CaseId(1), encounter_id=EncounterId(1), provider_id=ProviderId(1)
        )
        assert unit.charges.cases([CaseId(1)])[CaseId(1)].number == "C-991"
        assert unit.charges.encounters([EncounterId(1)])[EncounterId(1)].masked == "…4821"
        assert unit.charges.providers([ProviderId(1)])[ProviderId(1)].name == "Dr. Chen"


def test_equal_charge_targets_share_one_row_though_parts_are_absent(store: Store) -> None:
    target = ChargeTarget(provider_id=ProviderId(1))
    with store.transactions.begin() as unit:
        first = unit.charges.target_id(target)
        assert unit.charges.target_id(ChargeTarget(provider_id=ProviderId(1))) == first
        assert unit.charges.target_id(ChargeTarget(case_id=CaseId(1))) != first
        unit.commit()
    with store.transactions.begin() as unit:
        assert unit.charges.target_id(target) == first
        with pytest.raises(Invalid):
            unit.charges.target_id(ChargeTarget())


def test_lots_are_found_by_what_is_printed_on_them(store: Store) -> None:
    with store.transactions.reading() as unit:
        assert [lot.id for lot in unit.lots.named("8j2210")] == [small.FOLEY_EARLY]
        assert [lot.id for lot in unit.lots.named("sn-4711")] == [small.STENT_LOT]
        assert unit.lots.named("--") == []
        assert [lot.id for lot in unit.lots.similar("8J2211")] == [small.FOLEY_EARLY]
        assert [lot.id for lot in unit.lots.similar("SN4712")] == [small.STENT_LOT]
        assert unit.lots.similar("QQQQQQ") == []
        with pytest.raises(UnknownLot):
            unit.lots.get(LotId(404))


def test_adding_a_lot_that_is_there_gives_the_one_that_is_there(store: Store) -> None:
    with store.transactions.begin() as unit:
        new = unit.lots.add(Lot(LotId(0), FOLEY, "NEW-1", expires_on=date(2028, 1, 1)))
        assert unit.lots.add(Lot(LotId(0), FOLEY, "NEW-1")) == new
        assert unit.lots.get(new).expires_on == date(2028, 1, 1)
        assert unit.lots.add(Lot(LotId(0), FOLEY, "8J-2210")) == small.FOLEY_EARLY


def test_money_is_summed_exactly_in_the_database(store: Store) -> None:
    with store.transactions.begin() as unit:
        unit.ledger.post(
            [consume(quantity=3, unit_cost=Decimal("0.1001")) for _ in range(1_000)]
            + [consume(quantity=1, unit_cost=Decimal("99999999.9999"))]
        )
        unit.commit()
    with store.begin() as unit:
        total = unit.connection.scalar(select(func.sum(tables.daily_usage.c.cost)))
        assert total == Decimal("100000300.2999")
        (row,) = unit.usage.rows([FOLEY], start=TODAY, end=TODAY)
        assert row.cost == total


def test_times_come_back_in_utc_and_a_time_without_zone_is_refused(store: Store) -> None:
    tokyo = datetime(2026, 11, 22, 21, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with store.transactions.begin() as unit:
        unit.threads.put(ThreadState("C1", "1", None, "{}", tokyo))
        kept = unit.threads.get("C1", "1")
        assert kept is not None
        assert kept.updated_at == tokyo
        assert kept.updated_at.tzinfo is UTC
        with pytest.raises((Invalid, DBAPIError)) as refusal:
            unit.threads.put(ThreadState("C1", "2", None, "{}", datetime(2026, 11, 22, 12, 0)))  # noqa: DTZ001
        assert "zone" in str(refusal.value)


def test_a_reading_unit_can_not_write(store: Store) -> None:
    with store.transactions.reading() as unit, pytest.raises((StoreUnavailable, DBAPIError)):
        unit.threads.put(ThreadState("C1", "1", None, "{}", NOW))


def test_a_reading_unit_sees_one_moment(store: Store) -> None:
    with store.transactions.reading() as reader:
        assert reader.stock.of_items([FOLEY]) == []
        with store.transactions.begin() as writer:
            writer.ledger.post([receive()])
            writer.commit()
        assert reader.stock.of_items([FOLEY]) == []
    with store.transactions.reading() as reader:
        assert len(reader.stock.of_items([FOLEY])) == 1


def test_stock_is_read_by_item_place_lot_and_date(store: Store) -> None:
    with store.transactions.begin() as unit:
        unit.ledger.post(
            [
                receive(quantity=5),
                receive(quantity=7, to=small.ED_CART, lot_id=small.FOLEY_LATE),
                receive(STENT, 1, to=small.CLINIC_SHELF, lot_id=small.STENT_LOT, facility_id=small.SOUTH),
                receive(GLOVE, 50, lot_id=LotId(0)),
                receive(GLOVE, 3, lot_id=LotId(0), to=small.ED_CART),
                consume(GLOVE, 3, lot_id=LotId(0), at=small.ED_CART),
            ]
        )
        unit.commit()
    with store.transactions.reading() as unit:
        stock = unit.stock
        assert {line.place_id for line in stock.of_items([FOLEY, GLOVE])} == {ICU_SHELF_A, small.ED_CART}
        assert [line.on_hand for line in stock.of_items([GLOVE])] == [50]
        assert [line.on_hand for line in stock.of_items([FOLEY], places=[small.ED_CART])] == [7]
        assert stock.of_items([FOLEY], places=[]) == []
        assert [line.serial for line in stock.of_lots([small.STENT_LOT])] == ["SN 4711"]
        year_end = date(2026, 12, 31)
        assert [line.lot_id for line in stock.expiring(start=TODAY, end=year_end)] == [small.FOLEY_EARLY]
        assert stock.expiring(start=TODAY, end=year_end, places=[small.ED_CART]) == []
        later = stock.expiring(start=TODAY, end=date(2027, 12, 31), items=[FOLEY])
        assert [line.lot_id for line in later] == [small.FOLEY_EARLY, small.FOLEY_LATE]
        assert stock.kept_at([ICU_SHELF_A]) == {FOLEY, GLOVE}
        assert stock.kept_at([ICU_SHELF_A], among=[FOLEY, STENT]) == {FOLEY}
        assert stock.kept_at([ICU_SHELF_A], among=[]) == frozenset()
        assert stock.unit_costs([small.FOLEY_EARLY, small.STENT_LOT])[small.FOLEY_EARLY] == Decimal("2.35")


def test_places_are_read_once_until_the_catalogue_changes(store: Store) -> None:
    with store.transactions.reading() as unit:
        tree, revision = unit.places.tree(), unit.catalogue.revision()
    statements: list[str] = []
    with store.begin() as counting:
        engine = counting.connection.engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with store.transactions.begin() as unit:
        assert unit.places.tree() is tree
        unit.loading.suppliers([Supplier(SupplierId(9), "Another")])
        assert unit.catalogue.revision() == revision + 1
        unit.commit()
    assert not [statement for statement in statements if "FROM place" in statement]
    with store.transactions.reading() as unit:
        assert unit.places.tree() is not tree
        assert unit.catalogue.revision() == revision + 1


def test_many_items_take_as_many_queries_as_one(store: Store) -> None:
    def count(*items: ItemId) -> int:
        store._memory.items_revision = -1  # forget
        statements: list[str] = []

        def note(*args: object) -> None:
            statements.append(str(args[2]))

        with store.begin() as unit:
            event.listen(unit.connection, "before_cursor_execute", note)
            unit.catalogue.many(items)
        return len(statements)

    assert count(GLOVE) == count(GLOVE, FOLEY, STENT) <= 8


def test_an_item_in_a_unit_that_was_rolled_back_is_not_remembered(store: Store) -> None:
    import dataclasses

    ghost = dataclasses.replace(small.ITEMS[1], id=ItemId(7), number="1007")
    real = dataclasses.replace(ghost, name="The real one")
    with store.transactions.begin() as unit:
        unit.loading.items([ghost])
        assert unit.catalogue.get(ItemId(7)) == ghost
    with store.transactions.begin() as unit:
        unit.loading.items([real])
        unit.commit()
    with store.transactions.reading() as unit:
        assert unit.catalogue.get(ItemId(7)) == real


def test_a_refused_row_is_named_by_its_table_and_never_by_its_values(store: Store) -> None:
    with store.transactions.begin() as unit, pytest.raises((Conflict, DBAPIError)) as refusal:
        unit.loading.encounters([Encounter(EncounterId(1), NORTH, b"SECRET", b"x" * 32, "…0001")])
    assert "SECRET" not in str(refusal.value)


def test_a_locked_database_is_said_to_be_locked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not store.url_safe.startswith("sqlite"):
        pytest.skip("PostgreSQL writers wait for rows, not for the database")
    monkeypatch.setattr("domain.store.engine.BUSY_SECONDS", 0.05)
    hasty = Store(store.url_safe)
    with store.transactions.begin() as holder:
        holder.threads.put(ThreadState("C1", "1", None, "{}", NOW))
        with pytest.raises(StoreUnavailable, match="locked"), hasty.transactions.begin() as unit:
            unit.threads.put(ThreadState("C1", "2", None, "{}", NOW))
    hasty.close()


def test_a_file_that_is_no_database_is_said_to_be_damaged(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bad") / "bad.db"
    path.write_bytes(b"this is no database at all" * 100)
    bad = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="damaged"):
        bad.check()
    bad.close()


def test_writers_in_many_threads_lose_nothing(store: Store) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with store.transactions.begin() as unit:
                    unit.ledger.post([receive(quantity=1), consume(quantity=1), receive(quantity=1)])
                    unit.commit()
        except BaseException as error:  # noqa: BLE001 - a thread's failure must fail the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.transactions.reading() as unit:
        (line,) = unit.stock.of_items([FOLEY])
        assert line.on_hand == 40
        assert unit.usage.totals([FOLEY], start=TODAY, end=TODAY) == {(FOLEY, ICU_SHELF_A): 40}


def test_the_database_knows_no_plain_text_column_for_a_patient(store: Store) -> None:
    with store.begin() as unit:
        columns = {column.name for column in tables.encounter.columns}
        assert columns == {"facility_id", "id", "sealed", "digest", "masked"}
        assert unit.connection.scalar(text("SELECT count(*) FROM encounter")) == 1
