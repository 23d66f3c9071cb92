"""What the words of a question about spending ask: split by what, of whom, of waste alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understanding.meaning import Meaning
from bot.understanding.values import Grouping, grouping_of
from domain.model.charge import Procedure
from domain.model.ids import ProcedureId, ProviderId, SupplierId
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.wording import normalise, singular
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class SpentWords:
    """``by`` is None where no split is said. ``providers`` and ``suppliers`` are names as they were labelled."""

    by: SpendGroup | None = None
    waste: bool = False
    providers: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()


_GROUPS: dict[Grouping, SpendGroup] = {
    Grouping.ITEM: SpendGroup.ITEM,
    Grouping.SIZE: SpendGroup.ITEM,
    Grouping.PLACE: SpendGroup.DEPARTMENT,
    Grouping.COST_CENTRE: SpendGroup.DEPARTMENT,
    Grouping.BUSINESS_LINE: SpendGroup.LINE,
    Grouping.SUPPLIER: SpendGroup.SUPPLIER,
    Grouping.PROVIDER: SpendGroup.PROVIDER,
    Grouping.PROCEDURE: SpendGroup.PROCEDURE,
    Grouping.CASE: SpendGroup.CASE,
    Grouping.DAY: SpendGroup.DAY,
    Grouping.WEEK: SpendGroup.WEEK,
    Grouping.MONTH: SpendGroup.MONTH,
    Grouping.QUARTER: SpendGroup.MONTH,
    Grouping.YEAR: SpendGroup.MONTH,
}
_PATIENT = re.compile(r"(?:patients?|pts?|encounters?|stays?|admissions?)", re.IGNORECASE)
_SPLIT = re.compile(
    r"\b(?:by|per|for each|each|split by|broken (?:out|down) by|which|(?:top|biggest|largest|costliest|highest|most expensive|priciest)"
    r"(?: (?:\d+|five|ten|twenty))?)\s+(?:the\s+)?(?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:daily|weekly|monthly)\b", re.IGNORECASE)
_EVERY_GROUP = {"daily": SpendGroup.DAY, "weekly": SpendGroup.WEEK, "monthly": SpendGroup.MONTH}
_WASTE = re.compile(
    r"\b(?:wast\w+|thrown (?:out|away)|throw\w* (?:out|away)|scrapped|discarded)\b", re.IGNORECASE
)


def spent_words(meaning: Meaning) -> SpentWords:
    """Never raises. A label of the language model goes before the words themselves."""
    said = list(meaning.values("group_by")) + [found["what"] for found in _SPLIT.finditer(meaning.text)]
    # "cost per case" asks what a case costs, not for a list of cases, unless it is labelled a split.
    said = [words for words in said if words.casefold() not in ("case", "cases")] or list(
        meaning.values("group_by")
    )
    by = next((group for words in said if (group := _group(words)) is not None), None)
    if by is None:
        every = _EVERY.search(meaning.text)
        by = _EVERY_GROUP[every[0].casefold()] if every else None
    if by is SpendGroup.CASE and _A_CASE.search(meaning.text):
        by = None
    return SpentWords(
        by,
        _WASTE.search(meaning.text) is not None,
        meaning.values("provider"),
        meaning.values("supplier"),
    )


def _group(words: str) -> SpendGroup | None:
    for said in (words, words.split()[0]) if words.split() else ():
        if _PATIENT.fullmatch(said):
            return SpendGroup.PATIENT
        found = grouping_of(said)
        if found is not None:
            return _GROUPS[found]
    return None


_NO_THINGS = """
waste wasted wasting thrown away top ten most least patient patients stay stays line lines business service services report reports vs
versus against compared change changed why us breakdown broken split priciest largest
"""
_NO_THING = frozenset(_NO_THINGS.split())


def thing_words(rest: str) -> str:
    """What of the words that no label explains may name a thing, in a question about spending."""
    return " ".join(word for word in rest.split() if word.casefold() not in _NO_THING and not word.isdigit())


def split_for(words: SpentWords, *, text: str, only: SpendFilter, items: int, units: int) -> SpendGroup:
    """The split that was said, else the one that tells most: of one place its items, of a provider the procedures."""
    if words.by is not None:
        return words.by
    if only.cases or only.suppliers:
        return SpendGroup.ITEM
    if only.procedures:
        return SpendGroup.CASE if _A_CASE.search(text) else SpendGroup.ITEM
    if only.providers:
        return SpendGroup.PROCEDURE
    if _A_CASE.search(text):
        return SpendGroup.PROCEDURE
    if items > 1 or (units and not items):
        return SpendGroup.ITEM
    return SpendGroup.DEPARTMENT


_A_CASE = re.compile(r"\b(?:per|a|each|every)[- ]cases?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a report is narrowed to, and the words that said so: they name no item. ``unknown`` is a name that nobody has."""

    only: SpendFilter
    explained: tuple[str, ...] = ()
    unknown: str = ""


