"""The schema's revisions: forwards, backwards, where we are. The command line's ``db`` verbs call these."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from domain.errors import StoreUnavailable
from domain.store.engine import make_engine, parse_url

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to ``revision``; making it there is nothing to lose. Safe to repeat, safe for two at once."""
    _run(url, revision, forwards=True)


def downgrade(url: str, revision: str) -> None:
    """Brings the database back to ``revision`` ("base" removes everything, "-1" goes one back)."""
    _run(url, revision, forwards=False)


def current(url: str) -> str | None:
    """The database's revision; None where it has no tables of ours."""
    engine = make_engine(parse_url(url), reading=True)
    try:
        with engine.connect() as connection:
            return current_of(connection)
    finally:
        engine.dispose()


def current_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision this version of Parley needs."""
    revision = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert revision is not None  # noqa: S101 - there is a first revision
    return revision


def require_head(connection: Connection) -> None:
    """Raises StoreUnavailable where the database is not at the revision this version needs."""
    found, needed = current_of(connection), head()
    if found != needed:
        raise StoreUnavailable(
            f"The database is at revision {found or 'none'}, this version needs {needed}. Run: parley db upgrade"
        )


def _run(url: str, revision: str, *, forwards: bool) -> None:
    engine = make_engine(parse_url(url))
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Two processes that start together upgrade one after the other.
                connection.execute(text("SELECT pg_advisory_xact_lock(7261, 1)"))
            config = Config()
            config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
            config.attributes["connection"] = connection
            (command.upgrade if forwards else command.downgrade)(config, revision)
    finally:
        engine.dispose()
