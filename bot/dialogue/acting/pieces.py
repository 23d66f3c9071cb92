"""A few words taken apart into what they can name on a card: a target, a lot, a place with its way, a figure with its unit, a thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dialogue.acting.finding import Finder, Scene
from bot.understanding.amounts import Amount, AmountKind, PackUnit, amount_of, multiple_of, unit_of
from bot.understanding.composition import Targets
from bot.understanding.values import Code, code_value, patient_of, person_of
from domain.model.ids import ItemId, PlaceId
from domain.model.size import Dimension, Size, parse_sizes
from domain.model.wording import normalise


@dataclass(frozen=True, slots=True)
class Pieces:
    """What ``text`` names. ``way`` is "here" or "there" where the words show it; ``words`` are what may name a thing, ``sizes`` the
    sizes in it. ``vague``: an amount was meant that is no one figure.
    """

    amount: Amount | None = None
    unit: PackUnit | None = None
    codes: tuple[Code, ...] = ()
    serial: bool = False
    targets: Targets = field(default_factory=Targets)
    centre: str = ""
    place_id: PlaceId | None = None
    way: str = ""
    words: str = ""
    sizes: tuple[str, ...] = ()

    @property
    def aims(self) -> bool:
        return bool(self.targets.cases or self.targets.patients or self.targets.providers or self.centre)


_CASE = re.compile(
    r"\b(?:for |on |to )?(?:case\s*#?\s*(?P<a>C?-?\d[\w-]{0,12})|(?P<b>C-?\d{2,8}))\b", re.IGNORECASE
)
_PATIENT = re.compile(
    r"\b(?:for |on |to )?(?:(?:mrn|patient|pt|encounter|enc|fin|csn)[\s#:]*(?:id|no|number)?[\s#:]*"
    r"(?P<a>[A-Z]{0,3}-?\d[\d-]{2,14})|(?P<b>E-\d{4,12}))\b",
    re.IGNORECASE,
)
_PROVIDER = re.compile(
    r"\b(?:for |on |to )?(?:dr|doctor|doc|surgeon)\.?\s+(?P<name>[A-Za-z][\w'’-]{1,30}(?: [A-Z][\w'’-]{1,30})?)",
    re.IGNORECASE,
)
_CENTRE = re.compile(r"\bcost cent(?:re|er)(?: of)?\s*(?:#|number)?\s*(?P<name>[\w& -]{2,30})", re.IGNORECASE)
_LOT = re.compile(
    r"\b(?P<what>lots?|batch|serials?|sn|s/n)\b\.?\s*(?:number|no\.?|#|:)?\s*(?P<code>(?=[\w./-]*\d)[\w./-]{2,30})",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z]|\d{4})[\w./-]{4,30}")
_WAY = re.compile(
    r"\b(?P<way>from|out of|off|to|into|onto|in|at|inside)\s+(?:the |our )?(?P<place>[^,;]+?)\s*$",
    re.IGNORECASE,
)
_HERE = frozenset({"from", "out of", "off"})
_THERE = frozenset({"to", "into", "onto"})
_EMPTY_WORDS = """
the a an of it that them this those these please more one ones each and also only just to for on be is was new should i we my our
now all extra another total quantity qty pcs
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_NO_FIGURE = frozenset({"the", "last", "o", "oh", "no", "of", "some", "few"})
_WORD = re.compile(r"[^\s,;]+")
_MEASURED = frozenset(Dimension) - {Dimension.NUMBER}


def pieces_of(text: str, *, finder: Finder, scene: Scene) -> Pieces:
    """Everything in ``text``; nothing that is not there. Places are believed only by their very name."""
    rest = f" {text} "
    found, rest = _taken(_PATIENT, rest)
    patients = tuple(patient_of(match["a"] or match["b"]) for match in found)
    found, rest = _taken(_CASE, rest)
    cases = tuple(code_value(match["a"] or match["b"], prefix="C") for match in found)
    found, rest = _taken(_PROVIDER, rest)
    providers = tuple(person_of(match["name"]) for match in found)
    found, rest = _taken(_CENTRE, rest)
    centre = found[0]["name"].strip() if found else ""
    found, rest = _taken(_LOT, rest)
    codes = [code_value(match["code"]) for match in found]
    serial = any(match["what"].casefold()[0] == "s" for match in found)
    for match in _CODE.finditer(rest):
        if not codes and scene.uow.lots.named(match[0]):
            codes.append(code_value(match[0]))
            rest = rest.replace(match[0], " ", 1)
            break
    place_id, way, rest = _place(rest, finder, scene)
    amount, unit, rest = _amount(rest)
    kept, sizes = _sizes(rest)
    words = " ".join(word for word in _WORD.findall(kept) if word.casefold().strip(".!?'") not in _EMPTY)
    targets = Targets(patients=patients, cases=cases, providers=providers)
    return Pieces(amount, unit, tuple(codes), serial, targets, centre, place_id, way, words, sizes)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    return list(pattern.finditer(text)), pattern.sub(" ", text)


