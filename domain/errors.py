"""Every refusal and failure of the supply room is one of these named errors.

    SupplyRoomError
    ├── NotFound                what was named does not exist here
    │   ├── UnknownItem
    │   ├── UnknownPlace
    │   ├── UnknownLot
    │   ├── UnknownPerson
    │   ├── UnknownSupplier
    │   ├── UnknownMovement
    │   ├── UnknownTarget
    │   └── UnknownRecord
    ├── Invalid                 what was given can not be right
    │   ├── InvalidQuantity
    │   ├── InvalidMovement
    │   ├── InvalidIdentifier
    │   ├── InvalidPicture
    │   ├── InvalidClip
    │   ├── InvalidPlaceTree
    │   ├── InvalidWindow
    │   ├── InvalidSetting
    │   └── InvalidToken        (in bot.dialogue.tokens: a button that Parley did not make)
    ├── Refused                 it could be done, but must not be
    │   ├── NotPermitted
    │   ├── Obstructed          something stands against an action; its plan says what, and what may be done instead
    │   └── AlreadyReversed
    ├── Conflict                somebody else was first; reading again and repeating is safe
    │   └── Stale                   what was read back is no longer so: read it back anew
    └── Unavailable             a part that Parley stands on does not answer; trying later is safe
        ├── StoreUnavailable
        └── LanguageUnavailable

``str(error)`` is one sentence for a person: it says what was expected and what was got, and holds no patient identifier.
"""

from __future__ import annotations


class SupplyRoomError(Exception):
    """The root: catch it at the one error door of a listener or a command, nowhere else."""


class NotFound(SupplyRoomError):  # noqa: N818 - these are sentences in the field's words, not "errors"
    """What was named does not exist here."""


class UnknownItem(NotFound):
    """No item of the catalogue has this id, number or identifier."""


class UnknownPlace(NotFound):
    """No place of the hospital has this id, path or alias."""


class UnknownLot(NotFound):
    """No lot or serial number like this was ever received. ``similar`` are numbers that come near, nearest first."""

    def __init__(self, message: str, *, similar: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.similar = similar


class UnknownPerson(NotFound):
    """Nobody on the staff list has this id or Slack account."""


class UnknownSupplier(NotFound):
    """No supplier has this id or name."""


class UnknownMovement(NotFound):
    """The ledger holds no movement with this id or key."""


class UnknownTarget(NotFound):
    """No case, encounter, provider or cost centre like this. The sentence repeats no patient identifier.

    ``similar`` are names of cases, providers or cost centres that come near, nearest first; never patients.
    """

    def __init__(self, message: str, *, similar: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.similar = similar


class UnknownRecord(NotFound):
    """No draft, receipt, requisition, hold or subscription with this id or number."""


class Invalid(SupplyRoomError):  # noqa: N818
    """What was given can not be right, whoever asks."""


class InvalidQuantity(Invalid):
    """A quantity that is no whole number of base units above zero."""


class InvalidMovement(Invalid):
    """A movement whose kind, places and states contradict each other."""


class InvalidIdentifier(Invalid):
    """An identifier whose characters, length or check digit are wrong."""


class InvalidPicture(Invalid):
    """A file that is no picture, is broken, or is larger than Parley opens; the sentence says which and what to do."""


class InvalidClip(Invalid):
    """A file that is no sound, is broken, or is longer than Parley listens to; the sentence says which and what to do."""


class InvalidPlaceTree(Invalid):
    """Places that do not form a tree: a missing parent, a loop, a root that is no facility."""


class InvalidWindow(Invalid):
    """A window of time that ends before it begins."""


class InvalidSetting(Invalid):
    """A setting that can not be used; the sentence names it and says what is expected."""


class Refused(SupplyRoomError):  # noqa: N818
    """It could be done, but must not be, for the reason given."""


class NotPermitted(Refused):
    """The person's role or places do not allow it."""


class Obstructed(Refused):
    """Something stands against an action, and nobody's permission lets it pass as it is."""


class AlreadyReversed(Refused):
    """A movement is reversed once at most."""


class Conflict(SupplyRoomError):  # noqa: N818
    """Somebody else changed the same thing first; nothing was written."""


class Stale(Conflict):
    """What was read back to the person is no longer so; nothing was written."""


class Unavailable(SupplyRoomError):  # noqa: N818
    """A part that Parley stands on does not answer now; nothing was written."""


class StoreUnavailable(Unavailable):
    """The database is down, locked for too long, or not at the expected revision."""


class LanguageUnavailable(Unavailable):
    """The language service does not answer."""
