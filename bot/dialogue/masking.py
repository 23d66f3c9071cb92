"""A message made fit to be kept for labelling: who it is about, and every number that may be somebody's, gone.

Nothing is kept because it looks harmless; it is kept because it is known to be: a word of the catalogue or a place of the
hospital under its label, a plain word outside the labels. What a label stands for and is not known becomes the label's name
("used 2 gloves on PATIENT"); a word without a label that is not known drops the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.dialogue.plain_words import PLAIN_WORDS
from bot.understanding.evidence import Evidence, Mention
from bot.understanding.heard import HIDDEN, discreet
from bot.understanding.meaning import Meaning, Span
from domain.model.wording import normalise, singular
from domain.ports import CatalogueSearch, LabelledSpan, PlaceSearch, UnitOfWork

type Known = Callable[[str], bool]
"""Is this word or name one of the hospital's own?"""

_ALWAYS = frozenset({"patient", "case", "provider", "order", "lot", "serial", "supplier"})
"""Labels whose words never stay: people, cases, and numbers that lead to them."""

_DIGITS = 5
"""So many digits in one label are a number of somebody or something, whatever it is labelled."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SYMBOLS = re.compile(r"[@#\\{}\[\]<>|_]|https?:|www\.")
_TITLE = re.compile(
    r"\b(?:dr|doctor|prof|professor|mr|mrs|ms|miss|nurse|surgeon|patient|patients|pt|pts|mrn|dob|born|named|called|name|baby|kid)\b"
    r"[\s.:#'’s]*(?P<next>[^\W\d_]{2,})",
    re.IGNORECASE,
)
_TITLES = frozenset(["dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss"])
_SMALL = """
is was has had in on at from to for and or the a an we i they she he it of with who what needs wants got gets use used uses room
bed care count charge station unit asked asking says said
"""
_AFTER_TITLE = frozenset(_SMALL.split())
_NUMBER = re.compile(r"(?<![^\W_])[\w./-]*\d[\w./-]*")
_SPOKEN = re.compile(
    r"\b(?:(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|thousand)[\s-]+){3,}(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
_HIDDEN_RUN = re.compile(rf"[\w-]*{HIDDEN}[\w{HIDDEN}-]*(?:\s+{HIDDEN}[{HIDDEN}-]*)*")
"""A number that was hidden, in words too: "••• ••••" is one."""
_LETTER_AND_DIGITS = re.compile(r"(?=.*[^\W\d_])(?=(?:.*\d){3})")


@dataclass(frozen=True, slots=True)
class Masked:
    """Text and labels that may be kept; both are empty where it was not certain that they may."""

    text: str = ""
    spans: tuple[LabelledSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    entity: str = ""
    role: str = ""


class Masker:
    """Knows the hospital's own words by its two searches and its catalogue."""

    def __init__(self, items: CatalogueSearch, places: PlaceSearch) -> None:
        self._items = items
        self._places = places

    def mask(self, meaning: Meaning, *, uow: UnitOfWork) -> Masked:
        """The message as it may be kept. Never raises for what people type; store errors pass through."""
        return masked(
            meaning,
            is_item=lambda words: self._is_item(words, uow=uow),
            is_place=lambda words: self._is_place(words, uow=uow),
        )

    def known(self, evidence: Evidence, *, uow: UnitOfWork) -> Evidence:
        """The evidence with the hospital's own words for things and places alone: what may stand on a button.

        Whatever else somebody typed, a person's name perhaps, is left out of it.
        """
        things = []
        for mention in evidence.things:
            sizes = tuple(size for size in mention.sizes if _is_plain(size))
            if self._is_item(mention.text, uow=uow):
                things.append(replace(mention, sizes=sizes))
        rest = evidence.rest if evidence.rest and self._is_item(evidence.rest, uow=uow) else ""
        if rest and not evidence.things:
            things.append(Mention(rest, tuple(size for size in evidence.sizes if _is_plain(size))))
        return replace(
            evidence,
            things=tuple(things),
            places=tuple(place for place in evidence.places if self._is_place(place, uow=uow)),
            numbers=tuple(number for number in evidence.numbers if _is_plain(number)),
        )

    def _is_item(self, words: str, *, uow: UnitOfWork) -> bool:
        """Is every word one that stands in the names of the items found by them?"""
        hits = [hit.item_id for hit in self._items.find(words).hits]
        known: set[str] = set()
        for item in uow.catalogue.many(hits).values():
            for name in (item.name, item.family, item.brand, item.category, item.size, *item.synonyms):
                known.update(_singulars(name))
        return all(word in known or word in PLAIN_WORDS for word in _singulars(words))

    def _is_place(self, words: str, *, uow: UnitOfWork) -> bool:
        """Is this the very name or alias of a place, or made of plain words ("supply room")?"""
        said = normalise(words)
        tree = uow.places.tree()
        hits = self._places.find(words).hits
        names = {
            normalise(name)
            for hit in hits
            if hit.place_id in tree
            for name in (tree.get(hit.place_id).name, *tree.get(hit.place_id).aliases)
        }
        return said in names or all(word in PLAIN_WORDS for word in said.split())


