"""What labels leave out by rule or by mistake, read from the words between them: "a", "a couple of", "the rest", a letter size."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from bot.understanding.amounts import Amount, AmountKind, amount_of
from bot.understanding.atom import Atom, Kind
from bot.understanding.meaning import Span
from domain.model.size import Dimension, parse_sizes

ARTICLE = re.compile(
    r"\b(?:a|an|another|one more)(?:\s+(?:new|sterile|single|extra|spare|full|fresh|whole|second|unopened"
    r"|regular|size|number|no\.?|loose))*\s*$",
    re.IGNORECASE,
)

COUPLE = re.compile(r"\b(?:a|the)? ?couple(?: of| more)*\s*$", re.IGNORECASE)
FEW = re.compile(
    r"\b(?:a few|several|some|a bunch of|lots of|a handful of|a stack of|a bit of)(?: more| extra)?\s*$",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:the|our|my|their) last\s*$", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|zero|out of)(?: more)?\s*$", re.IGNORECASE)
_ALL = re.compile(
    r"\ball(?: (?:of )?(?:the|our|my|your|their|those|these))?(?: remaining| open| other)?\s*$", re.IGNORECASE
)
_REST = re.compile(r"\b(?:the|all the) (?:rest|remaining|remainder|others?)\b(?! one)", re.IGNORECASE)
_LAST_ONE = re.compile(r"\b(?:the|our|my) last (?:one|(?P<n>two|three|four|\d{1,2}))\b", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"\beverything\b|\ball of (?:it|them)\b|\bthe whole (?:lot|thing)\b"
    r"|\bevery (?:single )?(?:one|last one)\b",
    re.IGNORECASE,
)


def unlabelled(text: str, atoms: list[Atom], spans: list[Span], *, counting: bool) -> list[Atom]:
    """What labels leave out by rule: "a" and "a couple of" before a thing, "the rest", "everything"."""
    made: list[Atom] = []
    taken = [(span.start, span.end) for span in spans] + [(atom.start, atom.end) for atom in atoms]

    def free(start: int, end: int) -> bool:
        return not any(start < e and s < end for s, e in taken)

    def add(start: int, end: int, amount: Amount) -> None:
        if free(start, end):
            piece = Atom(
                Kind.AMOUNT, start, end, text[start:end], amount=replace(amount, start=start, end=end)
            )
            made.append(piece)
            taken.append((start, end))

    ordered = sorted(atoms, key=lambda atom: atom.start)
    named = any(atom.kind is Kind.ITEM for atom in atoms)
    for match in _REST.finditer(text):
        behind = [atom for atom in ordered if atom.kind is Kind.AMOUNT and atom.start >= match.end()]
        if behind and not text[match.end() : behind[0].start].strip():
            continue  # "the other 2": the figure says it
        add(match.start(), match.end(), Amount(None, kind=AmountKind.REST))
    for match in _LAST_ONE.finditer(text):
        number = amount_of(match["n"]) if match["n"] else None
        quantity = number.quantity if number is not None else Fraction(1)
        add(match.start(), match.end(), Amount(quantity, kind=AmountKind.LAST))
    if not any(atom.kind is Kind.AMOUNT for atom in atoms):
        for match in _EVERYTHING.finditer(text):
            add(match.start(), match.end(), Amount(None, kind=AmountKind.ALL))
    for atom in ordered:
        if atom.kind not in (Kind.ITEM, Kind.SIZE) or (not named and atom.kind is Kind.SIZE):
            continue
        before = text[: atom.start]
        for pattern, amount in (
            (COUPLE, Amount(Fraction(2))),
            (FEW, Amount(None, kind=AmountKind.VAGUE)),
            (_LAST, Amount(Fraction(1), kind=AmountKind.LAST)),
            (_NONE, Amount(Fraction(0))),
            (_ALL, Amount(None, kind=AmountKind.ALL)),
            (ARTICLE, Amount(Fraction(1), article=True)),
        ):
            said = pattern.search(before)
            if pattern is _NONE and (not counting or _has_zero(atoms)):
                continue  # "no foleys left, send 5" asks for some; "no gowns here, set it to zero" says it already
            if said is not None:
                add(said.start(), len(before.rstrip()), amount)
                break
    return made


def _has_zero(atoms: list[Atom]) -> bool:
    return any(atom.amount is not None and atom.amount.quantity == 0 for atom in atoms)


_LETTERED = frozenset({Dimension.LETTER, Dimension.FRENCH, Dimension.GAUGE, Dimension.SUTURE})


def letter_sizes(text: str, atoms: list[Atom], spans: list[Span]) -> list[Atom]:
    """Sizes that no label holds but that can be nothing else: "L", "XL", "16 fr", "2-0" beside a thing."""
    if not any(atom.kind is Kind.ITEM for atom in atoms):
        return []
    made: list[Atom] = []
    for size in parse_sizes(text):
        said = text[size.start : size.end]
        taken = any(size.start < span.end and span.start < size.end for span in spans)
        if taken or not size.dimensions <= _LETTERED or len(size.measures) > 1:
            continue
        if Dimension.LETTER in size.dimensions and not (said.isupper() or len(said) > 3):
            continue  # "i'm", "s p d": a small letter is rarely a size
        made.append(Atom(Kind.SIZE, size.start, size.end, said))
    return made
