"""What a message holds beside its label: words that show the question, things with their sizes, places, pronouns.

The language model is right most of the time, not always. What is read here from the words themselves supports it where it
hesitates, finds things it did not label, and tells a follow-up ("and in ED?") from a question that stands alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.understanding.composing import things_of
from bot.understanding.cues import (
    ASPECTS,
    CUES,
    EVERYWHERE,
    GROUPS,
    HOME,
    PRONOUNS,
    SMALL,
    THERE,
    WE,
)
from bot.understanding.draft import Verb
from bot.understanding.heard import HIDDEN, discreet
from bot.understanding.meaning import Meaning, Span
from bot.understanding.spent import SpentWords, spent_words
from bot.understanding.spoken import code_of
from bot.understanding.whens import whole_window
from domain.model.size import parse_sizes
from domain.usecases.ask.requests import Aspect, UsageGroup


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing named, with the sizes that belong to it."""

    text: str
    sizes: tuple[str, ...] = ()


class Where(StrEnum):
    """What general words say of the place. HOME is the asker's own unit; WE may be that or the whole house."""

    UNSAID = ""
    HOME = "home"
    WE = "we"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``sizes`` belong to no thing in the message. ``rest`` is what no label and no small word explains: maybe a thing.

    ``verb`` is what the words ask, None where they do not show it. ``leans``: the message points back ("and", "those", "there").
    ``patient``: it held a patient's number, hidden in everything here.
    """

    text: str
    verb: Verb | None
    things: tuple[Mention, ...]
    sizes: tuple[str, ...]
    places: tuple[str, ...]
    where: Where
    windows: tuple[str, ...]
    codes: tuple[str, ...]
    coded: bool
    aspects: tuple[Aspect, ...]
    group_by: UsageGroup
    rest: str
    patient: bool
    leans: bool
    there: bool
    numbers: tuple[str, ...] = field(default=())
    spent: SpentWords = field(default=SpentWords())


_GROUPING = re.compile(
    r"\b(?:by|per|for each|each|split by|broken (?:out|down) by|which) (?P<what>[a-z]+)", re.IGNORECASE
)

_LEANING_START = re.compile(
    r"^\W*(?:and|or|but|also|plus|then|what about|how about|what of|same (?:for|in|with)"
    r"|ok(?:ay)?,? and|what if|only|just|no,? (?:the|in)|not)\b",
    re.IGNORECASE,
)
_IS_THERE = re.compile(r"\b(?:is|are|was|were|if|be) there\b", re.IGNORECASE)
_CODE_CUE = re.compile(
    r"\b(?:lots?|serials?|sn|s/n|batch)\b(?:\s+(?:number|no|num|nr))?\.?\s*[:#]?\s*(?P<code>[a-z]{0,4}-?\d[\w./-]{2,30}|(?=[\w-]*\d)[\w][\w-]{3,30})",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s,;:?!()\"]+")


def read(meaning: Meaning) -> Evidence:
    """Everything the words of ``meaning.text`` show. Never raises."""
    meaning, patient = discreet(meaning)
    meaning = _with_whole_sizes(meaning)
    text = meaning.text
    things, loose = _things(meaning)
    places, home_words = _places(meaning)
    named = [s.value for s in meaning.spans if s.entity in ("lot", "serial") and HIDDEN not in s.value]
    codes = [code_of(value) for value in named]
    coded = bool(codes)
    for found in _CODE_CUE.finditer(text):
        code = code_of(found["code"])
        if not any(code in known or known in code for known in codes):
            codes.append(code)
            coded = True
    windows = tuple(
        whole_window(text, start=s.start, end=s.end) for s in meaning.spans if s.entity == "window"
    )
    return Evidence(
        text=text,
        verb=cue(text),
        things=things,
        sizes=loose,
        places=places,
        where=_where(text, home_words),
        windows=windows,
        codes=tuple(dict.fromkeys(codes)),
        coded=coded,
        aspects=tuple(aspect for aspect, words in ASPECTS if words.search(text)),
        group_by=_group(meaning),
        rest=_rest(meaning),
        patient=patient,
        leans=bool(_LEANING_START.match(text) or PRONOUNS.search(text) or _points_there(text)),
        there=_points_there(text),
        numbers=meaning.values("quantity"),
        spent=spent_words(meaning),
    )


def cue(text: str) -> Verb | None:
    """The question that the words themselves show."""
    return next((verb for verb, words in CUES if words.search(text)), None)


def _points_there(text: str) -> bool:
    return bool(THERE.search(_IS_THERE.sub(" ", text)))


_SIZE_SAID = re.compile(r"(?:\bsize|\bnumber|\bno\.?|#)\s*$", re.IGNORECASE)


def _with_whole_sizes(meaning: Meaning) -> Meaning:
    """Labels that hold a part of a size take all of it: "4x4" of "4x4 3/4", "seven" of "size seven and a half"."""
    spans = list(meaning.spans)
    for size in parse_sizes(meaning.text):
        over = [s for s in spans if s.start < size.end and size.start < s.end]
        labelled = any(s.entity == "size" for s in over)
        said = _SIZE_SAID.search(meaning.text[: size.start]) is not None
        if not over or not (labelled or said) or any(s.entity not in ("size", "quantity") for s in over):
            continue
        whole = len(over) == 1 and over[0].start <= size.start and over[0].end >= size.end
        if whole and labelled:
            continue
        if re.fullmatch(r"[\d.]+ in", meaning.text[size.start : size.end], re.IGNORECASE) and labelled:
            continue  # "1000 in PACU" is no length
        start, end = min(size.start, *(s.start for s in over)), max(size.end, *(s.end for s in over))
        spans = [s for s in spans if s not in over]
        spans.append(Span("size", meaning.text[start:end], start, end))
    return replace(meaning, spans=tuple(sorted(spans, key=lambda s: s.start)))


_POINTING = re.compile(r"\b(?:the|those|these|that|ones?)\b", re.IGNORECASE)


def _things(meaning: Meaning) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    """Things with their sizes, bound as ``composing`` binds them; the sizes of a pronoun ("the 7.5 ones") are no thing's."""
    items = [s for s in meaning.spans if s.entity == "item" and _content(s.value)]
    if not items:
        return (), meaning.values("size")
    pronouns = [s for s in meaning.spans if s.entity == "item" and not _content(s.value)]
    kept = [
        span
        for span in meaning.spans
        if span not in pronouns
        and not (span.entity == "size" and any(p.start <= span.start < p.end for p in pronouns))
    ]
    mentions: dict[tuple[str, tuple[str, ...]], Mention] = {}
    for thing, sizes in things_of(replace(meaning, spans=tuple(kept))):
        mention = Mention(
            _POINTING.sub(" ", thing.text).strip(" ?.,!"), tuple(dict.fromkeys(size.text for size in sizes))
        )
        mentions.setdefault((mention.text.casefold(), mention.sizes), mention)
    return tuple(mentions.values()), ()


