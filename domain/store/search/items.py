"""The item index: from what a clinician calls a thing to the items that may be meant, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.model.ids import ItemId
from domain.model.item import Item
from domain.ports import CatalogueSearch, ItemHit, ItemSearchResult, Verdict
from domain.store.search.calibration import chance
from domain.store.search.codes import CodeHit, plain_code
from domain.store.search.documents import Documents, Floats
from domain.store.search.question import Question, QuestionReader
from domain.store.search.sizing import Fit, SizeTable
from domain.store.search.synonyms import Synonyms, hospital_synonyms

LONGEST_QUESTION = 300
"""Characters of a question that are read: an item's name is shorter, a pasted page is no name."""
GAP = 0.06
"""Items this close to the best score fit equally well."""
PHRASE_BONUS = 0.04
FOCUS_BONUS = 0.03
KIT_MALUS = 0.07
"""More than GAP: a tray that holds the thing does not tie with the thing itself. It tells equals apart, not chances."""
SURE_CHANCE = 0.6
FOUND_CHANCE = 0.0005
"""Below it hits are suggestions only; above, asking costs little and helps."""
SUGGESTION_COVERAGE = 0.34
MOST_EQUALS = 100


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Positions of the equally fitting items, best first (some of ``count``), with the coverage of the best."""

    positions: tuple[int, ...]
    count: int
    coverage: float
    kept: int


NOTHING = ItemSearchResult(Verdict.NOT_FOUND, ())


class ItemIndex(CatalogueSearch):
    """All items in memory, read-only once built: one object serves every thread.

    ``items`` may be a generator; it is read once and the items themselves are not kept.
    """

    def __init__(self, items: Iterable[Item], *, synonyms: Synonyms | None = None) -> None:
        table = hospital_synonyms() if synonyms is None else synonyms
        self._documents = Documents(items, synonyms=table)
        self._sizes = SizeTable(self._documents.size_sets)
        self._reader = QuestionReader(self._documents, synonyms=table)

    def __len__(self) -> int:
        return len(self._documents)

    def find(
        self, text: str, *, size: str = "", kept: frozenset[ItemId] | None = None, limit: int = 10
    ) -> ItemSearchResult:
        """See ports.CatalogueSearch. Never raises for any text; an empty one is NOT_FOUND without hits."""
        text, size = text[:LONGEST_QUESTION].strip(), size[:LONGEST_QUESTION].strip()
        if limit < 1 or not (text or size) or not len(self._documents):
            return NOTHING
        codes = self._documents.codes.exact(text) if any(c.isdigit() for c in text) else []
        if codes and (len(plain_code(text)) >= 4 or not text.isdigit()):
            return self._of_codes(codes, kept=kept, limit=limit)
        question = self._reader.read(text, size=size)
        inner = [word.codes for word in question.words if word.codes and len(word.text) >= 5]
        if len(inner) == 1 and len(inner[0]) == 1:
            return self._of_codes(list(inner[0]), kept=kept, limit=limit)
        if not question.words and not question.sizes:
            return NOTHING
        return self._of_words(question, text, kept=kept or frozenset(), limit=limit)

    def strength(self, text: str, *, size: str = "") -> tuple[float, ItemId | None]:
        """The best item by words and its score, 0..1, before any verdict: what calibration is fitted to."""
        question = self._reader.read(text[:LONGEST_QUESTION], size=size[:LONGEST_QUESTION])
        if not question.words and not question.sizes:
            return 0.0, None
        ranked = self._ranked(question, kept=frozenset())[0]
        return ranked.coverage, self._documents.item_id(ranked.positions[0]) if ranked.positions else None

    # --------------------------------------------------------------------------------------------- codes

    def _of_codes(
        self, codes: list[CodeHit], *, kept: frozenset[ItemId] | None, limit: int
    ) -> ItemSearchResult:
        hits = [(self._documents.item_id(code.position), code.pack_unit) for code in codes]
        hits.sort(key=lambda hit: (hit[0] not in (kept or ()), hit[0]))
        share = 0.99 / len(hits)
        found = tuple(ItemHit(item_id, share, unit) for item_id, unit in hits[:limit])
        return ItemSearchResult(Verdict.SURE if len(hits) == 1 else Verdict.ASK, found)

    # --------------------------------------------------------------------------------------------- words

    def _of_words(
        self, question: Question, text: str, *, kept: frozenset[ItemId], limit: int
    ) -> ItemSearchResult:
        documents = self._documents
        ranked, coverage, focus, fit = self._ranked(question, kept=kept)
        if not question.words and not bool(fit.has.any()):
            return self._suggestions(text, _Ranked((), 0, 0.0, 0), limit=limit)
        likely = chance(ranked.coverage)
        if question.sizes:
            missing = self._other_sizes(question, coverage, focus, fit, ranked)
            if missing is not None:
                return self._not_found(missing, limit=min(limit, 10))
        if likely < FOUND_CHANCE:
            return self._suggestions(text, ranked, limit=limit)
        count = ranked.count
        alone = count == 1 or ranked.kept == 1
        if alone and likely >= SURE_CHANCE:
            rest = (1.0 - likely) / max(1, count - 1)
            hits = tuple(
                ItemHit(documents.item_id(p), likely if place == 0 else min(rest, likely / 4))
                for place, p in enumerate(ranked.positions[:limit])
            )
            return ItemSearchResult(Verdict.SURE, hits)
        share = likely / count
        return ItemSearchResult(
            Verdict.ASK, tuple(ItemHit(documents.item_id(p), share) for p in ranked.positions[:limit])
        )

    def _ranked(self, question: Question, *, kept: frozenset[ItemId]) -> tuple[_Ranked, Floats, Floats, Fit]:
        """The best items, with coverage and focus by document and the fit by size set that they came from."""
        documents = self._documents
        coverage = self._reader.coverage(question)
        fit = self._sizes.fit(question.sizes)
        focus = self._focus(question)
        scores = coverage + self._phrase_bonus(question)
        by_item = scores[documents.doc_of] * fit.factor[documents.size_set_of]
        spoken = {word_id for word in question.words for word_id in word.readings}
        lean = FOCUS_BONUS * focus
        if not spoken & documents.kit_words:
            lean = lean - KIT_MALUS * documents.in_kit
        return self._equals(lean, by_item, kept=kept), coverage, focus, fit

    def _phrase_bonus(self, question: Question) -> Floats:
        """A little more for documents that are called exactly so: a ward's own word, a brand, a family, a name."""
        bonus = np.zeros(self._documents.count, dtype=np.float32)
        if question.plain:
            bonus[self._documents.called(question.plain)] = PHRASE_BONUS
        return bonus

    def _focus(self, question: Question) -> Floats:
        """By document: the share of its own name that the question spoke of, 0..1."""
        documents = self._documents
        spoken = np.zeros(documents.count, dtype=np.float32)
        for word_id in {word_id for word in question.words for word_id in word.readings}:
            rows, _ = documents.name_postings.of(word_id)
            spoken[rows] += documents.rarity[word_id]
        return np.asarray(spoken / documents.name_weight, dtype=np.float32)

    def _equals(self, lean: Floats, by_item: Floats, *, kept: frozenset[ItemId]) -> _Ranked:
        """The items that fit as well as the best, ordered: kept here, by name, then from small to large."""
        documents = self._documents
        if float(by_item.max()) <= 0.0:
            return _Ranked((), 0, 0.0, 0)
        total = by_item + lean[documents.doc_of]
        tier = np.flatnonzero(total >= total.max() - GAP)
        at_place = self._kept(tier, kept)
        doc_of = documents.doc_of[tier]
        by_doc = np.zeros(documents.count, dtype=np.float32)
        np.maximum.at(by_doc, doc_of, np.round(total[tier], 3))
        order = np.lexsort(
            (
                documents.ids[tier],
                self._sizes.rank[documents.size_set_of[tier]],
                doc_of,
                -by_doc[doc_of],
                ~at_place,
            )
        )
        positions = tuple(int(p) for p in tier[order[:MOST_EQUALS]])
        return _Ranked(positions, len(tier), min(float(by_item[positions[0]]), 1.0), int(at_place.sum()))

    def _kept(self, tier: NDArray[np.intp], kept: frozenset[ItemId]) -> NDArray[np.bool_]:
        if not kept:
            return np.zeros(len(tier), dtype=np.bool_)
        if len(tier) * 4 < len(kept):
            return np.array([int(i) in kept for i in self._documents.ids[tier]], dtype=np.bool_)
        return np.isin(self._documents.ids[tier], np.fromiter(kept, dtype=np.int64, count=len(kept)))

    # ------------------------------------------------------------------------------------------ not found

    def _other_sizes(
        self, question: Question, coverage: Floats, focus: Floats, fit: Fit, ranked: _Ranked
    ) -> _Ranked | None:
        """The product in its other sizes, where it is plainly meant and none has the asked size; else None."""
        documents = self._documents
        if not question.words:
            return None
        differs = fit.differs[documents.size_set_of]
        by_item = np.where(differs, coverage[documents.doc_of], np.float32(0))
        best_other = float(by_item.max())
        if chance(best_other) < SURE_CHANCE:
            return None
        if ranked.positions:
            winner = ranked.positions[0]
            own = float(coverage[documents.doc_of[winner]])
            has = bool(fit.has[documents.size_set_of[winner]])
            if own >= best_other + (-0.08 if has else 0.1):
                return None
        others = self._equals(FOCUS_BONUS * focus, by_item, kept=frozenset())
        nearest = sorted(
            others.positions,
            key=lambda p: self._sizes.distance(int(documents.size_set_of[p]), question.sizes),
        )
        return _Ranked(tuple(nearest), others.count, others.coverage, 0)

    def _not_found(self, ranked: _Ranked, *, limit: int) -> ItemSearchResult:
        share = 0.3 / max(1, ranked.count)
        hits = tuple(ItemHit(self._documents.item_id(p), share) for p in ranked.positions[:limit])
        return ItemSearchResult(Verdict.NOT_FOUND, hits)

    def _suggestions(self, text: str, ranked: _Ranked, *, limit: int) -> ItemSearchResult:
        begun = self._documents.codes.beginning(text, limit=min(5, limit)) if text else []
        if begun:
            unique = dict.fromkeys(hit.position for hit in begun)
            ranked = _Ranked(tuple(unique), len(unique), 1.0, 0)
        if ranked.coverage < SUGGESTION_COVERAGE:
            return NOTHING
        return self._not_found(ranked, limit=min(5, limit))
