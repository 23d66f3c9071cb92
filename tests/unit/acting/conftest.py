from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import store as stores
from tests.unit.acting.house import House, template


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("acting"))


@pytest.fixture
def house(blank: Path, tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "parley.db"
    shutil.copy(blank, path)
    opened = stores.open_store(f"sqlite:///{path}")
    yield House(opened)
    opened.close()