def _content(value: str) -> bool:
    """Does a label hold more than "ones", "it", "those"?"""
    return any(word.casefold().strip("'.-") not in SMALL for word in _TOKEN.findall(value))


def _places(meaning: Meaning) -> tuple[tuple[str, ...], bool]:
    """Named places, and whether a label was only a general word for the asker's own."""
    named: list[str] = []
    general = False
    for span in meaning.spans:
        if span.entity != "location":
            continue
        if EVERYWHERE.fullmatch(span.value) or span.value.casefold() in (
            "house",
            "hospital",
            "building",
            "the hospital",
        ):
            continue
        if HOME.fullmatch(span.value) or span.value.casefold() in (
            "unit",
            "floor",
            "my unit",
            "our unit",
            "ward",
        ):
            general = True
        elif span.value.casefold() not in ("there", "we", "us"):
            named.append(span.value.strip(" ?.,!"))
    return tuple(dict.fromkeys(named)), general


def _where(text: str, home: bool) -> Where:
    if EVERYWHERE.search(text):
        return Where.EVERYWHERE
    if home or HOME.search(text):
        return Where.HOME
    return Where.WE if WE.search(text) else Where.UNSAID


_EVERY = re.compile(r"\b(?:daily|weekly|monthly)\b", re.IGNORECASE)
_EVERY_GROUP = {"daily": UsageGroup.DAY, "weekly": UsageGroup.WEEK, "monthly": UsageGroup.MONTH}


def _group(meaning: Meaning) -> UsageGroup:
    said = list(meaning.values("group_by")) + [m["what"] for m in _GROUPING.finditer(meaning.text)]
    for words in said:
        for group, pattern in GROUPS:
            if pattern.fullmatch(words.strip()):
                return group
    for word in _EVERY.findall(meaning.text):
        return _EVERY_GROUP[word.casefold()]
    return UsageGroup.PROVIDER if meaning.values("provider") else UsageGroup.NONE


def _rest(meaning: Meaning) -> str:
    """The words outside every label that are no small words, in order."""
    kept: list[str] = []
    for token in _TOKEN.finditer(meaning.text):
        if any(s.start < token.end() and token.start() < s.end for s in meaning.spans if s.entity != "unit"):
            continue
        word = token.group().strip(".-'’")
        if word and word.casefold() not in SMALL and HIDDEN not in word:
            kept.append(word)
    return " ".join(kept)
