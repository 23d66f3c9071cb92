"""The vault: patient identifiers and what people typed are sealed with AES (Fernet) and found by a keyed hash."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from domain.errors import InvalidSetting


class FernetVault:
    """``key`` is a Fernet key (32 bytes, URL-safe base64). The hash key is derived from it and never used to seal.

    While the key is changed ``old_key`` is the one before it: what it sealed is still opened and found; nothing more is sealed
    with it.
    """

    def __init__(self, key: str, old_key: str = "") -> None:
        self._fernet, self._digest_key = _parts(key, name="PARLEY_VAULT_KEY")
        self._old = _parts(old_key, name="PARLEY_VAULT_OLD_KEY") if old_key else None

    @property
    def turning(self) -> bool:
        """Is the key being changed?"""
        return self._old is not None

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text. Raises InvalidSetting where it was sealed with another key."""
        for fernet in (self._fernet, *([self._old[0]] if self._old is not None else [])):
            with contextlib.suppress(InvalidToken):
                return fernet.decrypt(sealed).decode()
        raise InvalidSetting("What is stored was sealed with another key than PARLEY_VAULT_KEY.")

    def digest(self, text: str) -> bytes:
        return _digest(self._digest_key, text)

    def digests(self, text: str) -> tuple[bytes, ...]:
        """The digest under the key, then under the one before it."""
        old = () if self._old is None else (_digest(self._old[1], text),)
        return (self.digest(text), *old)

    def is_current(self, sealed: bytes) -> bool:
        try:
            self._fernet.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def _parts(key: str, *, name: str) -> tuple[Fernet, bytes]:
    """What seals and what digests, of one key."""
    try:
        return Fernet(key), hmac.digest(base64.urlsafe_b64decode(key), b"parley/digest/1", hashlib.sha256)
    except ValueError:
        raise InvalidSetting(
            f"{name} is not a vault key: 32 bytes in URL-safe base64 are expected."
        ) from None


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.strip().upper().encode(), hashlib.sha256)


def new_key() -> str:
    """A key for PARLEY_VAULT_KEY."""
    return Fernet.generate_key().decode()


def open_vault(*, key: str, key_file: Path, old_key: str = "") -> FernetVault:
    """The vault with the key given, else the one in ``key_file``, which is made (readable by its owner only) where missing.

    A second line of the file is the key before it, while the key is changed.
    """
    if key:
        return FernetVault(key, old_key)
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        fresh = _private(key_file, new_key())
        try:
            # A link fails where another process was first: both then read the same key.
            key_file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink(missing_ok=True)
    keys = key_file.read_text().split()
    if not keys:
        raise InvalidSetting(f"The key file {key_file.name} is empty.")
    return FernetVault(keys[0], old_key or (keys[1] if len(keys) > 1 else ""))


def begin_change(key_file: Path) -> bool:
    """Puts a new key before the one in the file; both are in use then. False where that was done before."""
    keys = key_file.read_text().split()
    if len(keys) > 1:
        return False
    _private(key_file, new_key(), *keys).replace(key_file)
    return True


def end_change(key_file: Path) -> None:
    """Leaves only the new key in the file: what the old one sealed can not be opened any more."""
    _private(key_file, key_file.read_text().split()[0]).replace(key_file)


def _private(beside: Path, *lines: str) -> Path:
    """A new file with these lines, readable by its owner only, under a name of its own."""
    handle, name = tempfile.mkstemp(dir=beside.parent, prefix="vault-")
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
