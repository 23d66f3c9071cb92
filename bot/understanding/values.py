"""Typed values of what a message names: things, sizes, codes, places, people. Offsets stand beside and take no part in equality.

Two ways of saying one thing give equal values: "2-0 silk" and "two oh silk", "C-991" and "c nine nine one", "PACU" and "pack
you". Nothing is looked up here; a value says what was said, not what exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.understanding.spoken import code_of
from domain.model.size import Size, parse_sizes
from domain.model.wording import normalise, singular


@dataclass(frozen=True, slots=True)
class Thing:
    """An item as it was named. ``normal`` is the form to compare by; ``reference`` a catalogue number said beside the name."""

    text: str = field(compare=False)
    normal: str
    reference: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


def thing_of(text: str, *, start: int = 0, end: int = 0) -> Thing:
    """The thing that ``text`` names: plurals and spelling-out make no difference to ``normal``."""
    said = text.strip(" ?.,!;:")
    normal = " ".join(singular(word) for word in normalise(said).split())
    return Thing(said, normal or said.casefold(), start=start, end=end)


@dataclass(frozen=True, slots=True)
class SaidSize:
    """A size as it was said. ``sizes`` are its measures; empty for "left", "CT-1", "6-hole", which only ``normal`` tells apart."""

    text: str = field(compare=False)
    normal: str
    sizes: tuple[Size, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


_POINT_FIVE = re.compile(
    r"^(one|two|three|four|five|six|seven|eight|nine) five(?= (?:by|times|x)\b|\s*$)", re.IGNORECASE
)
_OF_SIZE = re.compile(r"^(?:size|sz|number|no\.?|#)\s*(?=\S)", re.IGNORECASE)


def size_of(text: str, *, start: int = 0, end: int = 0) -> SaidSize:
    """The size that ``text`` names, in one notation: "three oh" is 3-0, "sixteen french" 16 Fr, "three five" 3.5."""
    said = text.strip(" ?,!;:").rstrip(".")
    bare = _POINT_FIVE.sub(r"\1 point five", _OF_SIZE.sub("", said))
    sizes = () if ":" in bare else parse_sizes(bare)
    measured = normalise(bare) if ":" not in bare else bare.casefold()
    whole = " ".join(size.text for size in sizes)
    # "6-hole" and "3:1" hold figures that are no whole size: the words stay.
    covered = sum(size.end - size.start for size in sizes) >= len(bare.replace(" ", "")) - 1
    if sizes and (len(sizes) == 1 or covered) and (covered or not re.search(r"[a-z]{3,}", measured)):
        return SaidSize(said, whole, sizes, start, end)
    return SaidSize(said, measured or said.casefold(), (), start, end)


# ---------------------------------------------------------------------------------------------- codes

_HEAD = re.compile(r"([A-Z]{1,4})-?(\d.*)")
_LABELS = re.compile(
    r"^(?:(?:lots?|serials?|sn|s/n|case|order|batch|ref|number|num|no|nr)\b[\s.#:]*)+(?=\S)", re.IGNORECASE
)
_SPREAD = 200
"""So many numbers at most lie between the ends of a range that is believed."""


@dataclass(frozen=True, slots=True)
class Code:
    """A lot, serial, case or order number. ``key`` compares: letters and digits alone, in capitals.

    ``number`` is the best reading of what was typed or said; ``candidates`` are all spellings to look it up by, ``number`` first.
    ``until`` is the key of the last number of a range ("L-220 through L-231"), else empty.
    """

    text: str = field(compare=False)
    key: str
    number: str = field(compare=False)
    candidates: tuple[str, ...] = field(compare=False)
    until: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def covers(self, number: str) -> bool:
        """Is ``number`` this code, or inside its range? A range runs over the digits at the end, behind one common head."""
        key = key_of(number)
        if key == self.key:
            return True
        ends = [re.fullmatch(r"(.*?)(\d+)", one) for one in (self.key, key_of(self.until), key)]
        if not self.until or any(match is None for match in ends):
            return False
        first, last, asked = (match for match in ends if match is not None)
        return first[1] == last[1] == asked[1] and int(first[2]) <= int(asked[2]) <= int(last[2])


def key_of(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def code_value(text: str, *, prefix: str = "", start: int = 0, end: int = 0) -> Code:
    """The code that ``text`` names, typed or spelled out: "c nine nine one" -> C991, also looked up as C-991.

    ``prefix`` ("PO", "C") is one that people leave out; it is added among the candidates.
    """
    number = code_of(_LABELS.sub("", text.strip()) or text)
    plain = re.sub(r"\s", "", number)
    spellings = [plain]
    head = _HEAD.fullmatch(plain)
    if head:
        spellings += [f"{head[1]}-{head[2]}", f"{head[1]}{head[2]}"]
    if prefix and not plain.startswith(prefix):
        spellings += [f"{prefix}-{plain}", f"{prefix}{plain}"]
    if prefix and plain.startswith(prefix):
        spellings.append(plain.removeprefix(prefix).lstrip("-"))
    spellings.append(key_of(plain))
    candidates = tuple(dict.fromkeys(one for one in spellings if one))
    return Code(text.strip(), key_of(plain), plain, candidates, start=start, end=end)


def ranged(first: Code, last: Code) -> Code | None:
    """The range from ``first`` to ``last``; None where they are not of one series in ascending order."""
    one, two = (re.fullmatch(r"(.*?)(\d+)", code.key) for code in (first, last))
    if one is None or two is None or one[1] != two[1] or not 0 < int(two[2]) - int(one[2]) <= _SPREAD:
        return None
    return Code(
        f"{first.text} to {last.text}",
        first.key,
        first.number,
        first.candidates,
        until=last.key,
        start=first.start,
        end=last.end,
    )


# --------------------------------------------------------------------------------------------- places


class Direction(StrEnum):
    AT = "at"
    SOURCE = "source"
    DESTINATION = "destination"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as it was named and which way. ``normal`` compares: "o r three" is "or 3", "pack you" is "pacu"."""

    text: str = field(compare=False)
    normal: str
    direction: Direction = Direction.AT
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


