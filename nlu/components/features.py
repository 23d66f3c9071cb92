"""What the tagger sees of each word: itself, its shape, its neighbours, the word lists, the kind of message."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .lexicon import lexicon, singular

_CUES = (
    "from", "to", "for", "into", "in", "on", "at", "off", "of", "out", "needs", "need", "send", "bring", "move",
    "took", "by", "per", "lot", "serial", "sn", "case", "mrn", "patient", "pt", "encounter", "po", "order", "req",
    "dr", "doctor", "since", "last", "size", "par", "min", "max",
)  # fmt: skip
_CUE_SET = frozenset(_CUES)


def shape(word: str) -> str:
    """The word's outline: ``7.5`` is ``0.0``, ``16fr`` is ``0a``, ``PO-77120`` is ``A-0``."""
    outline = re.sub(r"[A-ZÀ-Þ]+", "A", word)
    outline = re.sub(r"[^\W\d_A]+", "a", outline)
    return re.sub(r"\d+", "0", outline)


def word_features(words: Sequence[str], intent: str) -> list[list[str]]:
    """One list of feature names a word, for a CRF over the whole message."""
    lower = [word.lower() for word in words]
    marks = lexicon().marks(words)
    shapes = [shape(word) for word in words]
    stems = [singular(word) for word in words]
    spoken = not any(not word[0].isalnum() or word[0].isdigit() or word != low for word, low in zip(words, lower))
    rows: list[list[str]] = []
    cue = "^"
    for i, low in enumerate(lower):
        row = [
            "bias",
            f"w={low}",
            f"t={stems[i]}",
            f"s={shapes[i]}",
            f"len={min(len(low), 6)}",
            f"cue={cue}",
            f"in={intent}",
            f"in={intent}|cue={cue}",
            f"in={intent}|s={shapes[i]}",
        ]
        row += [f"p{n}={low[:n]}" for n in (1, 2, 3) if len(low) > n]
        row += [f"e{n}={low[-n:]}" for n in (1, 2, 3) if len(low) > n]
        row += [f"m={mark}" for mark in marks[i]]
        row += [f"in={intent}|m={mark}" for mark in marks[i]]
        if len(marks[i]) > 1:
            row.append("m=" + "+".join(sorted(marks[i])))
        if not marks[i]:
            row.append("m=none")
        if words[i][0].isupper():
            row.append("cap")
        if low.isdigit():
            row.append(f"digits={len(low)}")
        if spoken:
            row.append("spoken")
        for offset in (-3, -2, -1, 1, 2, 3):
            j = i + offset
            if 0 <= j < len(words):
                row.append(f"{offset}w={lower[j]}")
                if abs(offset) < 3:
                    row.append(f"{offset}s={shapes[j]}")
                    row += [f"{offset}m={mark}" for mark in marks[j]]
            elif abs(offset) < 3:
                row.append(f"{offset}=edge")
        if i:
            row.append(f"-1w,w={lower[i - 1]},{low}")
            row.append(f"-1s,s={shapes[i - 1]},{shapes[i]}")
        if i + 1 < len(words):
            row.append(f"w,1w={low},{lower[i + 1]}")
        if i > 1:
            row.append(f"-2w,-1w={lower[i - 2]},{lower[i - 1]}")
        rows.append(row)
        if low in _CUE_SET:
            cue = low
    return rows
