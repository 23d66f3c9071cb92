"""The place index: from what people call a unit, room, cart or shelf to the places that may be meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.model.ids import FacilityId, PlaceId
from domain.model.place import Place, PlaceKind, PlaceTree
from domain.ports import PlaceHit, PlaceSearch, PlaceSearchResult, Verdict
from domain.store.search.place_terms import place_terms
from domain.store.search.terms import sound_of

GAP = 0.05
GAP_NEAR = 0.16
"""Beside the place spoken of, a weaker name will do: "room 3" said in the OR suite is OR 3."""
FOUND = 0.62
SUGGESTED = 0.3
LONGEST_QUESTION = 200
_KIND_WORDS = {
    PlaceKind.ROOM: "room",
    PlaceKind.CART: "cart",
    PlaceKind.CABINET: "cabinet",
    PlaceKind.SHELF: "shelf",
    PlaceKind.BIN: "bin",
    PlaceKind.DOCK: "dock",
    PlaceKind.CORE: "core",
    PlaceKind.STOREROOM: "supply-room",
}
_BY_KIND = 0.9
"""What a place is by kind and number ("room 3" for OR 3) counts less than its name."""
_ABOVE = 0.97
"""A word that only a place further up bears ("ICU" of "ICU shelf B")."""
_NUMBER_APART = 0.85
"""The number belongs to the place and the word to one above it: "ICU 12" for room 12 of the ICU."""
_ANY_NUMBER = 0.7
"""Asked without a number, there with one: "OR" for OR 3."""
_OWN_WORDS = 0.15

NOTHING = PlaceSearchResult(Verdict.NOT_FOUND, ())


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    place: Place


@dataclass(frozen=True, slots=True)
class _Asked:
    """A term of the question: its readings as kind words with weights, and the number that goes with them."""

    words: dict[str, float]
    which: str

    @property
    def weight(self) -> float:
        return 1.4 if self.which else 1.0


class PlaceIndex(PlaceSearch):
    """All places in memory, read-only once built. ``tree`` is kept: it knows what lies inside what."""

    def __init__(self, tree: PlaceTree) -> None:
        self._tree = tree
        self._variants: dict[PlaceId, tuple[frozenset[str], ...]] = {}
        self._own: dict[PlaceId, dict[str, float]] = {}
        self._holders: dict[str, list[PlaceId]] = {}
        for place in tree:
            variants = dict.fromkeys(frozenset(place_terms(name)) for name in (place.name, *place.aliases))
            self._variants[place.id] = tuple(variant for variant in variants if variant)
            own = self._own[place.id] = {term: 1.0 for variant in variants for term in variant}
            by_kind = _by_kind(place, own)
            if by_kind:
                own.setdefault(by_kind, _BY_KIND)
            for key in {key for term in own for key in (term, *_halves(term))}:
                self._holders.setdefault(key, []).append(place.id)
        self._words = sorted({term.partition("#")[0] for own in self._own.values() for term in own} - {""})
        self._sounds: dict[str, list[str]] = {}
        for word in self._words:
            self._sounds.setdefault(_sound(word), []).append(word)
        self._similar = lru_cache(maxsize=4096)(self._similar_words)

    def find(
        self, text: str, *, facility_id: FacilityId | None = None, near: PlaceId | None = None, limit: int = 8
    ) -> PlaceSearchResult:
        """See ports.PlaceSearch. Never raises for any text; numbers must agree exactly, words may be misspelt."""
        asked = [self._asked(term) for term in place_terms(text[:LONGEST_QUESTION])]
        if not asked or limit < 1:
            return NOTHING
        scored = [
            _Scored(score, self._tree.get(place_id))
            for place_id in self._candidates(asked)
            if (score := self._score(place_id, asked)) > 0
        ]
        best = max((one.score for one in scored), default=0.0)
        if best < FOUND:
            return self._suggestions(asked, scored, facility_id=facility_id, limit=limit)
        tier = self._tier(scored, best, facility_id=facility_id, near=near)
        chance = min(0.98, best)
        if len(tier) == 1:
            return PlaceSearchResult(Verdict.SURE, (PlaceHit(tier[0].place.id, chance),))
        hits = tuple(PlaceHit(one.place.id, chance / len(tier)) for one in tier[:limit])
        return PlaceSearchResult(Verdict.ASK, hits)

    # --------------------------------------------------------------------------------------------- reading

    def _asked(self, term: str) -> _Asked:
        word, _, which = term.partition("#")
        if word in self._holders:
            return _Asked({word: 1.0}, which)
        return _Asked(dict(self._similar(word)), which)

    def _similar_words(self, word: str) -> tuple[tuple[str, float], ...]:
        """Words of place names that ``word`` may be a slip of, or sound like."""
        if len(word) < 3 or word.isdigit():
            return ()
        cutoff = 0.66 if len(word) <= 4 else 0.7
        weights = {
            match: likeness - 0.05
            for match, likeness, _ in process.extract(
                word, self._words, scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=5
            )
            if match[0] == word[0] or likeness >= 0.8
        }
        for match in self._sounds.get(_sound(word), ()):
            if OSA.normalized_similarity(word, match) >= 0.5 and len(_sound(word)) >= 2:
                weights[match] = max(weights.get(match, 0.0), 0.8)
        return tuple(weights.items())

    def _candidates(self, asked: list[_Asked]) -> Iterable[PlaceId]:
        found: dict[PlaceId, None] = {}
        for one in asked:
            for word in one.words:
                found.update(
                    dict.fromkeys(self._holders.get(f"{word}#{one.which}" if one.which else word, ()))
                )
            if one.which:
                found.update(dict.fromkeys(self._holders.get(f"#{one.which}", ())))
        return found

    # --------------------------------------------------------------------------------------------- scoring

    def _score(self, place_id: PlaceId, asked: list[_Asked]) -> float:
        """0..1; 0 where a number of the question is nowhere on the way to the place, or no word is its own."""
        above: dict[str, float] = {}
        for outer in self._tree.lineage(place_id)[:-1]:
            above.update(self._own[outer])
        own = self._own[place_id]
        total = weighed = 0.0
        any_own = False
        used: set[str] = set()
        for one in asked:
            held, is_own, term = self._held(one, own, above)
            if one.which and not held:
                return 0.0
            any_own = any_own or is_own
            if is_own:
                used.add(term)
            total += one.weight * held
            weighed += one.weight
        if not any_own:
            return 0.0
        precise = max(
            (len(variant & used) / len(variant) for variant in self._variants[place_id]), default=0.0
        )
        return total / weighed * (1.0 - _OWN_WORDS + _OWN_WORDS * precise)

    @staticmethod
    def _held(one: _Asked, own: dict[str, float], above: dict[str, float]) -> tuple[float, bool, str]:
        """How well the place itself, else one above it, bears the term; and which own term did."""
        best, is_own, which_term = 0.0, False, ""
        for word, weight in one.words.items():
            term = f"{word}#{one.which}" if one.which else word
            if term in own and weight * own[term] > best:
                best, is_own, which_term = weight * own[term], True, term
            elif term in above and weight * _ABOVE > best:
                best, is_own, which_term = weight * _ABOVE, False, term
            if one.which:
                numbered = next((t for t in own if t.endswith(f"#{one.which}")), "")
                borne = word in above or any(t.startswith(f"{word}#") for t in above)
                if numbered and borne and weight * _NUMBER_APART > best:
                    best, is_own, which_term = weight * _NUMBER_APART, True, numbered
            else:
                numbered = next((t for t in own if t.startswith(f"{word}#")), "")
                if numbered and weight * _ANY_NUMBER > best:
                    best, is_own, which_term = weight * _ANY_NUMBER, True, numbered
                elif weight * _ANY_NUMBER > best and any(t.startswith(f"{word}#") for t in above):
                    best, is_own, which_term = weight * _ANY_NUMBER, False, word
        return best, is_own, which_term

    # ------------------------------------------------------------------------------------------------ ties

    def _tier(
        self,
        scored: list[_Scored],
        best: float,
        *,
        facility_id: FacilityId | None,
        near: PlaceId | None,
    ) -> list[_Scored]:
        """The equally good places left after the asker's facility and the nearness have broken ties."""
        tier = [one for one in scored if one.score >= best - GAP]
        if near is not None and near in self._tree:
            here = self._tree.unit_of(near).id
            inside = [
                one
                for one in scored
                if one.score >= best - GAP_NEAR and self._tree.within(one.place.id, outer=here)
            ]
            if inside:
                top = max(one.score for one in inside)
                tier = [one for one in inside if one.score >= top - GAP]
        if facility_id is not None:
            tier = [one for one in tier if one.place.facility_id == facility_id] or tier
        if near is not None and near in self._tree and len(tier) > 1:
            lineage = self._tree.lineage(near)
            shared = {one.place.id: _shared(self._tree.lineage(one.place.id), lineage) for one in tier}
            deepest = max(shared.values())
            tier = [one for one in tier if shared[one.place.id] == deepest]
        return sorted(
            tier,
            key=lambda one: (
                -round(one.score, 3),
                self._tree.distance(near, one.place.id) if near is not None and near in self._tree else 0.0,
                len(self._tree.lineage(one.place.id)),
                one.place.order,
                one.place.id,
            ),
        )

    def _suggestions(
        self, asked: list[_Asked], scored: list[_Scored], *, facility_id: FacilityId | None, limit: int
    ) -> PlaceSearchResult:
        """Places near in name, else those of the kind asked with other numbers: "there is OR 1 to OR 8"."""
        near = sorted(
            (one for one in scored if one.score >= SUGGESTED), key=lambda one: (-one.score, one.place.id)
        )
        if not near:
            kinds = [_Asked(one.words, "") for one in asked if one.words]
            near = [
                _Scored(score, self._tree.get(place_id))
                for place_id in self._candidates(kinds)
                if kinds and len(kinds) == len(asked) and (score := self._score(place_id, kinds)) >= SUGGESTED
            ]
            near.sort(key=lambda one: (-round(one.score, 2), one.place.order, one.place.id))
        if facility_id is not None:
            near = [one for one in near if one.place.facility_id == facility_id] or near
        hits = tuple(PlaceHit(one.place.id, min(0.3, one.score / 3)) for one in near[:limit])
        return PlaceSearchResult(Verdict.NOT_FOUND, hits)


def _halves(term: str) -> tuple[str, ...]:
    word, _, which = term.partition("#")
    return (word, f"#{which}") if which else ()


def _by_kind(place: Place, own: dict[str, float]) -> str:
    kind = _KIND_WORDS.get(place.kind)
    which = next((term.partition("#")[2] for term in own if "#" in term), "")
    return f"{kind}#{which}" if kind and which else ""


def _sound(word: str) -> str:
    return sound_of(word.replace("-", "").replace("&", ""))


def _shared(one: tuple[PlaceId, ...], other: tuple[PlaceId, ...]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