_HEARD: dict[str, str] = {
    "pack you": "pacu", "pack u": "pacu", "pac you": "pacu", "pac u": "pacu", "pack ewe": "pacu", "icy you": "icu",
    "i see you": "icu", "eye see you": "icu", "i c you": "icu", "nick you": "nicu", "nick u": "nicu", "nik you": "nicu",
    "pick you": "picu", "mick you": "micu", "sick you": "sicu", "code card": "code cart", "crash card": "crash cart",
    "see arm": "c arm", "calf lab": "cath lab", "cat lab": "cath lab", "labor and delivery": "l&d", "labor & delivery": "l&d",
    "med search": "med surg", "pre op": "preop", "pre-op": "preop", "emergency department": "ed", "emergency room": "er",
    "operating room": "or",
}  # fmt: skip
"""What a speech recogniser writes for units' names, and the full names of those that are mostly spelled; the place search knows
more. A value that looks like it was said otherwise compares equal only through these."""
_HEARD_WORDS = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, _HEARD), key=len, reverse=True))})\b", re.IGNORECASE
)


_LETTER_BESIDE_FIGURE = re.compile(r"(?<=\d) (?=[a-z]\b)|(?<=\b[a-z]) (?=\d)")
"""What is said "three w" or "bin a four" is written 3W and A4."""


def spot_of(text: str, *, direction: Direction = Direction.AT, start: int = 0, end: int = 0) -> Spot:
    said = text.strip(" ?.,!;:")
    heard = _HEARD_WORDS.sub(lambda match: _HEARD[match[0].casefold()], said)
    normal = _HEARD_WORDS.sub(lambda match: _HEARD[match[0].casefold()], normalise(heard))
    normal = _LETTER_BESIDE_FIGURE.sub("", normal)
    return Spot(said, normal or said.casefold(), direction, start, end)


# -------------------------------------------------------------------------------------------- targets


