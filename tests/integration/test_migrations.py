"""The schema goes forwards, backwards and forwards again, and is exactly what the tables say."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from domain import store as stores
from domain.errors import InvalidSetting, StoreUnavailable
from domain.store.engine import make_engine, parse_url
from domain.store.tables import metadata


def tables_of(url: str) -> set[str]:
    engine = make_engine(parse_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def triggers_of(url: str) -> set[str]:
    engine = make_engine(parse_url(url), reading=True)
    statement = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    try:
        with engine.connect() as connection:
            return set(connection.scalars(text(statement)))
    finally:
        engine.dispose()


def test_revisions_go_up_and_down_and_up(empty_url: str) -> None:
    assert stores.current(empty_url) is None
    stores.upgrade(empty_url)
    assert stores.current(empty_url) == stores.head()
    assert set(metadata.tables) <= tables_of(empty_url)
    triggers = triggers_of(empty_url)
    assert any(name.startswith("movement_refuses") for name in triggers)
    stores.downgrade(empty_url, "base")
    assert stores.current(empty_url) is None
    assert tables_of(empty_url) == {"alembic_version"}
    assert not triggers_of(empty_url)
    stores.upgrade(empty_url)
    assert stores.current(empty_url) == stores.head()
    assert triggers_of(empty_url) == triggers


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    stores.upgrade(database_url)
    assert stores.current(database_url) == stores.head()


def test_the_migrated_schema_is_what_the_tables_say(database_url: str) -> None:
    engine = make_engine(parse_url(database_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def test_tables_made_from_metadata_have_the_migrations_checks(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What Alembic does not compare: CHECK constraints, partial indexes, STRICT, WITHOUT ROWID; read as SQLite wrote them."""
    if not database_url.startswith("sqlite"):
        pytest.skip("the text of the tables is kept by SQLite")

    def schema(url: str) -> set[str]:
        engine = create_engine(url)
        with engine.begin() as connection:
            metadata.create_all(connection)
            rows = connection.scalars(
                text("SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
            ).all()
        engine.dispose()
        return {
            part
            for sql in rows
            if "alembic_version" not in sql
            # A column that was added later stands on the line of the one before it.
            for part in sorted(
                part.strip() for part in re.split(r",\s", sql.replace("\n", ", ")) if part.strip(" ,")
            )
        }

    made = f"sqlite:///{tmp_path_factory.mktemp('made') / 'made.db'}"
    assert schema(database_url) == schema(made)


def test_a_store_without_tables_says_what_to_run(empty_url: str) -> None:
    stores.downgrade(empty_url, "base")
    store = stores.open_store(empty_url)
    try:
        with pytest.raises(StoreUnavailable, match="parley db upgrade"):
            store.transactions.begin()
        with pytest.raises(StoreUnavailable, match="parley db upgrade"):
            store.check()
        stores.upgrade(empty_url)
        store.check()
    finally:
        store.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:hunter2@h/db", "sqlite://", "sqlite:///:memory:", "oracle://x"]
)
def test_a_url_of_no_known_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        stores.open_store(url)
    assert "sqlite:///" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_folder_that_does_not_exist_is_named() -> None:
    with pytest.raises(StoreUnavailable, match="/no/such/folder"):
        stores.open_store("sqlite:////no/such/folder/parley.db")


def test_a_server_that_is_down_is_said_to_be_down() -> None:
    store = stores.open_store("postgresql://parley:hunter2@127.0.0.1:1/parley")
    try:
        with pytest.raises(StoreUnavailable, match="does not answer") as failure:
            store.check()
        assert "hunter2" not in str(failure.value)
        assert "hunter2" not in store.url_safe
    finally:
        store.close()
