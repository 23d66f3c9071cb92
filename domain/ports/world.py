"""The moment, and the vault for what names a patient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class UserGroups(Protocol):
    """The user groups of the Slack workspace."""

    def members(self, handles: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Slack user ids by group. Raises UnknownRecord for a group that is not there, Unavailable where Slack does not answer."""
        ...


class Vault(Protocol):
    """Keeps patient identifiers: sealed for storage, digested for look-up. The key never leaves it."""

    def seal(self, text: str) -> bytes: ...

    def open(self, sealed: bytes) -> str: ...

    def digest(self, text: str) -> bytes:
        """A keyed hash, equal for equal identifiers; 32 bytes."""
        ...

    def digests(self, text: str) -> tuple[bytes, ...]:
        """``digest``, and while the key is changed the hash under the key before it too: what is not resealed yet is found by it."""
        ...


class TurningVault(Vault, Protocol):
    """A vault between two keys: it opens what either sealed, and seals with the new one."""

    def is_current(self, sealed: bytes) -> bool:
        """Was it sealed with the new key?"""
        ...
