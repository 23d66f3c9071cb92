"""The schema's revisions: forwards, backwards, where we are. The command line's ``db`` verbs call these."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

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
    """Read without Alembic, whose import costs every start half a second; so is ``head``."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


_REVISION = re.compile(r"^(down_)?revision(?:: [^=]+)? = (?:\"(\w+)\"|None)", re.MULTILINE)


@cache
def head() -> str:
    """The revision this version of Parley needs: the one of the scripts that no other builds on."""
    made: set[str] = set()
    built_on: set[str] = set()
    for script in (_SCRIPTS / "versions").glob("r*.py"):
        for down, revision in _REVISION.findall(script.read_text(encoding="utf-8")):
            (built_on if down else made).add(revision)
    (last,) = made - built_on
    return last


def require_head(connection: Connection) -> None:
    """Raises StoreUnavailable where the database is not at the revision this version needs."""
    found, needed = current_of(connection), head()
    if found != needed:
        raise StoreUnavailable(
            f"The database is at revision {found or 'none'}, this version needs {needed}. Run: parley db upgrade"
        )


def _run(url: str, revision: str, *, forwards: bool) -> None:
    from alembic import command
    from alembic.config import Config

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
