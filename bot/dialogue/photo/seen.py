"""What the pictures of one message come to: labels, places, and how much could not be read. Typed codes come to the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi.check_digits import gs1_is_valid
from domain.udi.parse import parse_typed
from domain.udi.reading import Doubt, LabelRead, PictureRead, PlaceCode
from domain.usecases.scan.labels import Label, joined, label_of, same

HIDDEN: Final = "One code more is none that I know. I neither show nor keep it: it may be a patient's number."
ONCE: Final = (
    "The same label is in {times} of the photographs: I took it once. Say “{times}” if there are so many."
)
HOW: Final = (
    "Hold the label flat in front of the camera so that it fills half of the picture, without glare, and keep still until it is "
    "sharp. Or type what stands below the bars, for example (01)00889988776655(17)270101(10)A12B."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """``pictures`` are those that could be opened, by what they show; ``problems`` are sentences about those that could not."""

    pictures: tuple[PictureRead, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighted:
    """``labels`` may be shown and kept. ``foreign``: codes were seen that say nothing."""

    labels: tuple[Label, ...] = ()
    places: tuple[PlaceCode, ...] = ()
    notes: tuple[str, ...] = ()
    foreign: int = 0


def sighted(seen: Seen) -> Sighted:
    """All pictures of a message together. A label that is in two of them is taken once; the product of one and the lot of another
    are one label where each picture shows just the one.
    """
    labels: list[Label] = []
    often: dict[Label, int] = {}
    for picture in seen.pictures:
        fresh: list[Label] = []
        for read in picture.labels:
            label = label_of(read)
            again = next((one for one in labels if same(one, label)), None)
            if again is None:
                fresh.append(label)
            else:
                often[again] = often.get(again, 1) + 1
        labels += fresh
    labels = _completed(labels)
    places = tuple(dict.fromkeys(place for picture in seen.pictures for place in picture.places))
    notes = [ONCE.format(times=times) for label, times in often.items() if not label.serial]
    return Sighted(tuple(labels), places, tuple(notes[:1]), sum(len(p.problems) for p in seen.pictures))


def _completed(labels: list[Label]) -> list[Label]:
    loose = [label for label in labels if not label.value and not label.readings]
    bare = [
        label
        for label in labels
        if label.value and not (label.lot or label.serial or label.expires_on or label.readings)
    ]
    if len(loose) == 1 and len(bare) == 1:
        rest = [label for label in labels if label not in (loose[0], bare[0])]
        return [joined(bare[0], loose[0]), *rest]
    return labels


# ---------------------------------------------------------------------------------------------- typed codes

_BRACKETED: Final = re.compile(r"\(\d{2,4}\)\s?[^\s()]+(?:\s?\((?!0[012]\))\d{2,4}\)\s?[^\s()]+)*")
_HIBC: Final = re.compile(r"(?<!\S)\*?\+[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}\d(?:[0-9A-Z\-.$+%/]{0,60})\*?(?!\S)")
_LINK: Final = re.compile(r"https?://\S+/01/\d{8,14}\S*", re.IGNORECASE)
_ISBT: Final = re.compile(r"(?<!\S)=[A-Z0-9,<>/+&%}=-]{8,80}(?!\S)")
_GTIN: Final = re.compile(r"(?<![\w./(+-])\d{12,14}(?![\w./-])")

_PRODUCT: Final = re.compile(r"\(0[012]\)\s?\d{6}")
_PART: Final = re.compile(r"(?:\(\d{2,4}\)(?=\S*\d)[^\s()]+)|(?:\(\d{2,4}\)\s?(?=\S*\d)[^\s()]+\s?){2,}")


@dataclass(frozen=True, slots=True)
class Typed:
    """``rest`` is the message without the codes."""

    labels: tuple[Label, ...]
    rest: str


def typed_codes(text: str, *, today: date) -> Typed | None:
    """The codes that stand in a message; None where there is none. ``labels`` with digits alone may be other numbers: whoever uses
    them asks the catalogue.

    Raises InvalidIdentifier where brackets show that a code was meant and it can not be right.

    >>> typed_codes("used 1 of (01)00614141999996(10)AB12", today=date(2026, 11, 22)).rest
    'used 1 of'
    """
    labels: list[Label] = []
    rest = text
    for pattern in (_LINK, _BRACKETED, _HIBC, _ISBT, _GTIN):
        for match in pattern.finditer(rest):
            said = match[0].rstrip(".,;?!") if pattern is not _HIBC else match[0]
            if pattern is _GTIN and not gs1_is_valid(said):
                continue
            try:
                udi = parse_typed(said, today=today)
            except InvalidIdentifier:
                if pattern is _BRACKETED and _PRODUCT.match(said):
                    raise
                continue
            if pattern is _BRACKETED and not (udi.di or _part_of_code(said, udi.doubts)):
                continue
            labels.append(label_of(LabelRead(udi, (len(labels),))))
            rest = rest.replace(said, " ", 1)
    if not labels:
        return None
    counted: list[Label] = []
    for label in labels:
        again = next((n for n, one in enumerate(counted) if same(one, label)), None)
        if again is None:
            counted.append(label)
        elif not label.serial:
            counted[again] = replace(counted[again], copies=counted[again].copies + 1)
    return Typed(tuple(counted), " ".join(rest.split()).strip(" ,;:"))


def _part_of_code(said: str, doubts: tuple[Doubt, ...]) -> bool:
    """Is what names no product still a code, and not "foleys (16) for C-991"? Every element has a figure and fits, and one that
    stands alone follows its brackets without a blank.
    """
    return set(doubts) <= {Doubt.NO_DI} and _PART.fullmatch(said) is not None
