"""The vault: patient identifiers and what people typed are sealed with AES (Fernet) and found by a keyed hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from domain.errors import InvalidSetting


class FernetVault:
    """``key`` is a Fernet key (32 bytes, URL-safe base64). The hash key is derived from it and never used to seal."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
            raw = base64.urlsafe_b64decode(key)
        except ValueError:
            raise InvalidSetting(
                "PARLEY_VAULT_KEY is not a vault key: 32 bytes in URL-safe base64 are expected."
            ) from None
        self._digest_key = hmac.digest(raw, b"parley/digest/1", hashlib.sha256)

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text. Raises InvalidSetting where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise InvalidSetting(
                "What is stored was sealed with another key than PARLEY_VAULT_KEY."
            ) from None

    def digest(self, text: str) -> bytes:
        return hmac.digest(self._digest_key, text.strip().upper().encode(), hashlib.sha256)


def open_vault(*, key: str, key_file: Path) -> FernetVault:
    """The vault with the key given, else the one in ``key_file``, which is made (readable by its owner only) where missing."""
    if key:
        return FernetVault(key)
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes it readable by its owner only, under a name of its own.
        handle, name = tempfile.mkstemp(dir=key_file.parent, prefix="vault-")
        fresh = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
        try:
            # A link fails where another process was first: both then read the same key.
            key_file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink(missing_ok=True)
    return FernetVault(key_file.read_text().strip())
