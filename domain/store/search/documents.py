"""The searchable side of a catalogue: one document for all sizes of a product, word postings, size sets.

Items of one family differ by size only, so words are kept once a family and sizes once a combination: a catalogue of
100,000 items needs a few tens of megabytes, and a question scores documents first and sizes second.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from domain.model.ids import ItemId
from domain.model.item import Item
from domain.model.size import Measure, Size, parse_sizes
from domain.store.search.codes import CodeTable
from domain.store.search.synonyms import Synonyms
from domain.store.search.terms import Terms, terms_of
from domain.store.search.vocabulary import Vocabulary

NAME_WEIGHT = 1.0
WARD_WEIGHT = 0.95
WARD_PART_WEIGHT = 0.85
"""A word of a longer ward phrase: "trach" alone should not find the "trach ties"."""
ACCESSORY_WEIGHT = 0.7
"""A word behind "with": a suction kit with gloves is no glove."""
FOR_WEIGHT = 0.8
"""A word that only the size field has: the stabiliser in the version for a Foley is no Foley."""
KITS = ("tray", "kit")
"""Names that say a thing comes among others: a chest tube tray is no chest tube, unless one asks for trays."""
MAKER_WEIGHT = 0.9
CATEGORY_WEIGHT = 0.5

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SizeSet:
    """The sizes of an item: ``primary`` its size field, ``named`` further ones in its name."""

    primary: tuple[Size, ...]
    named: tuple[Size, ...]


@dataclass(slots=True)
class _Draft:
    """What is gathered while items stream by."""

    words: dict[str, int] = field(default_factory=dict)
    docs: dict[tuple[object, ...], int] = field(default_factory=dict)
    doc_words: list[tuple[tuple[int, float], ...]] = field(default_factory=list)
    doc_name_words: list[tuple[int, ...]] = field(default_factory=list)
    brand_words: set[str] = field(default_factory=set)
    phrases: set[tuple[int, int]] = field(default_factory=set)
    size_sets: dict[tuple[tuple[Size, ...], tuple[Size, ...]], int] = field(default_factory=dict)
    sizes_of: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def word(self, word: str) -> int:
        return self.words.setdefault(word, len(self.words))


class Postings:
    """Rows of (document, weight) by word, in one block of memory."""

    def __init__(self, rows: Iterable[tuple[tuple[int, float], ...]], *, words: int) -> None:
        word_ids, documents, weights = array("i"), array("i"), array("f")
        for document, row in enumerate(rows):
            for word, weight in row:
                word_ids.append(word)
                documents.append(document)
                weights.append(weight)
        keys = np.frombuffer(word_ids, dtype=np.int32) if word_ids else np.zeros(0, np.int32)
        order = np.argsort(keys, kind="stable")
        self._documents: Ints = np.array(documents, dtype=np.int32)[order]
        self._weights: Floats = np.array(weights, dtype=np.float32)[order]
        self._starts = np.searchsorted(keys[order], np.arange(words + 1)).astype(np.int64)

    def of(self, word: int) -> tuple[Ints, Floats]:
        start, stop = self._starts[word], self._starts[word + 1]
        return self._documents[start:stop], self._weights[start:stop]

    @property
    def frequency(self) -> Ints:
        return np.diff(self._starts).astype(np.int32)


class Documents:
    """Built once from items, then only read. Positions are the order of the items given."""

    def __init__(self, items: Iterable[Item], *, synonyms: Synonyms) -> None:
        draft = _Draft()
        ids, doc_of, sizes_of = array("q"), array("i"), array("i")
        codes: list[tuple[str, int, str]] = []
        for position, item in enumerate(items):
            ids.append(item.id)
            document, name_rest = _document(item, draft, synonyms)
            doc_of.append(document)
            sizes_of.append(_size_set(item, name_rest, draft))
            codes.extend(CodeTable.rows_of(item, position))
        self.ids = np.array(ids, dtype=np.int64)
        self.doc_of: Ints = np.array(doc_of, dtype=np.int32)
        self.size_set_of: Ints = np.array(sizes_of, dtype=np.int32)
        self.codes = CodeTable(codes)
        self.vocabulary = Vocabulary(draft.words)
        self.brand_words = frozenset(draft.brand_words)
        self.postings = Postings(draft.doc_words, words=len(draft.words))
        self.count = len(draft.doc_words)
        frequency = np.maximum(self.postings.frequency, 1)
        self.rarity: Floats = np.log1p(self.count / frequency).astype(np.float32)
        self.name_postings = Postings(
            (tuple((word, 1.0) for word in row) for row in draft.doc_name_words), words=len(draft.words)
        )
        self.name_weight: Floats = np.array(
            [max(float(self.rarity[list(row)].sum()), 1.0) for row in draft.doc_name_words], dtype=np.float32
        )
        self.kit_words = frozenset(draft.words[word] for word in KITS if word in draft.words)
        self.in_kit = np.zeros(self.count, dtype=np.bool_)
        for word in self.kit_words:
            self.in_kit[self.name_postings.of(word)[0]] = True
        pairs = np.array(sorted(draft.phrases), dtype=np.int64).reshape(-1, 2)
        self._phrase_keys = pairs[:, 0].copy()
        self._phrase_docs: Ints = pairs[:, 1].astype(np.int32)
        self.size_sets = tuple(SizeSet(primary, named) for primary, named in draft.size_sets)

        terms_of.cache_clear()

    def called(self, words: Sequence[str]) -> Ints:
        """Documents whose name, family or ward's own word is made of exactly these words, in any order."""
        key = _phrase_key(words)
        start, stop = np.searchsorted(self._phrase_keys, (key, key + 1))
        return self._phrase_docs[start:stop]

    def item_id(self, position: int) -> ItemId:
        return ItemId(int(self.ids[position]))

    def __len__(self) -> int:
        return len(self.ids)


