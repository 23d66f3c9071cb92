"""Which option of a question a typed answer means: its number, its place in the row, or its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from domain.model.size import parse_sizes
from domain.model.wording import normalise, number_of, singular

_ORDINALS = {
    "first": 1, "1st": 1, "top": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
    "5th": 5,
}  # fmt: skip
_FILLER_WORDS = "the one ones a an and or what about please pls option number no that this i want mean meant size for only just"
_FILLER = frozenset(_FILLER_WORDS.split())
_ALL = re.compile(
    r"(?:show |give |see )?(?:me )?(?:all|everything|both|any)(?: of (?:them|these|those)| \d+)?",
    re.IGNORECASE,
)


class Labelled(Protocol):
    """What an answer may pick: something with words on it."""

    @property
    def label(self) -> str: ...


def picked[T: Labelled](text: str, *, options: Sequence[T]) -> T | None:
    """The one option meant; None where the words fit none or several.

    Words go before numbers: "8" among sizes 7, 8 and 9 is the size, not the eighth.
    """
    bare = text.strip().strip(".!?# ")
    if not options or not bare or len(bare) > 80:
        return None
    if _ALL.fullmatch(bare):
        return next((option for option in options if option.label.startswith(("All ", "First "))), None)
    wanted = " ".join(word for word in bare.split() if word.casefold().strip(".,!?") not in _FILLER)
    words = _words(wanted)
    if words:
        sizes, beside = _sizes(wanted), _beside_sizes(wanted)
        fitting = [
            option
            for option in options
            if words <= _words(option.label)
            or (sizes and sizes == _sizes(option.label) and beside <= _words(option.label))
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return next((option for option in fitting if words == _words(option.label)), None)
    said = [word.strip(".,!?") for word in bare.casefold().split()]
    ordinals = [_ORDINALS[word] for word in said if word in _ORDINALS]
    if not _FILLER.union(_ORDINALS).issuperset(said):
        ordinals = []  # "top items in ICU" is a question
    if bare.casefold().split()[:2] in (["the", "last"], ["last", "one"]):
        return options[-1]
    number = number_of(wanted or bare)
    if not ordinals and number is not None and number == int(number):
        ordinals = [int(number)]
    if len(ordinals) == 1 and 1 <= ordinals[0] <= len(options):
        return options[ordinals[0] - 1]
    return None


def _sizes(text: str) -> tuple[str, ...]:
    return tuple(size.text for size in parse_sizes(text))


def _beside_sizes(text: str) -> set[str]:
    """The words that are no size. "waste by department this quarter" is a question, though a quarter is a size on a button."""
    for size in reversed(parse_sizes(text)):
        text = f"{text[: size.start]} {text[size.end :]}"
    return _words(text)


def _words(label: str) -> set[str]:
    return {singular(word) for word in normalise(label).split()}
