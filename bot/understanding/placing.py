"""Where a question looks: places named, meant by "here", or left over from the thread."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.draft import Draft, Verb
from bot.understanding.evidence import Evidence, Where
from bot.understanding.options import by_place
from bot.understanding.outcome import Alternative, Asked, Outcome, Ready, Unclear
from bot.understanding.spots import AmbiguousSpot, NoSuchSpot, Spots, unexplained_place
from domain.model.ids import PlaceId
from domain.model.place import PlaceKind
from domain.ports import PlaceSearch


class Placing:
    """Stands on the place search."""

    def __init__(self, places: PlaceSearch) -> None:
        self._spots = Spots(places)

    def placed(self, asked: Asked, draft: Draft) -> tuple[PlaceId, ...] | NoSuchSpot | AmbiguousSpot:
        """Places named in the message, else those the thread was about."""
        evidence = asked.evidence
        if evidence.places:
            return self._spots.look(evidence.places, asker=asked.asker)
        if evidence.where in (Where.EVERYWHERE, Where.HOME) or asked.before is None:
            return ()
        return draft.places

    def with_unlabelled_place(self, asked: Asked) -> Evidence:
        """A place behind "in" or "on" that no label shows, taken out of what may be a thing."""
        evidence = self._without_place(asked)
        if evidence.places:
            return evidence
        named = self._spots.named_in(evidence.text, rest=evidence.rest, asker=asked.asker)
        if not named:
            named = self._unit_named(asked, evidence)
        of_places = not evidence.things and evidence.verb in (Verb.LOW, Verb.EXPIRY, Verb.SLOW)
        if not named and (evidence.things or of_places):
            # "what's low in the moon" must not be answered for another place in silence.
            named = unexplained_place(evidence.text, rest=evidence.rest)
        if not named:
            return evidence
        gone = {word.casefold() for word in named.split()}
        rest = " ".join(word for word in evidence.rest.split() if word.casefold() not in gone)
        return replace(evidence, places=(named,), rest=rest)

    def _unit_named(self, asked: Asked, evidence: Evidence) -> str:
        """A unit's own name that stands without a preposition, first or last: "expiring next month endoscopy"."""
        words = [word.strip(" ?.,!;:") for word in evidence.text.split()]
        # A window's label may have swallowed the name behind it.
        loose = f"{evidence.rest} {' '.join(evidence.windows)}"
        unexplained = {word.casefold() for word in loose.split()}
        for length in (3, 2, 1):
            for piece in (words[-length:], words[:length]):
                if not piece or not unexplained.issuperset(word.casefold() for word in piece):
                    continue
                found = self._spots.look((" ".join(piece),), asker=asked.asker)
                tree = asked.uow.places.tree()
                if (
                    isinstance(found, tuple)
                    and tree.get(found[0]).kind is PlaceKind.UNIT
                    and self._spots.exactly(" ".join(piece), asker=asked.asker)
                ):
                    return " ".join(piece)
        return ""

    def _without_place(self, asked: Asked) -> Evidence:
        """ "foleys in icu" labelled as one thing, taken apart where what follows "in" surely is a place."""
        evidence = asked.evidence
        for index, mention in enumerate(evidence.things):
            parts = re.fullmatch(r"(.{2,}?) (?:in|on|at) (?:the )?(.{2,})", mention.text)
            if (
                parts
                and not evidence.places
                and isinstance(self._spots.look((parts[2],), asker=asked.asker), tuple)
            ):
                things = (
                    *evidence.things[:index],
                    replace(mention, text=parts[1]),
                    *evidence.things[index + 1 :],
                )
                return replace(evidence, things=things, places=(parts[2],))
        return evidence


def general_place(asked: Asked, draft: Draft) -> Draft:
    """ "here", "our", nothing at all: the asker's own unit where the question is about it."""
    home, where = asked.asker.home_place_id, asked.evidence.where
    if draft.places or home is None or where is Where.EVERYWHERE:
        return draft
    if where is Where.HOME or (draft.verb is Verb.LOW and not draft.items):
        return replace(draft, places=(home,))
    if where is Where.WE and draft.verb in (Verb.LOW, Verb.EXPIRY, Verb.SLOW) and not draft.items:
        return replace(draft, places=(home,))
    return draft


def with_wider(asked: Asked, outcome: Outcome, placed: tuple[PlaceId, ...]) -> Outcome:
    """Where "we" or nothing was taken for the asker's own unit, the whole house is one click away."""
    if isinstance(outcome, Unclear) or placed or not outcome.draft.places or outcome.alternatives:
        return outcome
    if asked.evidence.where is Where.HOME:
        return outcome
    wider = Alternative("Whole hospital", replace(outcome.draft, places=()))
    return replace(outcome, lead="That was your own unit.", alternatives=(wider,))


def which_place(placed: NoSuchSpot | AmbiguousSpot, outcome: Ready, asked: Asked) -> Unclear:
    options = by_place(placed.near, draft=outcome.draft, tree=asked.uow.places.tree())
    if isinstance(placed, AmbiguousSpot):
        text = f"Which {placed.said}?"
    else:
        text = f"I know no place called “{placed.said}”." + (" Did you mean one of these?" if options else "")
    return Unclear(text, outcome.draft, outcome.topic, outcome.candidates, options)
