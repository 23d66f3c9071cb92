"""Labels that the language model draws wrong in known ways, mended before they are composed; what was mended is in doubt.

A recogniser writes "two five oh prolene" and the model labels all of "two five oh" a size; a list's "ioban two" may end up in one
label. Each mend here is the only reading that makes sense of the words, and still a guess: it comes with a doubt, so that an
action asks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.atom import ACTIONS
from bot.understanding.composition import Doubt, DoubtKind
from bot.understanding.meaning import Meaning, Span
from bot.understanding.values import size_of
from domain.model.size import Dimension, Size, parse_sizes

_SMALL_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_NUMBERS = rf"{_SMALL_NUMBERS}|fifteen|twenty|thirty|forty|fifty"
_ARTICLE = re.compile(r"^(?:an?|another)\s+(?=\S)", re.IGNORECASE)
_TRAILING_NUMBER = re.compile(rf"^(?P<item>.*[a-z].*?)\s+(?P<n>{_SMALL_NUMBERS})$", re.IGNORECASE)
_RANGE = re.compile(
    rf"^(?:\d{{1,3}}|{_SMALL_NUMBERS})\s*(?:-|–|to|or)\s*(?:[1-9]\d{{0,2}}|{_SMALL_NUMBERS})$", re.IGNORECASE
)
_GROUPED = re.compile(r"^\d{1,3}(?:,\d{3})+$")
_PLACE_AND_FIGURE = re.compile(r"^(?P<place>.*[a-z].*?)\s*[:;]\s*(?P<n>\d+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:number|no\.?|size|#)\s*$", re.IGNORECASE)
_LETTER_OF_PATIENT = re.compile(
    r"\b(?:patient|pt|mrn|encounter|enc|fin|csn)\s+(?P<letter>[a-z])[\s-]$", re.IGNORECASE
)
_LOOSE_FIGURE = re.compile(
    rf"(?<![\w./-])(?P<n>\d{{1,4}}(?:/\d{{1,2}})?|{_NUMBERS})\s+(?P<of>of an?\s+)?$", re.IGNORECASE
)
_AND_A = re.compile(rf"(?<![\w./-])(?P<n>\d{{1,3}}|{_SMALL_NUMBERS}) and an?\s+$", re.IGNORECASE)
_NOT_A_FIGURE = re.compile(
    r"\b(?:size|number|no|#|lot|serial|sn|case|room|bed|bin|or|bay|po|cart|shelf|tower)\.?\s*$", re.IGNORECASE
)


def mended(meaning: Meaning) -> tuple[Meaning, tuple[Doubt, ...]]:
    """``meaning`` with its labels mended, and a doubt for each mend that is not certain. Questions are left as they are."""
    if meaning.intent not in ACTIONS:
        return meaning, ()
    doubts: list[Doubt] = []
    made: list[Span] = []
    spans = sorted(meaning.spans, key=lambda span: (span.start, -span.end))
    for index, span in enumerate(spans):
        if not span.value.strip() or meaning.text[span.start : span.end] != span.value:
            made.append(span)
            continue
        before = made[-1] if made else None
        after = spans[index + 1] if index + 1 < len(spans) else None
        parts = _parts(meaning.text, span, before, after)
        if parts is None:
            made.append(span)
            continue
        made += parts
        if len(parts) > 1 or parts[0].entity != span.entity:
            sentence = f"“{_short(span.value)}” was heard as one {span.entity}; I took it apart."
            if not _certain(span, parts):
                doubts.append(Doubt(DoubtKind.LABELS_MENDED, sentence, span.start, span.end))
    made, more = _with_loose_figures(meaning.text, made)
    return replace(meaning, spans=tuple(made)), (*doubts, *more)


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= 40 else said[:39] + "…"


def _certain(span: Span, parts: list[Span]) -> bool:
    """An article taken off, or a figure said to be a number of size, needs no asking."""
    if all(part.entity == "size" for part in parts):
        return True
    return len(parts) == 1 and (span.entity, parts[0].entity) in (("item", "item"), ("quantity", "size"))


def _parts(text: str, span: Span, before: Span | None, after: Span | None) -> list[Span] | None:
    """What ``span`` should have been; None where it is well as it is."""
    match span.entity:
        case "size":
            return _of_size(span)
        case "item":
            return _of_item(text, span, after)
        case "quantity":
            numbered = before is not None and _NUMBERED.fullmatch(text[before.end : span.start])
            if numbered and before is not None and before.entity == "quantity":
                return [replace(span, entity="size")]
        case "location":
            if match := _PLACE_AND_FIGURE.fullmatch(span.value):
                return [
                    _cut(span, 0, match.end("place")),
                    _cut(span, match.start("n"), match.end("n"), entity="quantity"),
                ]
        case "patient":
            if match := _LETTER_OF_PATIENT.search(text[: span.start]):
                start = match.start("letter")
                return [replace(span, start=start, value=text[start : span.end])]
    return None


def _cut(span: Span, start: int, stop: int, *, entity: str = "") -> Span:
    """The part of ``span`` from ``start`` to ``stop``, counted from its own beginning."""
    own = entity or span.entity
    role = span.role if own == span.entity else ""
    return Span(own, span.value[start:stop], span.start + start, span.start + stop, role)


def _of_size(span: Span) -> list[Span] | None:
    """Figures without a unit beside a size with one are quantities: "two five oh", "seven and a half one"."""
    if _RANGE.fullmatch(span.value.strip()) or _GROUPED.fullmatch(span.value.strip()):
        return [replace(span, entity="quantity")]
    if len(size_of(span.value).sizes) == 1:
        return None
    sizes = [size for size in parse_sizes(span.value) if size.end > size.start]
    letters = [size for size in sizes if size.dimensions == {Dimension.LETTER}]
    if len(letters) == len(sizes) > 1:
        return [_cut(span, size.start, size.end) for size in sizes]  # "small medium"
    bare = [size for size in sizes if _bare(size)]
    if len(sizes) < 2 or not bare or len(bare) == len(sizes):
        return None
    return [_cut(span, size.start, size.end, entity="quantity" if size in bare else "size") for size in sizes]


def _bare(size: Size) -> bool:
    """A whole figure without any unit: maybe a quantity."""
    measure = size.measures[0]
    return (
        len(size.measures) == 1
        and measure.dimension is Dimension.NUMBER
        and measure.value == int(measure.value)
    )


def _of_item(text: str, span: Span, after: Span | None) -> list[Span] | None:
    if match := _ARTICLE.match(span.value):
        return [_cut(span, match.end(), len(span.value))]
    if (
        (match := _TRAILING_NUMBER.fullmatch(span.value))
        and after is not None
        and after.entity in ("size", "item", "unit")
        and not text[span.end : after.start].strip()
    ):
        return [
            _cut(span, 0, match.end("item")),
            _cut(span, match.start("n"), match.end("n"), entity="quantity"),
        ]
    return None


def _with_loose_figures(text: str, spans: list[Span]) -> tuple[list[Span], list[Doubt]]:
    """Figures without a label straight before a unit, a share or a thing: "1/3 of a [bottle]", "one and a [half]", "two [gowns]"."""
    made: list[Span] = []
    doubts: list[Doubt] = []
    for span in spans:
        before = made[-1] if made else None
        start = before.end if before is not None else 0
        gap = text[start : span.start] if start <= span.start else ""
        if span.entity == "quantity" and span.value.casefold() in ("half", "quarter", "third"):
            match = _AND_A.search(gap)
            if match is not None:
                first = start + match.start("n")
                made.append(replace(span, start=first, value=text[first : span.end]))
                continue
        if span.entity in ("unit", "item") and not (
            before is not None and before.entity == "quantity" and not gap.strip()
        ):
            match = _LOOSE_FIGURE.search(gap)
            if (
                match is not None
                and not _NOT_A_FIGURE.search(gap[: match.start()])
                and (span.entity == "unit" or not match["of"])
            ):
                first, stop = start + match.start("n"), start + match.end("n")
                made.append(Span("quantity", text[first:stop], first, stop))
                if span.entity == "item":
                    sentence = f"I took “{text[first:stop]}” for the quantity of {_short(span.value)}."
                    doubts.append(Doubt(DoubtKind.LABELS_MENDED, sentence, first, stop))
        made.append(span)
    return made, doubts
