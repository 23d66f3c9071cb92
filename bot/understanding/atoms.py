"""The labelled pieces of a message as typed atoms in reading order: what binding puts together into lines.

The labels are taken as they are; what they leave out by rule is read from the words between them: articles ("a [box]"),
"a couple of", "the last", "the rest", a range's dash, a letter size. Each atom keeps its offsets into the message.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from bot.understanding.amounts import Amount, AmountKind, PackUnit, amount_of, multiple_of, unit_of
from bot.understanding.atom import ACTIONS, Atom, Kind
from bot.understanding.meaning import Meaning, Span
from bot.understanding.unlabelled import ARTICLE, COUPLE, FEW, letter_sizes, unlabelled
from domain.model.size import parse_sizes

_EXPIRES = re.compile(
    r"(?:\bexp\w*|\buse[- ]?by|\bbest before|\bgood (?:thru|through|till?|until|to)|\boutdates?)"
    r"[\s:.=-]*(?:dates?|is|are|on|of|in|by|thru|through|the|until)?[\s:.=-]*$",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(r"\b(?:not|instead of|rather than)\s+(?:an?\s+|the\s+)?(?:size\s+)?$", re.IGNORECASE)
_PLAIN_KINDS = {
    "item": Kind.ITEM,
    "size": Kind.SIZE,
    "lot": Kind.LOT,
    "serial": Kind.SERIAL,
    "location": Kind.PLACE,
}


def atoms_of(meaning: Meaning) -> tuple[Atom, ...]:
    """All atoms of ``meaning`` in reading order. Spans that overlap or lie outside the text are passed over."""
    spans = _sound(meaning)
    acting = meaning.intent in ACTIONS
    found: list[Atom] = []
    for span in spans:
        if span.entity == "size" and _TAKEN_BACK.search(meaning.text[: span.start]):
            continue
        if span.entity in _PLAIN_KINDS:
            found.append(Atom(_PLAIN_KINDS[span.entity], span.start, span.end, span.value, role=span.role))
        elif span.entity == "window" and acting and _EXPIRES.search(meaning.text[: span.start]):
            found.append(Atom(Kind.EXPIRY, span.start, span.end, span.value))
    found += _amounts(meaning.text, spans)
    found = _references(meaning.text, found)
    if acting:
        found += unlabelled(meaning.text, found, spans, counting=meaning.intent == "count")
        found += letter_sizes(meaning.text, found, spans)
    return tuple(sorted(found, key=lambda atom: (atom.start, atom.end)))


def _sound(meaning: Meaning) -> list[Span]:
    spans: list[Span] = []
    last = 0
    for span in sorted(meaning.spans, key=lambda s: (s.start, -s.end)):
        if last <= span.start < span.end <= len(meaning.text):
            dot = span.start - 1
            if (
                span.entity in ("size", "quantity")
                and dot >= last
                and _POINT.match(meaning.text[max(0, dot - 1) : span.end])
            ):
                span = replace(span, start=dot)
            whole = meaning.text[span.start : span.end]
            spans.append(span if whole == span.value else replace(span, value=whole))
            last = span.end
    return _whole_sizes(meaning.text, spans)


_POINT = re.compile(r"(?:^|\s)\.\d")
_SIZE_SAID = re.compile(r"(?:\bsize|\bsz|#)\s*$", re.IGNORECASE)


def _whole_sizes(text: str, spans: list[Span]) -> list[Span]:
    """A size label that holds part of a size takes all of it ("4x4" of "4x4 3/4"); "size [seven](quantity)" is a size."""
    made = list(spans)
    for size in parse_sizes(text):
        over = [s for s in made if s.start < size.end and size.start < s.end]
        if len(over) != 1:
            continue
        span = over[0]
        said = _SIZE_SAID.search(text[: span.start]) is not None
        if span.entity == "quantity" and said:
            span = replace(span, entity="size")
        if span.entity != "size" or (
            span.entity == over[0].entity and span.start <= size.start and span.end >= size.end
        ):
            continue
        start, end = min(span.start, size.start), max(span.end, size.end)
        if text[span.end : end].strip().casefold() in ("in", "m", "l", "x", "a"):
            start, end = span.start, span.end  # "1000 in PACU", "size six in room 1" are no lengths
        made[made.index(over[0])] = replace(span, start=start, end=end, value=text[start:end])
    return made


# -------------------------------------------------------------------------------------------- amounts

_TO_UNIT = re.compile(
    r"\s*(?:(?:x|of|a|an|full|whole|extra|loose|more|additional|new|sterile|unopened|opened|empty|-|big|small|half|other|single)\s*)*",
    re.IGNORECASE,
)
_AND_SHARE = re.compile(r"\s+and an? half\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:-|–|—|to|or)\s*", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approx(?:imately)?\.?|roughly|(?<!'d )(?<!ould )(?<!\bi )(?<!we )like|maybe|circa|nearly|almost|or so)|~)\s*$",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(r"\s*(?:or so|ish|-ish|give or take)\b", re.IGNORECASE)
_HALF_A = re.compile(r"\b(?P<share>half|quarter|third)(?: of)? an?\s*$", re.IGNORECASE)
_OF_A = re.compile(r"\s*(?:of\s+)?an?\s*", re.IGNORECASE)
_OF_WHAT_IS_THERE = re.compile(
    r"\s*(?:of\s+(?:the|my|our|your|those|these|them|that|it|all|lot)\b|the\b|our\b|of\s*$|\s*$)",
    re.IGNORECASE,
)
_FROM_BEFORE = re.compile(r"\bfrom\s*$", re.IGNORECASE)
_IN = re.compile(r"\bin\s*$", re.IGNORECASE)
_OTHER_BEFORE = re.compile(r"\bthe other\s*$", re.IGNORECASE)
_ALL_BEFORE = re.compile(r"\b(?:last|final|remaining)\s*$", re.IGNORECASE)


def _amounts(text: str, spans: list[Span]) -> list[Atom]:
    """Quantities joined with their units; units that stand alone stay atoms of their own."""
    made: list[Atom] = []
    index = 0
    while index < len(spans):
        span = spans[index]
        if span.entity == "unit":
            atom, index = _from_unit(text, spans, index)
            made.append(atom)
            continue
        if span.entity != "quantity":
            index += 1
            continue
        atom, index = _from_quantity(text, spans, index)
        made.append(atom)
    return made


def _from_quantity(text: str, spans: list[Span], index: int) -> tuple[Atom, int]:
    span = spans[index]
    start, end = span.start, span.end
    amount = amount_of(span.value)
    following = spans[index + 1] if index + 1 < len(spans) else None
    if (
        following is not None
        and following.entity == "quantity"
        and _BETWEEN.fullmatch(text[end : following.start])
        and not _FROM_BEFORE.search(text[:start])
        and (pair := amount_of(f"{span.value} or {following.value}")) is not None
    ):
        amount, end, index = pair, following.end, index + 1
    elif (
        following is not None
        and following.entity == "quantity"
        and text[end : following.start].strip().casefold() == "and a"
    ):
        joined = amount_of(f"{span.value} and a {following.value}")
        if joined is not None:
            amount, end, index = joined, following.end, index + 1
    elif (
        following is not None
        and following.entity == "quantity"
        and amount is not None
        and amount.kind is AmountKind.ALL
        and not text[end : following.start].strip()
        and (figure := amount_of(following.value)) is not None
    ):
        amount, end, index = figure, following.end, index + 1  # "all 20 drapes"
    index += 1
    if amount is None:
        return Atom(Kind.AMOUNT, start, end, text[start:end], misread=True), index
    if _ABOUT.search(text[:start]) or _ABOUT_AFTER.match(text[end:]):
        amount = replace(amount, about=True)
    unit: PackUnit | None = None
    times = 1
    article = False
    while index < len(spans) and spans[index].entity == "unit":
        gap = text[end : spans[index].start]
        if unit is not None or not _TO_UNIT.fullmatch(gap):
            break
        article = article or _OF_A.fullmatch(gap) is not None
        times = times * multiple_of(spans[index].value) if multiple_of(spans[index].value) else times
        if not multiple_of(spans[index].value):
            unit = unit_of(spans[index].value)
            if unit is None:
                break
        end = spans[index].end
        index += 1
    if unit is not None and (shared := _AND_SHARE.match(text[end:])) and amount.quantity is not None:
        amount, end = replace(amount, quantity=amount.quantity + Fraction(1, 2)), end + shared.end()
    if amount.quantity is not None and times > 1:
        amount = replace(
            amount,
            quantity=amount.quantity * times,
            high=None if amount.high is None else amount.high * times,
        )
    elif (
        _is_share(span.value)
        and unit is None
        and not article
        and (_OF_WHAT_IS_THERE.match(text[end:]) or _IN.search(text[:start]))
    ):
        amount = replace(amount, kind=AmountKind.SHARE)
    if amount.kind is AmountKind.EXACT and _ALL_BEFORE.search(text[:start]):
        amount = replace(amount, kind=AmountKind.LAST)
    elif amount.kind is AmountKind.EXACT and _OTHER_BEFORE.search(text[:start]):
        amount = replace(amount, kind=AmountKind.REST)
    amount = replace(amount, unit=unit, start=start, end=end)
    return Atom(Kind.AMOUNT, start, end, text[start:end], amount=amount), index


def _is_share(value: str) -> bool:
    return (
        re.search(r"\b(?:half|third|quarter)s?\b", value, re.IGNORECASE) is not None
        and " and " not in value.casefold()
    )


def _from_unit(text: str, spans: list[Span], index: int) -> tuple[Atom, int]:
    """A unit without a quantity: "a box", "half a box" unlabelled, "dozen boxes", or bare ("each")."""
    span = spans[index]
    start, end = span.start, span.end
    times = multiple_of(span.value)
    unit = None if times else unit_of(span.value)
    index += 1
    if (
        times
        and index < len(spans)
        and spans[index].entity == "unit"
        and _TO_UNIT.fullmatch(text[end : spans[index].start])
    ):
        unit = unit_of(spans[index].value)
        end = spans[index].end
        index += 1
    before = text[:start]
    share = _HALF_A.search(before)
    couple, few = COUPLE.search(before), FEW.search(before)
    article = ARTICLE.search(before)
    bare = (
        amount_of(re.split(r"[\s,;:]", before.strip())[-1])
        if before.strip() and before[-1:].isspace()
        else None
    )
    amount: Amount | None = None
    if share:
        part = amount_of(share["share"])
        amount = None if part is None or part.quantity is None else Amount(part.quantity * (times or 1), unit)
        start = share.start()
    elif couple and unit is not None:
        amount, start = Amount(Fraction(2), unit), couple.start()
    elif few and unit is not None:
        amount, start = Amount(None, unit, AmountKind.VAGUE), few.start()
    elif times:
        amount = Amount(Fraction(times), unit, article=article is not None)
        start = article.start() if article else start
    elif article and unit is not None:
        half = _AND_SHARE.match(text[end:])
        amount = Amount(Fraction(3, 2) if half else Fraction(1), unit, article=not half)
        start, end = article.start(), end + half.end() if half else end
    elif bare is not None and bare.kind is AmountKind.LAST and unit is not PackUnit.EACH:
        amount = Amount(Fraction(1), unit, AmountKind.LAST)
    if amount is None:
        return Atom(Kind.UNIT, start, end, text[start:end], unit=unit), index
    amount = replace(amount, start=start, end=end, about=_ABOUT.search(text[:start]) is not None)
    return Atom(Kind.AMOUNT, start, end, text[start:end], amount=amount), index


_REFERENCE = re.compile(
    r"[\s,(]*\(?\s*(?:ref|cat(?:alog(?:ue)?)?|item|part|model|mfr|sku)"
    r"[\s.#:]*(?:no|number|num)?[\s.#:]*",
    re.IGNORECASE,
)


def _references(text: str, atoms: list[Atom]) -> list[Atom]:
    """ "plate ref 0450-118": one item with a catalogue number, not two."""
    ordered = sorted(atoms, key=lambda atom: atom.start)
    made: list[Atom] = []
    for atom in ordered:
        before = made[-1] if made else None
        if (
            before is not None
            and before.kind is atom.kind is Kind.ITEM
            and re.search(r"\d", atom.text)
            and _REFERENCE.fullmatch(text[before.end : atom.start])
        ):
            made[-1] = replace(before, reference=atom.text, end=atom.end)
        else:
            made.append(atom)
    return made
