"""Patients' numbers in what people type and say: where they stand, and the same text without them.

Three ways lead to a number: a label before it ("MRN 6120045", "acct# 90077", "patient six oh one two"), a form that only a
patient's number has ("123-45-6789", what the hospital's settings name), and a bare number where a patient is meant ("put it on
448120", "dc 2201-93 home"). The last is told from lots, orders and catalogue numbers by the words around it. When in doubt a
number behind a patient's label is one; a number behind a lot's label is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.errors import InvalidSetting

HIDDEN = "•"

_SMALL = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_WORD = (
    rf"(?:{_SMALL}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fourty"
    r"|fifty|sixty|seventy|eighty|ninety|double|triple|hundred|thousand)"
)
_BETWEEN = r"(?:\s*[-,]\s*|\s+(?:dash|hyphen|slash|and)\s+|\s+o\s+|\s+)"
_SPOKEN = rf"(?:[a-z]{_BETWEEN})?{_WORD}(?:{_BETWEEN}{_WORD}){{1,}}"
_SPOKEN_LONG = rf"(?:[a-z]{_BETWEEN})?{_WORD}(?:{_BETWEEN}{_WORD}){{2,}}"
_GROUPED = r"\d{2,3}(?: \d{2,4}){2,3}(?![\w.-])"
_TYPED = (
    _GROUPED
    + r"|(?:[a-z]{1,4}[-.]?|[a-z] (?=\d{4}))?\d+(?:[-/.]\d+)*(?: \d{3,4}(?![\w.-]))*(?:-?[a-z]{1,2})?(?!\w)"
)
_DAY = r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
_STRONG = (
    r"(?:m\.?\s?r\.?\s?n\.?|med(?:ical)?\.? rec(?:ord)?s?|encounters?|enc(?:tr)?|fin|csn|har|visit|acct|account|admission|chart"
    r"|ssn|social security)"
)
_PERSON = r"(?:patients?|pts?|pat)(?:['’]?s)?"
_FILLER = (
    r"(?:\s*(?:id|ids|no|num|nbr|number|numbers|is|was|are|of|ending in|the|with|account|acct|mrn|encounter|enc|fin|csn|visit|chart)\b"
    r"|\s*[#:=.,(]){0,4}"
)
_LABELLED = re.compile(
    rf"\b(?:{_STRONG}(?![a-z]){_FILLER}\s*(?P<strong>{_SPOKEN}|{_TYPED})"
    rf"|{_PERSON}(?![a-z]){_FILLER}\s*(?P<person>{_SPOKEN_LONG}|{_TYPED})"
    rf"|(?:dob|date of birth|born(?: on)?)\W{{0,3}}(?:is|was)?\s*(?P<day>{_DAY}))",
    re.IGNORECASE,
)
_SEVERAL = re.compile(rf"\s*(?:,|and|&|\+|/|or)\s*(?P<next>{_TYPED})", re.IGNORECASE)
"""What follows a number behind a label: "MRN 6120045 and 6120046"."""
_FORM = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_BARE_CODE = r"(?:[ev]-?\d{4,8}|\d{4,9}|\d{2,4}-\d{2,5})(?![\w-])(?!\.\d)"
_BARE = re.compile(
    rf"\b(?:on|onto|for|to|against|from|off(?: of)?|under|in|into)\s+(?P<one>{_BARE_CODE}|{_SPOKEN_LONG})"
    rf"|\b(?:dc|d/c|discharge|admit|transfuse|un-?charge)\s+(?P<two>{_BARE_CODE}|{_SPOKEN_LONG})"
    r"|(?<![\w-])(?P<three>e-\d{4,8})(?![\w-])"
    rf"|\b(?:her|him|she|he)\b\W{{1,3}}(?P<four>{_BARE_CODE})",
    re.IGNORECASE,
)
_CARE = re.compile(
    r"\b(?:used?|using|put|placed?|inserted|applied|charged?|charges|chg|bill(?:ed)?|reverse|undo|back(?:ed)? out|refund|credit|remove"
    r"|opened|gave|give|got|implant(?:ed)?|went into|labs?|k|cbc|bmp|abg|troponin|potassium|glucose|cultures?|results?"
    r"|biopsy|pathology|x-?ray|ct|mri|scan|echo|ekg|vitals|meds?|allerg\w+"
    r"|consults?|bedside|face sheet|wristband"
    r"|consent|diet|npo|blood|transfusion|bp|fever|type and screen|discharge|dc|admit|transfuse|wasted"
    r"|patient|pt|mrn|wrong)\b|\b1 \w+",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(?:lots?|sn|serials?|ref|cat|catalog(?:ue)?|items?|sku|gtin|upc|udi|ndc|p\.?o\.?|purchase|req|requisition|invoice"
    r"|uom|unit of measure|pars?|min|max|qoh|on hand|history|vendor|supplier|bin|reorder|backorder|recall(?:ed)?"
    r"|cases?|cost cent(?:er|re)|room"
    r"|ext|extension"
    r"|phone|pager|page|dock|rcvd|received?|delivered|shipped|tracking|order(?:ed)? (?:number|no)|orders? #?\d)\b",
    re.IGNORECASE,
)
_BEFORE_TRADE = re.compile(
    r"\b(?:lots?|sn|s/n|serials?|ref|cat|catalog(?:ue)?|items?|sku|gtin|upc|udi|ndc|p\.?\s?o\.?|purchase order|orders?|req|rq|requisition"
    r"|invoice|cases?|cost cent(?:er|re)|room|rm|bed|bay|or|ext|extension|phone|pager|page|dock|bin|model|part)"
    r"\W{0,3}(?:number|num|no|nbr|#)?\W{0,3}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?:%|(?:ml|mls|cc|mg|mcg|g|gm|grams?|l|liters?|litres?|fr|french|mm|cm|in|inch(?:es)?|ga|gauge|units?|pairs?|box(?:es)?|bx|cs|each|ea"
    r"|pcs|pieces?|packs?|pk|rolls?|bags?|x|by(?=\s*\d)|hours?|hrs?|am|pm|days?|weeks?|months?|percent|point)\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?:from|between)\s+[0-2]\d:?[0-5]\d\s*(?:to|and|until|-)\s*[0-2]\d:?[0-5]\d\b", re.IGNORECASE
)
_MEASURED = re.compile(r"\d{1,4}-?(?:ml|mg|cc|fr|mm|cm|in|ga|g|l|kg)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_REPEATED = 100
_DIGIT_WORD = re.compile(_WORD, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Formats:
    """The forms of the hospital's own numbers, found without a label too. Each sign stands for itself, but ``#`` is a digit and
    ``@`` a letter: "E-######", "@@#######".

    Raises InvalidSetting for a form with fewer than four digits: it would hide sizes and quantities.
    """

    forms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for form in self.forms:
            if form.count("#") + sum(sign.isdigit() for sign in form) < 4 or len(form) > 40:
                raise InvalidSetting(
                    f"PARLEY_PATIENT_FORMATS: {form!r} should have four digits (#) at least; @ stands for a letter."
                )

    def pattern(self) -> re.Pattern[str] | None:
        if not self.forms:
            return None
        signs = {"#": r"\d", "@": "[a-z]"}
        made = ["".join(signs.get(sign, re.escape(sign)) for sign in form) for form in self.forms]
        return re.compile(rf"(?<![\w-])(?:{'|'.join(made)})(?![\w-])", re.IGNORECASE)


PLAIN = Formats()


def patient_numbers(text: str, *, formats: Formats = PLAIN) -> tuple[tuple[int, int], ...]:
    """Where patients' numbers stand: (start, end) of each in order, none overlapping. Linear in the length of the text.

    >>> [("MRN 6120045, two lots")[a:b] for a, b in patient_numbers("MRN 6120045, two lots")]
    ['6120045']
    >>> patient_numbers("where is lot 6120045")
    ()
    """
    found = [*_labelled(text), *(match.span() for match in _FORM.finditer(text)), *_bare(text)]
    own = formats.pattern()
    if own is not None:
        found += [match.span() for match in own.finditer(text) if not _after_trade(text, match.start())]
    return _merged(_repeated(text, found))


def masked(text: str, spans: Iterable[tuple[int, int]] = (), *, formats: Formats = PLAIN) -> str:
    """The text with every letter and digit of patients' numbers hidden, sign by sign, so that positions stay.

    ``spans`` are hidden too: what the language model took for a patient.

    >>> masked("2 foleys for pt E-4421")
    '2 foleys for pt •-••••'
    """
    own = [(max(0, start), min(len(text), end)) for start, end in spans]
    hidden = _merged(_repeated(text, [*patient_numbers(text, formats=formats), *own]))
    signs = list(text)
    for start, end in hidden:
        signs[start:end] = [HIDDEN if sign.isalnum() else sign for sign in signs[start:end]]
    return "".join(signs)


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    for match in _LABELLED.finditer(text):
        for group, fewest in (("strong", 2), ("person", 3), ("day", 3)):
            if match[group] is None:
                continue
            start, end = match.span(group)
            if (
                group == "person"
                and _digits(match[group]) <= 4
                and (_UNIT.match(text, end) or _MEASURED.fullmatch(match[group]))
            ):
                continue  # "for the patient 250 ml"
            if _digits(match[group]) < fewest:
                continue
            yield start, end
            while group != "day" and (more := _SEVERAL.match(text, end)) and _digits(more["next"]) >= 4:
                yield more.span("next")
                end = more.end("next")


def _bare(text: str) -> Iterator[tuple[int, int]]:
    cared: bool | None = None
    hours = [match.span() for match in _CLOCK.finditer(text)]
    for match in _BARE.finditer(text):
        group = match.lastgroup or "one"
        start, end = match.span(group)
        if _after_trade(text, start) or _UNIT.match(text, end):
            continue
        if group == "one":
            if cared is None:
                cared = _CARE.search(text) is not None
            if not cared or _YEAR.fullmatch(match[group]):
                continue
            if any(from_ < end and start < until for from_, until in hours):
                continue
            # "what lot did we put in 448120": the words of trade that stand near the number itself decide.
            if _TRADE.search(text, max(0, start - 25), start) or _TRADE.match(
                text[end : end + 40].lstrip(" ,;:")
            ):
                continue
        yield start, end


def _after_trade(text: str, start: int) -> bool:
    """Does it stand behind the label of something else: a lot, an order, a catalogue number, a room?"""
    return _BEFORE_TRADE.search(text[max(0, start - 40) : start]) is not None


def _digits(text: str) -> int:
    """Figures, and number words as one each."""
    return sum(sign.isdigit() for sign in text) + len(_DIGIT_WORD.findall(text))


def _repeated(text: str, found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """With the same number wherever else it stands in the text."""
    said = {text[start:end] for start, end in found}
    numbers = sorted(number for number in said if sum(sign.isdigit() for sign in number) >= 4)[
        :_MOST_REPEATED
    ]
    if not numbers:
        return list(found)
    again = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, numbers))})(?!\w)")
    return [*found, *(match.span() for match in again.finditer(text))]


def _merged(found: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(found)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)
