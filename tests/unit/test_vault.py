"""The vault: what is sealed can be opened with the same key only, and is found by its digest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.vault import FernetVault, open_vault
from domain.errors import InvalidSetting


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    vault = FernetVault(Fernet.generate_key().decode())
    sealed = vault.seal("MRN 00482117")
    assert vault.open(sealed) == "MRN 00482117"
    assert b"00482117" not in sealed


def test_the_digest_ignores_case_and_blanks_and_depends_on_the_key() -> None:
    one, other = (FernetVault(Fernet.generate_key().decode()) for _ in range(2))
    assert one.digest("mrn-1 ") == one.digest("MRN-1")
    assert one.digest("MRN-1") != one.digest("MRN-2")
    assert one.digest("MRN-1") != other.digest("MRN-1")
    assert len(one.digest("MRN-1")) == 32


def test_another_key_is_refused_by_name() -> None:
    sealed = FernetVault(Fernet.generate_key().decode()).seal("x")
    with pytest.raises(InvalidSetting, match="another key"):
        FernetVault(Fernet.generate_key().decode()).open(sealed)


def test_a_key_that_is_no_key_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidSetting) as refused:
        FernetVault("hunter2")
    assert "hunter2" not in str(refused.value)


def test_a_missing_key_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vault.key"
    sealed = open_vault(key="", key_file=path).seal("x")
    assert path.stat().st_mode & 0o077 == 0
    assert open_vault(key="", key_file=path).open(sealed) == "x"


def test_processes_that_make_the_key_file_together_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(key="", key_file=path), range(8)))
    sealed = vaults[0].seal("x")
    assert [vault.open(sealed) for vault in vaults] == ["x"] * 8
