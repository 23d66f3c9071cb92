"""A Slack message as the plain words a person wrote: markup resolved, mentions gone."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from bot.understanding.meaning import Meaning, Span
from domain.model.patient_text import Formats, patient_numbers

HIDDEN = "•"

_ANGLE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""Signs without a shape: they would part words, or show nothing where a name is repeated."""
_EMOJI_NAME = re.compile(r":(?P<name>[a-z0-9_+'-]+):(?::skin-tone-\d:)?")
_STYLE = re.compile(r"(?<![\w*_~`])([*_~`]{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*_~`])", re.DOTALL)
_TALKING = {
    "+1": "yes", "thumbsup": "yes", "ok_hand": "yes", "white_check_mark": "yes", "heavy_check_mark": "yes",
    "-1": "no", "thumbsdown": "no", "x": "no", "negative_squared_cross_mark": "no",
    "pray": "thanks", "wave": "hi",
}  # fmt: skip
_TALKING_SIGNS = {"👍": "yes", "✅": "yes", "👌": "yes", "👎": "no", "❌": "no", "🙏": "thanks", "👋": "hi"}


def words_of(text: str) -> str:
    """Plain words of a message as Slack delivers it: entities unescaped, mentions dropped, links by their label.

    A thumb or a check mark that is the whole message becomes the word it stands for.
    """
    plain = _ANGLE.sub(_angle, text)
    plain = _CONTROL.sub(" ", html.unescape(plain))
    bare = plain.strip().rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
    if bare in _TALKING_SIGNS:
        return _TALKING_SIGNS[bare]
    sign = _EMOJI_NAME.fullmatch(bare)
    if sign:
        return _TALKING.get(sign["name"], "")
    plain = _EMOJI_NAME.sub(" ", plain)
    for _ in range(3):  # *_bold italics_* nests
        plain = _STYLE.sub(r"\2", plain)
    return " ".join(plain.split())


def _angle(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    if target.startswith(("@", "!")):
        return " "  # who is addressed says nothing about supplies
    if target.startswith("#"):
        return label or " "
    if "://" in target or target.startswith(("mailto:", "tel:")):
        return label or " "
    return match[0]


_PATIENT = re.compile(
    r"\b(?:mrn|m r n|med(?:ical)? rec(?:ord)?|encounter|enc|fin|csn|patient|pt|dob|ssn)\b\W{0,3}(?:id|no|num|number|is|was)?\W{0,3}"
    r"[a-z]{0,3}-?\d[\d-]{2,}|\b\d{3}-\d{2}-\d{4}\b|\be-\d{4,}\b",
    re.IGNORECASE,
)


def _is_a_lot(match: re.Match[str], meaning: Meaning) -> bool:
    """ "PT-889" labelled as a whole a lot is one; "pt 889" labelled without its "pt" is a patient whatever the label."""
    start, end = match.span()
    return match[0][:3].casefold() == "pt-" and any(
        span.entity in ("lot", "serial") and span.start == start and end <= span.end for span in meaning.spans
    )


def _is_labelled_code(found: tuple[int, int], meaning: Meaning) -> bool:
    """A bare number, with no patient's label before it, that the language model takes for a lot, a serial, an order or a case."""
    start, end = found
    return any(
        span.entity in ("lot", "serial", "order", "case") and span.start <= start and end <= span.end
        for span in meaning.spans
    )


def marked(meaning: Meaning, *, formats: Formats) -> Meaning:
    """``meaning`` with the hospital's own forms of patients' numbers labelled as patients, whatever the language model saw in them:
    everything that reads labels hides them from here on.
    """
    pattern = formats.pattern()
    if pattern is None:
        return meaning
    own = [match.span() for match in pattern.finditer(meaning.text)]
    if not own:
        return meaning
    kept = [
        span for span in meaning.spans if not any(start < span.end and span.start < end for start, end in own)
    ]
    made = [Span("patient", meaning.text[start:end], start, end) for start, end in own]
    return replace(meaning, spans=tuple(sorted([*kept, *made], key=lambda span: span.start)))


def discreet(meaning: Meaning) -> tuple[Meaning, bool]:
    """The meaning with every patient's number hidden, character by character, and whether there was one.

    What is made of the result may be kept and repeated; of the original nothing that was typed may be.
    """
    hidden = [match.span() for match in _PATIENT.finditer(meaning.text) if not _is_a_lot(match, meaning)]
    hidden += [(span.start, span.end) for span in meaning.spans if span.entity == "patient"]
    hidden += [each for each in patient_numbers(meaning.text) if not _is_labelled_code(each, meaning)]
    if not hidden:
        return meaning, False
    # A number said twice is hidden twice: once behind "MRN", once elsewhere.
    numbers = {n for start, end in hidden for n in re.findall(r"\d{4,}", meaning.text[start:end])}
    hidden += [match.span() for n in numbers for match in re.finditer(n, meaning.text)]
    text = list(meaning.text)
    for start, end in hidden:
        # A number in words is hidden whole; of a number in figures the letters may stay.
        spoken = not any(c.isdigit() or c == HIDDEN for c in text[start:end])
        text[start:end] = [HIDDEN if c.isdigit() or (spoken and c.isalnum()) else c for c in text[start:end]]
    masked = "".join(text)
    spans = tuple(replace(span, value=masked[span.start : span.end]) for span in meaning.spans)
    return replace(meaning, text=masked, spans=spans), True
