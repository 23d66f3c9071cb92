"""What people set right, as vocabulary: single names and no figures, so that nothing of a patient is in it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

from bot.understanding.hearing.terms import Terms, alike

_WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d\S*")
_MOST_WORDS: Final = 4
_SHORTEST: Final = 3
_ALIKE: Final = 0.3
"""Less alike than this, something else was said instead, not misheard."""


def lessons(heard: str, meant: str, *, terms: Terms) -> tuple[tuple[str, str], ...]:
    """Stretches of ``heard`` and what stands for them in ``meant``: only where that is a name of this house, and sounds somewhat so."""
    first, second = ([w.casefold() for w in _WORDS.findall(text)] for text in (heard, meant))
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        before, after = " ".join(first[a:b]), " ".join(second[c:d])
        if kind != "replace" or max(b - a, d - c) > _MOST_WORDS or min(len(before), len(after)) < _SHORTEST:
            continue
        if not all(word.replace("'", "").isalpha() for word in (*first[a:b], *second[c:d])):
            continue
        if any(map(terms.is_of_the_house, second[c:d])) and alike(before, after) >= _ALIKE:
            found.append((before, after))
    return tuple(found)
