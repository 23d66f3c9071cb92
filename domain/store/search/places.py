"""The place index: from what people call a unit, room, cart or shelf to the places that may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.model.ids import FacilityId, PlaceId
from domain.model.place import Place, PlaceKind, PlaceTree
from domain.ports import PlaceHit, PlaceSearch, PlaceSearchResult, Verdict
from domain.store.search.place_terms import (
    COMPASS,
    CONTAINERS,
    known_words,
    place_terms,
    place_words,
    terms_of_words,
)
from domain.store.search.terms import sound_of

GAP = 0.03
GAP_NEAR = 0.2
"""Beside the place spoken of, a weaker name will do: "room 3" said in the OR suite is OR 3."""
FOUND = 0.62
SUGGESTED = 0.3
_NUMBER_WEIGHT = 1.4
_NUMBERED_APART = (CONTAINERS | COMPASS) - {"fridge", "freezer"}
"""Words whose number is their own: "cabinet 9" is not the cabinet of room 9, "4 North" not cabinet 4 of North Clinic."""
_LETTER_NUMBER = re.compile(r"(?:shelf|cabinet|rack|bin)#([a-z])(\d{1,3})")
_LETTERED = re.compile(r"#\d+[a-z]$")
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
_BY_KIND = 0.93
"""What a place is by kind and number ("room 3" for OR 3) counts less than its name."""
_ABOVE = 0.97
"""A word that only a place further up bears ("ICU" of "ICU shelf B")."""
_NUMBER_APART = 0.85
"""The number belongs to the place and the word to one above it: "ICU 12" for room 12 of the ICU."""
_ANY_NUMBER = 0.88
"""Asked without a number, there with one: "OR" for OR 3."""
_OWN_WORDS = 0.2
"""The part of a score that says how much of the place's own name was spoken."""
_SLIP = 0.93
"""For each word that had to be corrected."""
_PARTLY = 0.87
"""Asked for bin 14, there are 14A and 14B."""

NOTHING = PlaceSearchResult(Verdict.NOT_FOUND, ())


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    place: Place


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
            by_kind = _by_kind(place)
            if by_kind:
                own.setdefault(by_kind, _BY_KIND)
            for term in [term for term in own if "-" in term and "#" in term]:
                own.setdefault(term.rpartition("-")[2], _BY_KIND)  # trauma bay 3 is a bay 3
            for term in [term for term in own if _LETTERED.search(term)]:
                own.setdefault(term[:-1], _PARTLY)
            for key in {key for term in own for key in (term, *_halves(term))}:
                self._holders.setdefault(key, []).append(place.id)
        names = (name for place in tree for name in (place.name, *place.aliases))
        self._words = sorted(known_words() | {word for name in names for word in place_words(name)})
        self._known = frozenset(self._words)
        self._corrected = lru_cache(maxsize=4096)(self._nearest_word)

    def find(
        self, text: str, *, facility_id: FacilityId | None = None, near: PlaceId | None = None, limit: int = 8
    ) -> PlaceSearchResult:
        """See ports.PlaceSearch. Never raises for any text; numbers must agree exactly, words may be misspelt."""
        asked, trust = self._read(text[:LONGEST_QUESTION])
        if not asked or limit < 1:
            return NOTHING
        scored = self._all_scored(asked, trust)
        best = max((one.score for one in scored), default=0.0)
        if best < FOUND:
            scored = [
                one for parted in _letters_parted(asked) for one in self._all_scored(parted, trust * _SLIP)
            ]
            best = max((one.score for one in scored), default=0.0)
        if best < FOUND:
            return self._suggestions(asked, scored, facility_id=facility_id, limit=limit)
        # Only a number is completed by where one stands: "central" is not the central line cart of one's own unit.
        numbered = any("#" in term for term in asked)
        tier = self._tier(scored, best, facility_id=facility_id, near=near, gap=GAP_NEAR if numbered else GAP)
        chance = min(0.98, best)
        if len(tier) == 1:
            return PlaceSearchResult(Verdict.SURE, (PlaceHit(tier[0].place.id, chance),))
        hits = tuple(PlaceHit(one.place.id, chance / len(tier)) for one in tier[:limit])
        return PlaceSearchResult(Verdict.ASK, hits)

    # --------------------------------------------------------------------------------------------- reading

    def _read(self, text: str) -> tuple[tuple[str, ...], float]:
        """The terms asked, misspelt words corrected, and how far the correction is to be trusted."""
        words = place_words(text)
        trust = 1.0
        for index, word in enumerate(words):
            if word not in self._known:
                nearest = self._corrected(word)
                if nearest:
                    words[index] = nearest
                    trust *= _SLIP
        return terms_of_words(words), trust

    def _nearest_word(self, word: str) -> str:
        """The known word that ``word`` is a slip of or sounds like; empty for none. Figures are never slips."""
        if len(word) < 4 or not word.isalpha():
            return ""
        found = process.extractOne(word, self._words, scorer=OSA.normalized_similarity, score_cutoff=0.72)
        if found is not None and (found[0][0] == word[0] or found[1] >= 0.8):
            return str(found[0])
        sound = sound_of(word)
        alike = [known for known in self._words if len(sound) >= 2 and sound_of(known) == sound]
        best = max(alike, key=lambda known: OSA.normalized_similarity(word, known), default="")
        return best if best and OSA.normalized_similarity(word, best) > 0.5 else ""

    def _all_scored(self, asked: tuple[str, ...], trust: float) -> list[_Scored]:
        return [
            _Scored(score * trust, self._tree.get(place_id))
            for place_id in self._candidates(asked)
            if (score := self._score(place_id, asked)) > 0
        ]

    def _candidates(self, asked: Iterable[str]) -> Iterable[PlaceId]:
        found: dict[PlaceId, None] = {}
        for term in asked:
            found.update(dict.fromkeys(self._holders.get(term, ())))
            which = term.partition("#")[2]
            if which:
                found.update(dict.fromkeys(self._holders.get(f"#{which}", ())))
        return found

    # --------------------------------------------------------------------------------------------- scoring

    def _score(self, place_id: PlaceId, asked: tuple[str, ...]) -> float:
        """0..1; 0 where a number of the question is nowhere on the way to the place, or no word is its own."""
        above: dict[str, float] = {}
        for outer in self._tree.lineage(place_id)[:-1]:
            above.update(self._own[outer])
        own = self._own[place_id]
        total = weighed = 0.0
        any_own = False
        used: set[str] = set()
        for term in asked:
            held, own_term = _held(term, own, above)
            if "#" in term and not held:
                return 0.0
            if own_term:
                any_own = True
                used.add(own_term)
            weight = _NUMBER_WEIGHT if "#" in term else 1.0
            total += weight * held
            weighed += weight
        if not any_own:
            return 0.0
        variants = self._variants[place_id]
        precise = max((len(variant & used) / len(variant) for variant in variants), default=0.0)
        if not precise and any(own.get(term) in (_BY_KIND, _PARTLY) for term in used):
            precise = 0.5
        return total / weighed * (1.0 - _OWN_WORDS + _OWN_WORDS * precise)

    # ------------------------------------------------------------------------------------------------ ties

    def _tier(
        self,
        scored: list[_Scored],
        best: float,
        *,
        facility_id: FacilityId | None,
        near: PlaceId | None,
        gap: float,
    ) -> list[_Scored]:
        """The equally good places left after the asker's facility and the nearness have broken ties."""
        tier = [one for one in scored if one.score >= best - GAP]
        if near is not None and near in self._tree:
            here = self._tree.unit_of(near).id
            inside = [
                one
                for one in scored
                if one.score >= best - gap and self._tree.within(one.place.id, outer=here)
            ]
            if inside:
                top = max(one.score for one in inside)
                tier = [one for one in inside if one.score >= top - GAP]
        if facility_id is not None:
            tier = [one for one in tier if one.place.facility_id == facility_id] or tier
        ids = {one.place.id for one in tier}
        # "Central supply" is the unit, not the store inside it that is called so too.
        tier = [one for one in tier if not ids & set(self._tree.lineage(one.place.id)[:-1])]
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
        self, asked: tuple[str, ...], scored: list[_Scored], *, facility_id: FacilityId | None, limit: int
    ) -> PlaceSearchResult:
        """Places near in name, else those of the kind asked with other numbers: "there is OR 1 to OR 8"."""
        near = sorted(
            (one for one in scored if one.score >= SUGGESTED), key=lambda one: (-one.score, one.place.id)
        )
        if not near:
            kinds = tuple(term.partition("#")[0] for term in asked)
            near = [
                _Scored(score, self._tree.get(place_id))
                for place_id in self._candidates(kinds)
                if (score := self._score(place_id, kinds)) >= FOUND
            ]
            near.sort(key=lambda one: (-round(one.score, 2), one.place.order, one.place.id))
        if facility_id is not None:
            near = [one for one in near if one.place.facility_id == facility_id] or near
        hits = tuple(PlaceHit(one.place.id, min(0.3, one.score / 3)) for one in near[:limit])
        return PlaceSearchResult(Verdict.NOT_FOUND, hits)