@dataclass(frozen=True, slots=True, repr=False)
class PatientNumber:
    """A patient's identifier. ``str`` and ``repr`` show its mask only; ``reveal`` is for the vault and the charge.

    >>> patient_of("E-44901"), f"{patient_of('six one two zero oh four five')}"
    (PatientNumber(…901), '…045')
    """

    _key: str
    _number: str = field(compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def masked(self) -> str:
        """At most the last four characters, and never more than half of them."""
        return "…" + self._key[len(self._key) - min(4, len(self._key) // 2) :]

    @property
    def plausible(self) -> bool:
        """Long enough, and with a figure in it, to tell one patient from another."""
        return len(self._key) >= _SHORTEST_PATIENT and any(c.isdigit() for c in self._key)

    def reveal(self) -> str:
        """The identifier as it is printed: for looking it up or sealing it, never for a reply, a button or a log."""
        return self._number

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PatientNumber({self.masked})"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)


_SHORTEST_PATIENT = 3
_PATIENT_LABELS = re.compile(
    r"^(?:(?:mrn|patient|pt|encounter|enc|fin|csn|number|num|no|id)\b[\s.#:]*)+(?=\S)", re.IGNORECASE
)


def patient_of(text: str, *, start: int = 0, end: int = 0) -> PatientNumber:
    """The identifier in ``text``, typed or spelled out."""
    number = re.sub(r"\s", "", code_of(_PATIENT_LABELS.sub("", text.strip()) or text))
    return PatientNumber(key_of(number), number, start, end)


@dataclass(frozen=True, slots=True)
class Person:
    """A provider as named: ``normal`` without "Dr" and "doctor"."""

    text: str = field(compare=False)
    normal: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


_TITLE = re.compile(
    r"^(?:dr|doctor|doc|prof|professor|surgeon)\.?\s+|,?\s+(?:md|do|rn|pa|np)\.?$", re.IGNORECASE
)


def person_of(text: str, *, start: int = 0, end: int = 0) -> Person:
    said = text.strip(" ?.,!;:")
    bare = _TITLE.sub("", said)
    return Person(said, re.sub(r"[^\w\s]", "", bare).casefold() or said.casefold(), start, end)


@dataclass(frozen=True, slots=True)
class Company:
    """A supplier or maker as named: "b d" and "BD" are one."""

    text: str = field(compare=False)
    normal: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


_COMPANIES = {"med line": "medline", "j&j": "johnson and johnson", "boston sci": "boston scientific"}


def company_of(text: str, *, start: int = 0, end: int = 0) -> Company:
    said = text.strip(" ?.,!;:")
    normal = normalise(said).replace(" & ", " and ")
    return Company(said, _COMPANIES.get(normal, normal) or said.casefold(), start, end)


class Grouping(StrEnum):
    """What figures may be split by."""

    ITEM = "item"
    SIZE = "size"
    PLACE = "place"
    SUPPLIER = "supplier"
    PROVIDER = "provider"
    PROCEDURE = "procedure"
    CASE = "case"
    COST_CENTRE = "cost-centre"
    BUSINESS_LINE = "business-line"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_GROUPINGS: dict[str, Grouping] = {grouping.value: grouping for grouping in Grouping} | {
    word: grouping
    for grouping, words in {
        Grouping.ITEM: "product,supply,line item,brand,category,sku",
        Grouping.PLACE: "unit,department,dept,floor,location,room,site,area,cabinet,cart,ward,facility,shelf,bin",
        Grouping.SUPPLIER: "vendor,manufacturer,distributor,maker",
        Grouping.PROVIDER: "surgeon,doctor,doc,physician,clinician",
        Grouping.PROCEDURE: "case type,operation,procedure type,modality,surgery",
        Grouping.COST_CENTRE: "cost center,cost centre,cost code,gl",
        Grouping.BUSINESS_LINE: "service,service line,business line,specialty",
        Grouping.DAY: "daily,weekday,date",
        Grouping.WEEK: "weekly",
        Grouping.MONTH: "monthly",
        Grouping.QUARTER: "quarterly,qtr",
        Grouping.YEAR: "yearly,annual,annually",
    }.items()
    for word in words.split(",")
}


def grouping_of(text: str) -> Grouping | None:
    """The grouping that ``text`` names; None where it names none."""
    words = [singular(word) for word in text.casefold().split() if word not in ("by", "per", "each", "the")]
    return _GROUPINGS.get(" ".join(words))