def narrowed_by(words: SpentWords, said: Sequence[str], *, uow: UnitOfWork) -> Narrowed:
    """The providers and suppliers that are named, and the procedures that ``said`` names ("lap choles")."""
    only = SpendFilter()
    for name in words.providers:
        known = uow.charges.providers_named(name)
        if not known:
            return Narrowed(only, unknown=name)
        only = replace(only, providers=(*only.providers, *(ProviderId(one.id) for one in known)))
    for name in words.suppliers:
        found = uow.spending.suppliers_named(name)
        if not found:
            return Narrowed(only, unknown=name)
        only = replace(only, suppliers=(*only.suppliers, *(SupplierId(one) for one in found)))
    procedures = uow.spending.procedures() if said else []
    explained = []
    for phrase in said:
        fitting = procedures_named(phrase, known=procedures)
        if fitting:
            only = replace(only, procedures=(*only.procedures, *fitting))
            explained.append(phrase)
    return Narrowed(only, tuple(explained))


_ABBREVIATIONS = {
    "tka": "total knee arthroplasty", "tha": "total hip arthroplasty", "tavr": "transcatheter aortic valve replacement",
    "cabg": "coronary artery bypass", "pci": "percutaneous coronary", "ercp": "endoscopic retrograde", "lap": "laparoscopic",
    "appy": "appendectomy", "appies": "appendectomy", "chole": "cholecystectomy", "hyst": "hysterectomy",
    "acl": "anterior cruciate", "section": "cesarean", "replacement": "arthroplasty",
}  # fmt: skip
_SHORTEST = 3


def procedures_named(phrase: str, *, known: Sequence[Procedure]) -> tuple[ProcedureId, ...]:
    """The procedures of which every word of the phrase begins a word: "lap choles" is Laparoscopic cholecystectomy.

    A phrase of one short word names none: it would fit too much.
    """
    words = [singular(word) for word in normalise(phrase).split() if word not in _NO_WORDS]
    if not words or (len(words) == 1 and len(words[0]) < _SHORTEST):
        return ()
    fitting = []
    for procedure in known:
        name = [singular(word) for word in normalise(procedure.name).replace("-", " ").split()]
        if all(_begins(word, name) or any(_begins(part, name) for part in _long(word)) for word in words):
            fitting.append(procedure.id)
    return tuple(fitting)


_NO_WORDSS = """
a an the of for in case cases surgery surgeries procedure procedures operation operations per each all
"""
_NO_WORDS = frozenset(_NO_WORDSS.split())


def _begins(word: str, name: Sequence[str]) -> bool:
    return len(word) >= _SHORTEST and any(one.startswith(word) for one in name)


def _long(word: str) -> tuple[str, ...]:
    whole = _ABBREVIATIONS.get(word, "")
    return (whole.split()[-1],) if whole else ()
