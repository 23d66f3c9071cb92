"""Fixtures for both databases, shared by the folders that need a real store. Imported by their conftest files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from domain import store as stores
from tests import postgres

BOTH = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> Iterator[str]:
    """The name of a database with all tables and no rows."""
    url = postgres_server.create()
    stores.upgrade(url)
    yield str(make_url(url).database)
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "parley.db"
    stores.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with all tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "parley.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template: str = request.getfixturevalue("postgres_template")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create(template=template)
    yield url
    server.drop(url)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[stores.Store]:
    """An open store over a fresh database; nothing in it."""
    opened = stores.open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def make_store(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], stores.Store]]:
    """Opens as many fresh stores as a test needs, each over an empty database of its own, of the kind under test."""
    opened: list[stores.Store] = []
    made: list[str] = []

    def make() -> stores.Store:
        if database_url.startswith("sqlite"):
            path = tmp_path / f"extra-{len(opened)}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            url = request.getfixturevalue("postgres_server").create(
                template=request.getfixturevalue("postgres_template")
            )
            made.append(url)
        opened.append(stores.open_store(url))
        return opened[-1]

    yield make
    for store in opened:
        store.close()
    for url in made:
        request.getfixturevalue("postgres_server").drop(url)