def masked(meaning: Meaning, *, is_item: Known, is_place: Known) -> Masked:
    """See ``Masker.mask``; the hospital's words are given as two questions."""
    if _SYMBOLS.search(meaning.text):
        return Masked()
    hidden, _ = discreet(meaning)
    pieces = list(_pieces(meaning, hidden.text))
    kept: list[_Piece] = []
    for piece in pieces:
        if piece.entity:
            stays = _stays(piece, is_item=is_item, is_place=is_place)
            kept.append(piece if stays else _Piece(piece.entity.upper(), piece.entity, piece.role))
            continue
        plain = _without_numbers(piece.text)
        if not _is_plain(plain):
            return Masked()
        kept.append(_Piece(plain))
    made = _joined(kept)
    return made if _names_nobody(made) else Masked()


def _pieces(meaning: Meaning, hidden: str) -> list[_Piece]:
    """The text in order, parted by its labels. A number that was recognised as a patient's is a piece of its own."""
    spans = list(meaning.spans)
    for found in _HIDDEN_RUN.finditer(hidden):
        over = [s for s in spans if s.start < found.end() and found.start() < s.end]
        start = min([found.start(), *(s.start for s in over)])
        end = max([found.end(), *(s.end for s in over)])
        spans = [s for s in spans if s not in over] + [Span("patient", meaning.text[start:end], start, end)]
    pieces: list[_Piece] = []
    at = 0
    for span in sorted(spans, key=lambda s: s.start):
        if span.start < at:
            continue
        pieces.append(_Piece(meaning.text[at : span.start]))
        pieces.append(_Piece(meaning.text[span.start : span.end], span.entity, span.role))
        at = span.end
    pieces.append(_Piece(meaning.text[at:]))
    return [piece for piece in pieces if piece.text]


def _stays(piece: _Piece, *, is_item: Known, is_place: Known) -> bool:
    if piece.entity in _ALWAYS or sum(c.isdigit() for c in piece.text) >= _DIGITS:
        return False
    if _DATE.search(piece.text) or _SPOKEN.search(piece.text) or _TITLE.search(piece.text):
        return False
    if piece.entity == "item":
        return is_item(piece.text)
    if piece.entity == "location":
        return is_place(piece.text)
    return _is_plain(piece.text)


def _without_numbers(text: str) -> str:
    """Spoken and written numbers that may be somebody's become NUMBER; "2", "7.5" and "4x4" stay."""
    text = _SPOKEN.sub("NUMBER", text)
    return _NUMBER.sub(lambda m: m[0] if _is_small(m[0]) else "NUMBER", text)


def _is_small(number: str) -> bool:
    digits = sum(c.isdigit() for c in number)
    if _DATE.search(number):
        return False
    return digits < 3 or (digits < _DIGITS - 1 and not _LETTER_AND_DIGITS.search(number))


def _is_plain(text: str) -> bool:
    """Nothing but words that name nobody; letters that stick to a figure ("16fr") are a unit's."""
    for word in _WORD.findall(re.sub(r"\d[\w./-]*", " ", text)):
        if word == "NUMBER" or word.casefold() in _TITLES:
            continue  # what stands behind a title is looked at last
        if word.casefold().replace("’", "'") not in PLAIN_WORDS:
            return False
    return True


def _joined(pieces: list[_Piece]) -> Masked:
    text = ""
    spans: list[LabelledSpan] = []
    for piece in pieces:
        if piece.entity:
            spans.append(LabelledSpan(piece.entity, len(text), len(text) + len(piece.text), piece.role))
        text += piece.text
    return Masked(text, tuple(spans))


def _names_nobody(made: Masked) -> bool:
    """The last look, at the result: no run of digits, and behind "dr" or "patient" a label or a small word."""
    if re.search(r"(?:\d[\s./-]{0,2}){5,}", made.text):
        return False
    labels = {span.start for span in made.spans}
    for found in _TITLE.finditer(made.text):
        following = found["next"].casefold()
        if found.start("next") not in labels and following not in _AFTER_TITLE and following != "number":
            return False
    return True


def _singulars(words: str) -> set[str]:
    return {singular(word) for word in normalise(words).split() if any(c.isalpha() for c in word)}
