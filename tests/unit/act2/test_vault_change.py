"""Two keys side by side, and the key file while it is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.vault import FernetVault, begin_change, end_change, open_vault
from domain.errors import InvalidSetting


def test_between_two_keys_both_open_and_the_new_one_seals() -> None:
    old_key, new_key = (Fernet.generate_key().decode() for _ in range(2))
    old, both, new = FernetVault(old_key), FernetVault(new_key, old_key), FernetVault(new_key)
    assert both.open(old.seal("x")) == "x"
    assert new.open(both.seal("x")) == "x"
    assert both.digests("x") == (new.digest("x"), old.digest("x"))
    assert new.digests("x") == (new.digest("x"),)
    assert both.is_current(new.seal("x"))
    assert not both.is_current(old.seal("x"))
    assert both.turning
    assert not new.turning


def test_an_old_key_that_is_none_is_refused_by_its_own_name() -> None:
    with pytest.raises(InvalidSetting, match="PARLEY_VAULT_OLD_KEY"):
        FernetVault(Fernet.generate_key().decode(), "nonsense")


def test_the_key_file_holds_both_keys_during_the_change_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    before = open_vault(key="", key_file=path)
    sealed = before.seal("x")
    assert begin_change(path)
    assert not begin_change(path)  # once
    during = open_vault(key="", key_file=path)
    assert during.turning
    assert during.open(sealed) == "x"
    assert path.stat().st_mode & 0o077 == 0
    end_change(path)
    after = open_vault(key="", key_file=path)
    assert not after.turning
    assert after.open(during.seal("y")) == "y"
    with pytest.raises(InvalidSetting):
        after.open(sealed)
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["vault.key"]


def test_an_empty_key_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    path.write_text("")
    with pytest.raises(InvalidSetting, match="empty"):
        open_vault(key="", key_file=path)