def _parts(text: str) -> tuple[Terms, ...]:
    """The terms of a name piece by piece: commas part what is never one number, and the pieces repeat."""
    return tuple(terms_of(piece) for piece in text.split(", ") if piece)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in _parts(text) for word in part.words)


def _rest_of_name(item: Item) -> str:
    if item.family and item.family in item.name:
        return item.name.replace(item.family, " ", 1)
    return item.name


def _document(item: Item, draft: _Draft, synonyms: Synonyms) -> tuple[int, str]:
    rest = _rest_of_name(item)
    rest_words = _words(rest)
    size_words = terms_of(item.size).words if item.size else ()
    key = (
        item.family, item.brand, item.manufacturer, item.category, item.synonyms, rest_words, size_words,
    )  # fmt: skip
    known = draft.docs.get(key)
    if known is not None:
        return known, rest
    document = draft.docs[key] = len(draft.doc_words)
    name = [*_words(item.family), *rest_words, *size_words]
    weights = _name_weights(item, rest_words, size_words)
    draft.brand_words.update(terms_of(item.brand).words)
    concepts = synonyms.held_by(weights)
    for synonym in item.synonyms:
        words = terms_of(synonym).words
        for concept in synonyms.named(words):
            concepts[concept] = 1.0
        for word in words:
            ward = WARD_WEIGHT if len(words) == 1 else WARD_PART_WEIGHT
            weights[word] = max(weights.get(word, 0.0), ward)
        _remember(words, document, draft)
    for word in terms_of(item.manufacturer).words:
        weights.setdefault(word, MAKER_WEIGHT)
    for word in terms_of(item.category).words:
        weights.setdefault(word, CATEGORY_WEIGHT)
    _remember(tuple(name), document, draft)
    _remember(_words(item.family), document, draft)
    row = [(draft.word(word), weight) for word, weight in weights.items()]
    row.extend((draft.word(concept_word(concept)), trust) for concept, trust in concepts.items())
    draft.doc_words.append(tuple(row))
    draft.doc_name_words.append(tuple(dict.fromkeys(draft.word(word) for word in name)))
    return document, rest


def _name_weights(item: Item, rest: Iterable[str], size: Iterable[str]) -> dict[str, float]:
    """What a product is outweighs what comes with it and what it is made for."""
    weights: dict[str, float] = {}
    size = tuple(size)
    for part in item.family.split(", "):
        thing, _, accessories = part.partition(" with ")
        for word in terms_of(accessories).words:
            weights.setdefault(word, ACCESSORY_WEIGHT)
        weights.update(dict.fromkeys(terms_of(thing).words, NAME_WEIGHT))
    for word in rest:
        weights.setdefault(word, FOR_WEIGHT if word in size else NAME_WEIGHT)
    for word in size:
        weights.setdefault(word, FOR_WEIGHT)
    return weights | dict.fromkeys(terms_of(item.brand).words, NAME_WEIGHT)


def concept_word(concept: int) -> str:
    """The word under which documents of a concept are posted; nobody types it."""
    return f"§{concept}"


def _remember(words: tuple[str, ...], document: int, draft: _Draft) -> None:
    if words:
        draft.phrases.add((_phrase_key(words), document))


def _phrase_key(words: Sequence[str]) -> int:
    """A hash in place of the words: two phrases that share one (1 in 10^18) would only share a small bonus."""
    return hash(tuple(sorted(words))) >> 1


def _size_set(item: Item, rest: str, draft: _Draft) -> int:
    key = (item.size, item.family, rest)
    known = draft.sizes_of.get(key)
    if known is None:
        primary = parse_sizes(item.size)
        elsewhere = [size for part in (*_parts(item.family), *_parts(rest)) for size in part.sizes]
        named = tuple(dict.fromkeys(size for size in elsewhere if size not in primary))
        known = draft.size_sets.setdefault((primary, named), len(draft.size_sets))
        draft.sizes_of[key] = known
    return known


def measures_of(size_set: SizeSet) -> Iterable[Measure]:
    for size in (*size_set.primary, *size_set.named):
        yield from size.measures
