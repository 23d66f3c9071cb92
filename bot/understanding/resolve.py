"""Meaning, thread and person -> a question with ids and dates, or what is missing for one.

The labels of the language model are evidence, not truth: where they fail, the words that nothing explains are tried as a
thing or a place, and the thread supplies what a follow-up leaves out. Nothing here guesses between two fits: it answers for
a few together, or asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.understanding.confidence import ANSWERED_TOGETHER
from bot.understanding.draft import NEEDS_ITEM, Draft, Verb
from bot.understanding.evidence import Evidence, Mention, Where, read
from bot.understanding.follow import follows, points_to_one, unlabelled_sizes, verb_after
from bot.understanding.meaning import Meaning
from bot.understanding.naming import cut, full_name, shared_words
from bot.understanding.options import by_item, by_place
from bot.understanding.outcome import Alternative, Asked, Outcome, Ready, Subject, Unclear
from bot.understanding.spots import AmbiguousSpot, NoSuchSpot, Spots
from bot.understanding.things import Found, NoSize, NoSuch, Things, in_size_order
from bot.understanding.timing import window_for
from bot.understanding.tracing import trace
from domain.model.ids import ItemId, PlaceId
from domain.model.person import Person
from domain.model.place import PlaceKind
from domain.ports import CatalogueSearch, PlaceSearch, UnitOfWork
from domain.usecases.ask.requests import Aspect


class Resolver:
    """Stands on the two searches; one for all messages, from any thread."""

    def __init__(self, items: CatalogueSearch, places: PlaceSearch) -> None:
        self._things = Things(items)
        self._spots = Spots(places)

    def resolve(
        self,
        meaning: Meaning,
        *,
        verb: Verb,
        asker: Person,
        today: date,
        uow: UnitOfWork,
        before: Subject | None = None,
    ) -> Outcome:
        """``verb`` is what the message asks as far as its intent goes; a follow-up may ask what its thread asked instead.

        Reads from ``uow`` only. Never raises for what people type; store errors pass through.
        """
        evidence = read(meaning)
        going_on = follows(evidence, before=before)
        asked = Asked(evidence, asker, today, uow, before if going_on else None)
        if asked.before is not None:
            verb = verb_after(evidence, before=asked.before)
        if evidence.codes or verb is Verb.TRACE:
            traced = trace(asked, verb=verb, things=self._things)
            if traced is not None:
                return traced
        if verb is Verb.TRACE:
            verb = Verb.FIND  # "what lots of gelfoam are there": the whereabouts name their lots
        return self._question(asked, verb=verb)

    # ---------------------------------------------------------------------------------------- the rest

    def _question(self, asked: Asked, *, verb: Verb) -> Outcome:
        before = asked.before
        draft = Draft(verb) if before is None else replace(before.draft, verb=verb, number="")
        remembered = None if before is None else before.draft
        draft = replace(
            draft,
            window=window_for(verb, asked.evidence, today=asked.today, before=remembered),
            aspects=(asked.evidence.aspects or (Aspect.ALL,)) if verb is Verb.INFO else (),
            group_by=asked.evidence.group_by,
        )
        evidence = self._with_unlabelled_place(asked)
        asked = replace(asked, evidence=evidence)
        placed = self._placed(asked, draft)
        if isinstance(placed, NoSuchSpot | AmbiguousSpot):
            # The thing first, so that choosing the place finishes the question.
            outcome = self._about(asked, draft, lambda d: d)
            if isinstance(outcome, Unclear):
                # Both are open: the thing is asked first, and that the place is left out is said.
                unknown = (
                    "which is several places"
                    if isinstance(placed, AmbiguousSpot)
                    else "a place I do not know"
                )
                return replace(outcome, text=f"{outcome.text} (Not only in {placed.said}, {unknown}.)")
            return self._which_place(placed, outcome, asked)
        outcome = self._about(asked, replace(draft, places=placed), lambda d: self._general_place(asked, d))
        return self._with_wider(asked, outcome, placed)

    def _about(self, asked: Asked, draft: Draft, finish: Callable[[Draft], Draft]) -> Outcome:
        """Settles the items of ``draft``; ``finish`` settles what depends on them."""
        evidence, before, verb = asked.evidence, asked.before, draft.verb
        kept = self._kept(asked, draft)
        mentions = evidence.things
        if before is not None:
            narrowed = self._narrowed(asked, before)
            if narrowed is not None:
                return self._fit(asked, draft, narrowed, finish, topic=before.topic)
            sizes = unlabelled_sizes(evidence)
            if not mentions and sizes and (before.topic or before.draft.items):
                mentions = (Mention(before.topic or self._family(before, asked), sizes),)
            elif not mentions and before.draft.verb is Verb.TRACE and before.candidates:
                return Ready(finish(replace(draft, items=before.candidates)), before.topic, before.candidates)
            elif not mentions and (before.draft.items or not (verb in NEEDS_ITEM or before.candidates)):
                return Ready(finish(draft), before.topic, before.candidates)
        if not mentions:
            mentions = self._unlabelled_thing(evidence, verb)
        if not mentions:
            if verb in NEEDS_ITEM:
                return Unclear(_which_thing(verb), replace(draft, items=()), hints=EXAMPLES[verb])
            return Ready(finish(replace(draft, items=())))
        items: list[ItemId] = []
        topics: list[str] = []
        unsure: Found | None = None
        for mention in mentions:
            looked = self._things.look(mention, kept=kept)
            if isinstance(looked, NoSuch):
                apart = self._place_inside(asked, mention)
                if apart is not None:
                    return self._about(*apart(draft), finish)
                return self._no_such(looked, draft, finish, asked)
            if isinstance(looked, NoSize):
                return self._no_size(looked, draft, finish, asked)
            if len(looked.items) > 1 and len(mentions) > 1 and not _broad(verb):
                unsure = unsure or looked
            items.extend(looked.items)
            topics.append(
                shared_words(mention.text, items=list(asked.uow.catalogue.many(looked.items[:8]).values()))
            )
        if unsure is not None and len(set(items)) > ANSWERED_TOGETHER:
            # Several things and one of them is unclear: ask about that one, keep the others.
            others = tuple(i for i in items if i not in unsure.items)
            return self._fit(
                asked, draft, unsure.items, finish, topic=topics[0], others=others, said=unsure.mention.text
            )
        found = tuple(dict.fromkeys(items))
        if len(mentions) > 1:
            return Ready(finish(replace(draft, items=found)), topics[0], found)
        return self._fit(asked, draft, found, finish, topic=topics[0], said=mentions[0].text)

    def _fit(
        self,
        asked: Asked,
        draft: Draft,
        items: tuple[ItemId, ...],
        finish: Callable[[Draft], Draft],
        *,
        topic: str,
        others: tuple[ItemId, ...] = (),
        said: str = "",
    ) -> Outcome:
        """One item, a few, or a question which."""
        whole = finish(replace(draft, items=(*others, *items)))
        if len(items) == 1:
            return Ready(whole, topic, items)
        known = asked.uow.catalogue.many(items)
        chosen = [known[i] for i in items if i in known]
        options = by_item(chosen, draft=whole, others=others, catalogue=asked.uow.catalogue)
        if _broad(draft.verb):
            return Ready(whole, topic, items, "Or only one kind?", options.buttons)
        if len(items) <= ANSWERED_TOGETHER:
            return Ready(whole, topic, items, "Only one of them?", options.buttons)
        kept = self._kept(asked, draft)() if draft.places else None
        here = tuple(i for i in items if kept and i in kept)
        if 0 < len(here) <= ANSWERED_TOGETHER:
            return Ready(
                finish(replace(draft, items=(*others, *here))),
                topic,
                items,
                "Kept there. Others by that name:",
                (options.all_of_them,),
            )
        return Unclear(
            f"Which {said or topic or 'one'}?",
            replace(whole, items=()),
            topic,
            items,
            (*options.buttons, options.all_of_them),
        )

    def _narrowed(self, asked: Asked, before: Subject) -> tuple[ItemId, ...] | None:
        """The items in question that a follow-up's words pick out; None where it names something else or nothing."""
        evidence = asked.evidence
        pool = set(before.candidates) | set(before.draft.items)
        if not pool:
            return None
        words = " ".join(m.text for m in evidence.things) or evidence.rest
        sizes = unlabelled_sizes(evidence) if not evidence.things else evidence.things[0].sizes
        size = sizes[0] if sizes else ""
        if words:
            hits = self._things.fits(words, size=size)
            inside = tuple(i for i in hits if i in pool)
            if inside and (points_to_one(evidence.text) or hits[0] in pool) and len(inside) < len(pool):
                return inside
        if before.topic and (size or (words and points_to_one(evidence.text))):
            hits = self._things.fits(f"{before.topic} {words}".strip(), size=size)
            inside = tuple(i for i in hits if i in pool)
            if inside and len(inside) < len(pool):
                return inside
        return None

    def _family(self, before: Subject, asked: Asked) -> str:
        items = asked.uow.catalogue.many(before.draft.items[:1])
        return next((item.family or item.name for item in items.values()), "")

    def _unlabelled_thing(self, evidence: Evidence, verb: Verb) -> tuple[Mention, ...]:
        """What no label explains, where the catalogue knows it: surely, unless the question needs an item anyway."""
        if not evidence.rest:
            return ()
        if verb in NEEDS_ITEM or self._things.sure(evidence.rest):
            return (Mention(evidence.rest, evidence.sizes),)
        return ()

    # ---------------------------------------------------------------------------------------- places

    def _placed(self, asked: Asked, draft: Draft) -> tuple[PlaceId, ...] | NoSuchSpot | AmbiguousSpot:
        """Places named in the message, else those the thread was about."""
        evidence = asked.evidence
        if evidence.places:
            return self._spots.look(evidence.places, asker=asked.asker)
        if evidence.where in (Where.EVERYWHERE, Where.HOME) or asked.before is None:
            return ()
        return draft.places

    def _general_place(self, asked: Asked, draft: Draft) -> Draft:
        """ "here", "our", nothing at all: the asker's own unit where the question is about it."""
        home, where = asked.asker.home_place_id, asked.evidence.where
        if draft.places or home is None or where is Where.EVERYWHERE:
            return draft
        if where is Where.HOME or (draft.verb is Verb.LOW and not draft.items):
            return replace(draft, places=(home,))
        if where is Where.WE and draft.verb in (Verb.LOW, Verb.EXPIRY) and not draft.items:
            return replace(draft, places=(home,))
        return draft

    def _with_wider(self, asked: Asked, outcome: Outcome, placed: tuple[PlaceId, ...]) -> Outcome:
        """Where "we" or nothing was taken for the asker's own unit, the whole house is one click away."""
        if isinstance(outcome, Unclear) or placed or not outcome.draft.places or outcome.alternatives:
            return outcome
        if asked.evidence.where is Where.HOME:
            return outcome
        wider = Alternative("Whole hospital", replace(outcome.draft, places=()))
        return replace(outcome, lead="That was your own unit.", alternatives=(wider,))

    def _which_place(self, placed: NoSuchSpot | AmbiguousSpot, outcome: Ready, asked: Asked) -> Unclear:
        options = by_place(placed.near, draft=outcome.draft, tree=asked.uow.places.tree())
        if isinstance(placed, AmbiguousSpot):
            text = f"Which {placed.said}?"
        else:
            text = f"I know no place called “{placed.said}”." + (
                " Did you mean one of these?" if options else ""
            )
        return Unclear(text, outcome.draft, outcome.topic, outcome.candidates, options)

    def _with_unlabelled_place(self, asked: Asked) -> Evidence:
        """A place behind "in" or "on" that no label shows, taken out of what may be a thing."""
        evidence = asked.evidence
        if evidence.places or not evidence.rest:
            return evidence
        named = self._spots.named_in(evidence.text, rest=evidence.rest, asker=asked.asker)
        if not named:
            return evidence
        gone = {word.casefold() for word in named.split()}
        rest = " ".join(word for word in evidence.rest.split() if word.casefold() not in gone)
        return replace(evidence, places=(named,), rest=rest)

    def _place_inside(self, asked: Asked, mention: Mention) -> Callable[[Draft], tuple[Asked, Draft]] | None:
        """ "foleys in icu" labelled as one thing: the same question with the place taken out of it."""
        parts = re.fullmatch(r"(.{2,}?) (?:in|on|at) (?:the )?(.{2,})", mention.text)
        if parts is None or asked.evidence.places:
            return None
        spot = self._spots.look((parts[2],), asker=asked.asker)
        if not isinstance(spot, tuple):
            return None
        others = tuple(m for m in asked.evidence.things if m is not mention)
        things = (Mention(parts[1], mention.sizes), *others)
        evidence = replace(asked.evidence, things=things, places=(parts[2],))
        return lambda draft: (replace(asked, evidence=evidence), replace(draft, places=spot))

    def _kept(self, asked: Asked, draft: Draft) -> Callable[[], frozenset[ItemId] | None]:
        """What is kept where the question looks, or at the asker's own unit: it breaks ties between names."""
        home = asked.asker.home_place_id
        places = draft.places or ((home,) if home is not None else ())

        def kept() -> frozenset[ItemId] | None:
            tree = asked.uow.places.tree()
            inside = frozenset().union(*(tree.subtree(place) for place in places if place in tree))
            units = [p for p in places if p in tree and tree.get(p).kind is not PlaceKind.FACILITY]
            return asked.uow.stock.kept_at(inside) if units else None

        return kept

    # ---------------------------------------------------------------------------------------- not found

    def _no_such(
        self, looked: NoSuch, draft: Draft, finish: Callable[[Draft], Draft], asked: Asked
    ) -> Unclear:
        known = asked.uow.catalogue.many(looked.near[:3])
        near = [known[i] for i in looked.near[:3] if i in known]
        said = " ".join((*looked.mention.sizes, looked.mention.text))
        options = tuple(
            Alternative(cut(full_name(item)), finish(replace(draft, items=(item.id,)))) for item in near
        )
        text = f"I find nothing called “{_echo(said)}” in the catalogue."
        return Unclear(
            text + (" Did you mean one of these?" if options else ""),
            replace(draft, items=()),
            alternatives=options,
        )

    def _no_size(
        self, looked: NoSize, draft: Draft, finish: Callable[[Draft], Draft], asked: Asked
    ) -> Unclear:
        known = asked.uow.catalogue.many(looked.sizes)
        items = in_size_order([known[i] for i in looked.sizes if i in known], catalogue=asked.uow.catalogue)
        whole = finish(replace(draft, items=tuple(item.id for item in items)))
        options = by_item(items, draft=whole, others=(), catalogue=asked.uow.catalogue)
        sizes = list(dict.fromkeys(item.size for item in items if item.size))
        listed = ", ".join(sizes[:12]) + (" …" if len(sizes) > 12 else "")
        topic = shared_words(looked.mention.text, items=items[:8])
        text = f"No {_echo(looked.mention.text)} in size {_echo(looked.size)} in the catalogue."
        return Unclear(
            text + (f" There are {listed}." if listed else ""),
            replace(draft, items=()),
            topic,
            tuple(item.id for item in items),
            (*options.buttons, options.all_of_them) if len(items) > 1 else options.buttons,
        )


EXAMPLES: dict[Verb, tuple[str, ...]] = {
    Verb.FIND: ("where are 7.5 gloves?",),
    Verb.STOCK: ("do we have any 16 fr foleys in ICU?",),
    Verb.INFO: ("is the tegaderm latex free?",),
    Verb.USAGE: ("how many chest tubes did ED use since august?",),
}


def _which_thing(verb: Verb) -> str:
    return {
        Verb.FIND: "What are you looking for?",
        Verb.STOCK: "How many of what?",
        Verb.INFO: "Which item do you mean?",
        Verb.USAGE: "The use of which item?",
    }.get(verb, "Which item do you mean?")


def _broad(verb: Verb) -> bool:
    """Questions that sum or filter: all that fits is meant, none has to be chosen."""
    return verb in (Verb.EXPIRY, Verb.USAGE, Verb.LOW)


def _echo(text: str) -> str:
    return " ".join(text.split())[:60]