def _letters_parted(asked: tuple[str, ...]) -> list[tuple[str, ...]]:
    """ "shelf B2" where no shelf is called so: shelf B of cabinet 2, of rack 2."""
    readings = []
    for holder in ("cabinet", "rack"):
        terms: list[str] = []
        for term in asked:
            found = _LETTER_NUMBER.fullmatch(term)
            terms.extend((f"{holder}#{found[2]}", f"shelf#{found[1]}") if found else (term,))
        if tuple(terms) != asked:
            readings.append(tuple(terms))
    return readings


def _halves(term: str) -> tuple[str, ...]:
    word, _, which = term.partition("#")
    return (word, f"#{which}") if which else ()


def _by_kind(place: Place) -> str:
    """ "room#3" for the room OR 3: what it is, with the number at the end of its name."""
    kind = _KIND_WORDS.get(place.kind)
    last = place_terms(place.name)[-1:]
    which = last[0].partition("#")[2] if last else ""
    return f"{kind}#{which}" if kind and which else ""


def _held(term: str, own: dict[str, float], above: dict[str, float]) -> tuple[float, str]:
    """How well the place itself, else one above it, bears the term, 0..1; and the place's own term that did, if any."""
    word, _, which = term.partition("#")
    found: list[tuple[float, str]] = []
    if term in own:
        found.append((own[term], term))
    if term in above:
        found.append((_ABOVE * above[term], ""))
    if which and word in above and word not in _NUMBERED_APART:
        numbered = next((t for t in own if t.endswith(f"#{which}")), "")
        if numbered:
            found.append((_NUMBER_APART, numbered))
    if not which and term not in own:
        numbered = next((t for t in own if t.startswith(f"{word}#")), "")
        if numbered:
            return _ANY_NUMBER, numbered
        if any(t.startswith(f"{word}#") for t in above):
            found.append((_ANY_NUMBER * _ABOVE, ""))
    return max(found, default=(0.0, ""), key=lambda pair: pair[0])


def _shared(one: tuple[PlaceId, ...], other: tuple[PlaceId, ...]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