def _place(text: str, finder: Finder, scene: Scene) -> tuple[PlaceId | None, str, str]:
    """A place behind a preposition, or the whole text."""
    for match in _WAY.finditer(text):
        place_id = finder.surely_place(match["place"].strip(), scene=scene)
        if place_id is not None:
            word = match["way"].casefold()
            way = "here" if word in _HERE else "there" if word in _THERE else ""
            return place_id, way, text[: match.start()]
    whole = text.strip(" .")
    bare = re.sub(r"^(?:the|our|in|at) ", "", whole, flags=re.IGNORECASE)
    place_id = finder.surely_place(bare, scene=scene) if bare and not bare.isdigit() else None
    return (place_id, "", "") if place_id is not None else (None, "", text)


def _amount(text: str) -> tuple[Amount | None, PackUnit | None, str]:
    """A figure with its unit, at the beginning or the end; what is measured (16 Fr, 7.5) is a size and stays."""
    words = text.split()
    whole = " ".join(words)
    measured = {
        index
        for size in parse_sizes(whole)
        for index in _covered(words, size.start, size.end)
        if _is_measured(size, whole) or "x" in size.text.casefold()
    }
    spans = [
        (start, stop)
        for length in (4, 3, 2, 1)
        for start in (0, *range(len(words) - length, 0, -1))
        if (stop := start + length) <= len(words)
    ]
    for start, stop in spans:
        if measured & set(range(start, stop)):
            continue
        amount, unit = _read(words[start:stop])
        if amount is None:
            continue
        after = stop
        if unit is None and after < len(words) and (unit := unit_of(words[after])) is not None:
            after += 1
        elif (
            unit is None and after < len(words) and multiple_of(words[after]) and amount.quantity is not None
        ):
            amount = Amount(amount.quantity * multiple_of(words[after]), kind=amount.kind)
            after += 1
        return amount, unit, " ".join([*words[:start], *words[after:]])
    for index, word in enumerate(words):
        unit = unit_of(word.strip(".,"))
        others = [other for n, other in enumerate(words) if n != index and other.casefold() not in _EMPTY]
        # "leg bags" is a thing, "boxes" and "boxes of silk" name a unit.
        alone = not others or (index + 1 < len(words) and words[index + 1].casefold() == "of")
        if unit is not None and index not in measured and alone:
            return None, unit, " ".join([*words[:index], *words[index + 1 :]])
    return None, None, text


def _sizes(text: str) -> tuple[str, tuple[str, ...]]:
    """The words without what is measured, and all sizes; "4x4s" is a thing's name too and stays."""
    found = parse_sizes(text)
    kept = text
    for size in reversed(found):
        if _is_measured(size, text):
            kept = f"{kept[: size.start]} {kept[size.end :]}"
    named = tuple(size.text for size in found if _is_measured(size, text) or "x" in size.text.casefold())
    return kept, named


def _is_measured(size: Size, text: str) -> bool:
    """16 Fr, 2-0, 7.5, large: no count of things."""
    return bool(size.dimensions & _MEASURED) or "." in text[size.start : size.end]


def _read(words: Sequence[str]) -> tuple[Amount | None, PackUnit | None]:
    said = " ".join(words).strip(" .,")
    if said.casefold() in (
        "a",
        "an",
        "the",
        "one",
        "last",
        "o",
        "oh",
        "no",
        "of",
        "all",
        "some",
        "few",
    ) and said.casefold() not in ("one", "all", "a", "an"):
        return None, None
    amount = amount_of(said)
    if amount is None:
        return None, None
    if (
        amount.quantity is not None
        and amount.quantity.denominator != 1
        and amount.kind is AmountKind.EXACT
        and re.search(r"\bhalf\b", said, re.IGNORECASE)
    ):
        return Amount(amount.quantity, kind=AmountKind.SHARE), None
    return amount, None


def _covered(words: Sequence[str], start: int, end: int) -> list[int]:
    at, found = 0, []
    for index, word in enumerate(words):
        if at < end and start < at + len(word):
            found.append(index)
        at += len(word) + 1
    return found


def same_words(one: str, two: str) -> bool:
    return normalise(one) == normalise(two)


def among(
    text: str, *, items: Sequence[ItemId], finder: Finder, sizes: Sequence[str] = ()
) -> tuple[ItemId, ...]:
    """Those of the card's items that the words name."""
    if not text and not sizes:
        return ()
    return finder.named(text, among=set(items), size=sizes[0] if sizes else "")
