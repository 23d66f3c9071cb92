"""The item index: from what a clinician calls a thing to the items that may be meant, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

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
PHRASE_BONUS = 0.05
FOCUS_BONUS = 0.04
SURE_CHANCE = 0.6
FOUND_CHANCE = 0.35
SUGGESTION_COVERAGE = 0.34
MOST_EQUALS = 4_000


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Positions of the equally fitting items, best first, with the coverage of the best."""

    positions: tuple[int, ...]
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
        coverage = self._reader.coverage(question)
        fit = self._sizes.fit(question.sizes)
        scores = coverage + self._phrase_bonus(question)
        by_item = scores[documents.doc_of] * fit.factor[documents.size_set_of]
        ranked = self._equals(question, by_item, coverage, kept=kept)
        likely = chance(ranked.coverage)
        if question.sizes:
            missing = self._other_sizes(question, coverage, fit, ranked, kept=kept)
            if missing is not None:
                return self._not_found(missing, limit=min(limit, 10))
        if likely < FOUND_CHANCE:
            return self._suggestions(text, ranked, limit=limit)
        count = len(ranked.positions)
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

    def _phrase_bonus(self, question: Question) -> Floats:
        """A little more for documents that are called exactly so: a ward's own word, a brand, a family, a name."""
        bonus = np.zeros(self._documents.count, dtype=np.float32)
        for document in self._documents.phrases.get(question.plain, ()):
            bonus[document] = PHRASE_BONUS
        return bonus

    def _focus(self, question: Question, document: int) -> float:
        """The share of the document's own name that the question spoke of, 0..1."""
        own = self._documents.name_words[document]
        if not own:
            return 0.0
        asked = {word_id for word in question.words for word_id in word.readings}
        rarity = self._documents.rarity
        total = sum(float(rarity[word]) for word in own)
        return sum(float(rarity[word]) for word in own if word in asked) / total

    def _equals(
        self, question: Question, by_item: Floats, coverage: Floats, *, kept: frozenset[ItemId]
    ) -> _Ranked:
        documents = self._documents
        best = float(by_item.max())
        if best <= 0.0:
            return _Ranked((), 0.0, 0)
        near = np.flatnonzero(by_item >= best - GAP - FOCUS_BONUS)
        if len(near) > MOST_EQUALS:
            near = near[np.argsort(-by_item[near], kind="stable")[:MOST_EQUALS]]
        focus = {int(d): self._focus(question, int(d)) for d in np.unique(documents.doc_of[near])}
        total = {int(p): float(by_item[p]) + FOCUS_BONUS * focus[int(documents.doc_of[p])] for p in near}
        top = max(total.values())
        tier = [p for p, score in total.items() if score >= top - GAP]
        at_place = {p for p in tier if documents.item_id(p) in kept} if kept else set()
        first_of_doc: dict[int, float] = {}
        for p in tier:
            document = int(documents.doc_of[p])
            first_of_doc[document] = max(first_of_doc.get(document, 0.0), total[p])
        ranks = self._sizes.rank[documents.size_set_of]
        tier.sort(
            key=lambda p: (
                p not in at_place,
                -round(first_of_doc[int(documents.doc_of[p])], 3),
                int(documents.doc_of[p]),
                int(ranks[p]),
                int(documents.ids[p]),
            )
        )
        winner = tier[0]
        bonus_free = float(by_item[winner])
        return _Ranked(tuple(tier), min(bonus_free, 1.0), len(at_place))

    # ------------------------------------------------------------------------------------------ not found

    def _other_sizes(
        self, question: Question, coverage: Floats, fit: Fit, ranked: _Ranked, *, kept: frozenset[ItemId]
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
            if own >= best_other + (-0.2 if has else 0.1):
                return None
        return self._equals(question, by_item, coverage, kept=kept)

    def _not_found(self, ranked: _Ranked, *, limit: int) -> ItemSearchResult:
        share = 0.3 / max(1, len(ranked.positions))
        hits = tuple(ItemHit(self._documents.item_id(p), share) for p in ranked.positions[:limit])
        return ItemSearchResult(Verdict.NOT_FOUND, hits)

    def _suggestions(self, text: str, ranked: _Ranked, *, limit: int) -> ItemSearchResult:
        begun = self._documents.codes.beginning(text, limit=min(5, limit)) if text else []
        if begun:
            unique = dict.fromkeys(hit.position for hit in begun)
            ranked = _Ranked(tuple(unique), 1.0, 0)
        if ranked.coverage < SUGGESTION_COVERAGE:
            return NOTHING
        return self._not_found(ranked, limit=min(5, limit))
