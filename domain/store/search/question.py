"""Reading a question against an index: what each word may stand for, which sizes and codes were asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.model.size import Dimension, Size, parse_sizes
from domain.model.wording import worded
from domain.store.search.codes import CodeHit
from domain.store.search.documents import Documents, Floats, concept_word
from domain.store.search.synonyms import Synonyms
from domain.store.search.terms import FORMS, MODIFIERS, is_code_like, negations_joined, parted, words_of_token
from domain.store.search.vocabulary import Vocabulary

MOST_WORDS = 16
CONCEPT_WEIGHT = 0.96
BRAND_CONCEPT_WEIGHT = 0.88
"""Asked by a brand that is stocked, other makes of the same thing stand well behind it."""
JOINED_WEIGHT = 0.97
MODIFIER_SHARE = 0.3
FORM_SHARE = 0.6
LEAST_RARITY = 0.7
UNKNOWN_SHARE = 0.75
"""A word of no item weighs as much as this part of the rarest known one."""
KNOWN = 0.7
"""A word counts as known when some reading of it weighs at least this."""


@dataclass(slots=True)
class AskedWord:
    """A word of the question; ``readings`` are word ids of the index with their weights."""

    text: str
    sized: bool
    readings: dict[int, float] = field(default_factory=dict)
    codes: tuple[CodeHit, ...] = ()

    def read_as(self, word_id: int, weight: float) -> None:
        if weight > self.readings.get(word_id, 0.0):
            self.readings[word_id] = weight


@dataclass(frozen=True, slots=True)
class Question:
    """``words`` that items should hold and ``sizes`` they should have; ``plain`` are the words as asked, sorted."""

    words: tuple[AskedWord, ...]
    sizes: tuple[Size, ...]
    plain: tuple[str, ...]


class QuestionReader:
    """Turns text into a Question for one index."""

    def __init__(self, documents: Documents, *, synonyms: Synonyms) -> None:
        self._documents = documents
        self._synonyms = synonyms
        self._vocabulary = documents.vocabulary
        missing = [
            word for word in sorted(synonyms.words) if word not in self._vocabulary.ids and len(word) > 3
        ]
        self._synonym_words = Vocabulary(missing)

    def read(self, text: str, *, size: str) -> Question:
        asked: list[AskedWord] = []
        sizes: list[Size] = []
        for part in (text, size):
            if part:
                words, found = self._split(part)
                asked.extend(words)
                sizes.extend(one for one in found if one not in sizes)
        asked = asked[:MOST_WORDS]
        dropped = self._read_words(asked)
        sizes = [one for one in sizes if one.text not in dropped]
        self._read_mentions(asked)
        meant = [word for word in asked if not word.sized]
        if not meant:
            # Nothing but a size: "four by fours" names a thing after all.
            meant = [word for word in asked if word.readings][:1]
        return Question(
            tuple(meant), tuple(sizes), tuple(sorted(word.text for word in asked if not word.sized))
        )

    def _split(self, text: str) -> tuple[list[AskedWord], list[Size]]:
        wording = worded(text)
        sizes = [
            one
            for one in parse_sizes(text)
            if not (one.measures[0].dimension is Dimension.NUMBER and one.measures[0].value >= 10_000)
        ]
        words: list[AskedWord] = []
        kept: list[Size] = list(sizes)
        before: Size | None = None
        for token in wording.tokens:
            inside = next((s for s in sizes if s.start <= token.start and token.end <= s.end), None)
            if inside is not None and inside is before:
                words[-1].text += token.text
                continue
            before = inside
            if inside is not None:
                words.append(AskedWord(token.text, sized=True))
                continue
            pieces = words_of_token(token.text)
            if len(pieces) == 1 and pieces[0] not in self._vocabulary.ids:
                halves = parted(pieces[0])
                if halves is not None and not is_code_like(token.text) and halves[0] in self._vocabulary.ids:
                    kept.extend(parse_sizes(halves[1]))
                    words.append(AskedWord(halves[0], sized=False))
                    words.append(AskedWord(halves[1], sized=True))
                    continue
            for piece in pieces:
                meant = "" if self._knows(piece) else _age_meant(piece)
                if meant:
                    kept.extend(parse_sizes(meant))
                words.append(AskedWord(piece, sized=bool(meant)))
        return _negations_joined(words), kept

    def _knows(self, word: str) -> bool:
        return word in self._vocabulary.ids or word in self._synonyms.words

    # ------------------------------------------------------------------------------------------ readings

    def _read_words(self, asked: list[AskedWord]) -> set[str]:
        """Fills the readings; gives the sizes that turned out to be parts of a name ("n 95", "jr 4")."""
        dropped: set[str] = set()
        ids = self._vocabulary.ids
        for word in asked:
            if word.sized:
                continue
            own = ids.get(word.text)
            if own is not None:
                word.read_as(own, 1.0)
            for like in self._vocabulary.prefixed(word.text):
                word.read_as(like.word_id, like.weight * (0.85 if own is not None else 1.0))
            for like in self._vocabulary.ending(word.text):
                word.read_as(like.word_id, like.weight)
            if any(c.isdigit() for c in word.text) and len(word.text) >= 3:
                word.codes = tuple(self._documents.codes.exact(word.text)[:50])
        for first, second in pairwise(asked):
            joined = first.text + second.text
            if (first.sized and second.sized) or not joined.isalnum():
                continue
            own = ids.get(joined)
            if own is not None:
                for word in (first, second):
                    if word.sized:
                        dropped.update(one.text for one in parse_sizes(word.text))
                    else:
                        word.read_as(own, JOINED_WEIGHT)
        for index, word in enumerate(asked):
            if not word.sized and max(word.readings.values(), default=0.0) < KNOWN and not word.codes:
                self._correct(asked, index)
        return dropped

    def _correct(self, asked: list[AskedWord], index: int) -> None:
        word = asked[index]
        for like in self._vocabulary.similar(word.text):
            word.read_as(like.word_id, like.weight)
        for neighbour in (index - 1, index + 1):
            if not 0 <= neighbour < len(asked) or asked[neighbour].sized:
                continue
            first, second = sorted((index, neighbour))
            joined = asked[first].text + asked[second].text
            if not joined.isalpha() or len(joined) < 6:
                continue
            other = asked[neighbour]
            for like in self._vocabulary.similar(joined):
                if like.weight > 0.6:
                    word.read_as(like.word_id, like.weight * 0.95)
                    other.read_as(like.word_id, like.weight * 0.95)
        for split in range(3, len(word.text) - 2):
            left, right = word.text[:split], word.text[split:]
            ids = self._vocabulary.ids
            if left in ids and right in ids and word.text.isalpha():
                word.read_as(ids[left], 0.8)
                word.read_as(ids[right], 0.8)

    def _read_mentions(self, asked: list[AskedWord]) -> None:
        variants = [[(word.text, 1.0)] for word in asked]
        for index, word in enumerate(asked):
            if word.sized:
                continue
            if word.text in self._synonyms.words or max(word.readings.values(), default=0.0) >= 0.95:
                continue
            for like in self._synonym_words.similar(word.text)[:1]:
                variants[index].append((self._synonym_words.words[like.word_id], like.weight))
            best = max(word.readings.items(), key=lambda pair: pair[1], default=None)
            if best is not None:
                variants[index].append((self._vocabulary.words[best[0]], best[1]))
        self._mention(asked, [options[0] for options in variants])
        for choice in (1, 2):
            if any(len(options) > choice for options in variants):
                self._mention(asked, [options[min(choice, len(options) - 1)] for options in variants])
        self._mention_joined(asked)

    def _mention(self, asked: list[AskedWord], chosen: list[tuple[str, float]]) -> None:
        for mention in self._synonyms.mentioned_in([text for text, _ in chosen]):
            said = chosen[mention.start : mention.stop]
            branded = any(text in self._documents.brand_words for text, _ in said)
            weight = (BRAND_CONCEPT_WEIGHT if branded else CONCEPT_WEIGHT) * min(weight for _, weight in said)
            for concept in mention.concepts:
                known = self._vocabulary.ids.get(concept_word(concept))
                if known is None:
                    continue
                for word in asked[mention.start : mention.stop]:
                    word.read_as(known, weight)

    def _mention_joined(self, asked: list[AskedWord]) -> None:
        """ "chlora prep" where the table writes "chloraprep", "e kg dots"."""
        for first, second in pairwise(asked):
            if first.sized or second.sized:
                continue
            joined = first.text + second.text
            concepts = list(self._synonyms.named((joined,)))
            weight = JOINED_WEIGHT
            if not concepts and len(joined) >= 6 and not (first.readings and second.readings):
                for like in self._synonym_words.similar(joined)[:1]:
                    concepts = list(self._synonyms.named((self._synonym_words.words[like.word_id],)))
                    weight = like.weight
            for concept in concepts:
                known = self._vocabulary.ids.get(concept_word(concept))
                if known is not None:
                    first.read_as(known, CONCEPT_WEIGHT * weight)
                    second.read_as(known, CONCEPT_WEIGHT * weight)

    # ------------------------------------------------------------------------------------------ scores

    def coverage(self, question: Question) -> Floats:
        """By document: the share of the question's words that it holds, each weighed by rarity; 0..1."""
        documents = self._documents
        total = np.zeros(documents.count, dtype=np.float32)
        weighed = 0.0
        unknown = UNKNOWN_SHARE * math.log1p(documents.count)
        for word in question.words:
            importance = self._importance(word, unknown)
            weighed += importance
            if not word.readings and not word.codes:
                continue
            held = np.zeros(documents.count, dtype=np.float32)
            for word_id, weight in sorted(word.readings.items(), key=lambda pair: pair[1]):
                rows, weights = documents.postings.of(word_id)
                held[rows] = np.maximum(held[rows], weights * np.float32(weight))
            for hit in word.codes:
                held[documents.doc_of[hit.position]] = 1.0
            total += held * np.float32(importance)
        if weighed:
            total /= np.float32(weighed)
        elif question.sizes:
            total += np.float32(0.9)
        return total

    def _importance(self, word: AskedWord, unknown: float) -> float:
        rarity = self._documents.rarity
        if word.text in self._vocabulary.ids:
            importance = float(rarity[self._vocabulary.ids[word.text]])
        elif word.readings:
            best = max(word.readings.values())
            importance = max(float(rarity[i]) for i, weight in word.readings.items() if weight >= best - 0.05)
        else:
            importance = unknown
        importance = max(importance, LEAST_RARITY)
        if word.text in MODIFIERS:
            return importance * MODIFIER_SHARE
        return importance * FORM_SHARE if word.text in FORMS else importance


_AGES = (
    "pediatric",
    "paediatric",
    "neonatal",
    "neonate",
    "newborn",
    "infant",
    "adult",
    "medium",
    "small",
    "large",
)


@lru_cache(maxsize=4096)
def _age_meant(word: str) -> str:
    """The age or letter size that an unknown word is a slip of; empty for none."""
    found = process.extractOne(word, _AGES, scorer=OSA.normalized_similarity, score_cutoff=0.8)
    return str(found[0]) if found is not None and len(word) >= 5 else ""


def _negations_joined(words: list[AskedWord]) -> list[AskedWord]:
    joined: list[AskedWord] = []
    for word in words:
        before = joined[-1] if joined else None
        if before is not None and not before.sized and not word.sized:
            together = negations_joined([before.text, word.text])
            if len(together) == 1:
                before.text = together[0]
                continue
        joined.append(word)
    return joined
