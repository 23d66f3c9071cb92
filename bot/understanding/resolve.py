"""Meaning, thread and person -> a question with ids and dates, or what is missing for one.

The labels of the language model are evidence, not truth: where they fail, the words that nothing explains are tried as a
thing or a place, and the thread supplies what a follow-up leaves out. Nothing here guesses between two fits: it answers for
a few together, or asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.confidence import ANSWERED_TOGETHER, SHOWN_IN_PART
from bot.understanding.draft import NEEDS_ITEM, Draft, Verb
from bot.understanding.evidence import Evidence, Mention, read
from bot.understanding.follow import follows, points_to_one, unlabelled_sizes, verb_after
from bot.understanding.meaning import Meaning
from bot.understanding.naming import cut, full_name, line_name, shared_words
from bot.understanding.options import by_item
from bot.understanding.ordering import with_order_words
from bot.understanding.outcome import Alternative, Asked, Outcome, Ready, Subject, Unclear
from bot.understanding.placing import Placing, general_place, which_place, with_wider
from bot.understanding.spent import narrowed_by, split_for, thing_words
from bot.understanding.spots import AmbiguousSpot, NoSuchSpot
from bot.understanding.things import Found, Kept, NoSize, NoSuch, Things, in_size_order, of_like_size
from bot.understanding.timing import SOON_DAYS, window_for
from bot.understanding.tracing import trace
from domain.model.ids import ItemId
from domain.model.person import Person
from domain.model.place import PlaceKind
from domain.model.window import DateWindow
from domain.model.wording import normalise
from domain.ports import CatalogueSearch, PlaceSearch, UnitOfWork
from domain.usecases.ask.requests import Aspect, UsageGroup


class Resolver:
    """Stands on the two searches; one for all messages, from any thread."""

    def __init__(self, items: CatalogueSearch, places: PlaceSearch) -> None:
        self._things = Things(items)
        self._placing = Placing(places)

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

    def names_a_thing(self, meaning: Meaning) -> bool:
        """Does the message speak of something that the catalogue knows, whatever the language model took it for?"""
        evidence = read(meaning)
        said = [mention.text for mention in evidence.things] or [evidence.rest]
        return any(text and self._things.likely(text) for text in said)

    # ---------------------------------------------------------------------------------------- the rest

    def _question(self, asked: Asked, *, verb: Verb) -> Outcome:
        before = asked.before
        draft = Draft(verb) if before is None else replace(before.draft, verb=verb, number="", file="")
        remembered = None if before is None else before.draft
        draft = replace(
            draft,
            window=window_for(verb, asked.evidence, today=asked.today, before=remembered),
            aspects=(asked.evidence.aspects or (Aspect.ALL,)) if verb is Verb.INFO else (),
            group_by=asked.evidence.group_by,
        )
        if remembered is not None and remembered.verb is verb and draft.group_by is UsageGroup.NONE:
            draft = replace(draft, group_by=remembered.group_by)
        if verb is Verb.ORDERS:
            asked, draft = with_order_words(asked, draft)
        only = draft.only
        if verb is Verb.SPEND:
            bounded = _spending(asked, draft)
            if isinstance(bounded, Unclear):
                return bounded
            asked, draft = bounded
            only = draft.only
        evidence = self._placing.with_unlabelled_place(asked)
        asked = replace(asked, evidence=evidence)
        placed = self._placing.placed(asked, draft)
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
            return which_place(placed, outcome, asked)
        keeps_split = remembered is not None and remembered.verb is Verb.SPEND and only == remembered.only

        def finish(found: Draft) -> Draft:
            found = general_place(asked, found)
            if verb is not Verb.SPEND or (keeps_split and evidence.spent.by is None):
                return found
            units = len(found.places)
            by = split_for(evidence.spent, text=evidence.text, only=only, items=len(found.items), units=units)
            return replace(found, spend_by=by)

        outcome = self._about(asked, replace(draft, places=placed), finish)
        return with_wider(asked, outcome, placed)

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
                same = self._same_line(before, sizes, asked)
                if same:
                    return self._fit(asked, draft, same, finish, topic=before.topic)
                mentions = (Mention(before.topic or self._family(before, asked), sizes),)
            elif (
                not mentions
                and before.candidates
                and not before.draft.items
                and before.draft.verb is not Verb.TRACE
            ):
                return self._fit(asked, draft, before.candidates, finish, topic=before.topic)
            elif not mentions and before.draft.verb is Verb.TRACE and before.candidates:
                return Ready(finish(replace(draft, items=before.candidates)), before.topic, before.candidates)
            elif not mentions and (before.draft.items or not (verb in NEEDS_ITEM or before.candidates)):
                return Ready(finish(draft), before.topic, before.candidates)
        if not mentions:
            mentions = self._unlabelled_thing(evidence, verb, asked.uow)
        if not mentions:
            if verb is Verb.USAGE and (draft.group_by is not UsageGroup.NONE or _of_all(evidence)):
                by = UsageGroup.ITEM if draft.group_by is UsageGroup.NONE else draft.group_by
                return Ready(finish(replace(draft, items=(), group_by=by)))
            if verb in (Verb.STOCK, Verb.FIND) and _OUT.search(evidence.text):
                return Ready(finish(replace(draft, verb=Verb.LOW, items=())))
            if verb in NEEDS_ITEM and draft.places:
                return _about_place(draft, asked)
            if verb in NEEDS_ITEM:
                return Unclear(_which_thing(verb), replace(draft, items=()), hints=EXAMPLES[verb])
            return Ready(finish(replace(draft, items=())))
        items: list[ItemId] = []
        topics: list[str] = []
        unsure: Found | None = None
        for mention in mentions:
            looked = self._closer(self._things.look(mention, kept=kept), asked, alone=len(mentions) == 1)
            if isinstance(looked, NoSuch):
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
        if draft.aspects == (Aspect.SIZES,):
            # One item shows the sizes of its whole line.
            lines = {line_name(item): item.id for item in reversed(chosen)}
            items = tuple(i for i in items if i in lines.values())
            chosen = [item for item in chosen if item.id in items]
            whole = replace(whole, items=(*others, *items))
        options = by_item(chosen, draft=whole, others=others, catalogue=asked.uow.catalogue)
        if _broad(draft.verb):
            return Ready(whole, topic, items, NARROWER, options.buttons)
        if len(items) <= ANSWERED_TOGETHER:
            return Ready(whole, topic, items, NARROWER, options.buttons)
        kept = self._kept(asked, draft)(items)
        here = tuple(i for i in items if kept and i in kept)
        if 0 < len(here) <= ANSWERED_TOGETHER:
            return Ready(
                finish(replace(draft, items=(*others, *here))),
                topic,
                items,
                f"That is what {'is kept there' if draft.places else 'your own unit keeps'}. By that name there are more:",
                (options.all_of_them,),
            )
        if len(items) <= SHOWN_IN_PART:
            first = self._to_take(asked, items)[:ANSWERED_TOGETHER]
            rest = tuple(item for item in chosen if item.id not in first)
            more = by_item(rest, draft=whole, others=others, catalogue=asked.uow.catalogue).buttons
            return Ready(
                finish(replace(draft, items=(*others, *first))),
                topic,
                items,
                f"{len(items)} fit; these are the first {len(first)}. The others:",
                (*more, options.all_of_them),
            )
        return Unclear(
            f"Which {said or topic or 'one'}?",
            replace(whole, items=()),
            topic,
            items,
            (*options.buttons, options.all_of_them),
        )

    def _to_take(self, asked: Asked, items: tuple[ItemId, ...]) -> tuple[ItemId, ...]:
        """What can be taken today comes first; else the search's own order stands, which puts the plain thing before special ones."""
        there = {line.item_id for line in asked.uow.stock.of_items(items) if line.available(asked.today) > 0}
        return (*(i for i in items if i in there), *(i for i in items if i not in there))

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

    def _closer(
        self, looked: Found | NoSuch | NoSize, asked: Asked, *, alone: bool
    ) -> Found | NoSuch | NoSize:
        """Several fits made fewer by words beside the label ("biogel" pi micro) or by what the thread is about."""
        if (
            not alone
            or not isinstance(looked, Found)
            or len(looked.items) < 2
            or len(looked.mention.sizes) > 1
        ):
            return looked
        size = looked.mention.sizes[0] if looked.mention.sizes else ""
        topic = asked.before.topic if asked.before is not None and asked.evidence.verb is None else ""
        for more in (asked.evidence.rest, topic):
            if more and more.casefold() != looked.mention.text.casefold():
                closer = self._things.fits(f"{more} {looked.mention.text}", size=size)
                if closer and len(closer) < len(looked.items) and set(closer) <= set(looked.items):
                    return replace(looked, items=closer)
        return looked

    def _same_line(self, before: Subject, sizes: tuple[str, ...], asked: Asked) -> tuple[ItemId, ...]:
        """The thread's one product line in another size: "3-0?" behind "2-0 vicryl on a ct-1" keeps the needle."""
        known = asked.uow.catalogue.many(before.draft.items).values()
        lines = {item.family for item in known}
        if len(lines) != 1 or "" in lines:
            return ()
        line = {item.id for item in asked.uow.catalogue.family(lines.pop())}
        hits = self._things.fits(self._family(before, asked), size=sizes[0]) if len(sizes) == 1 else ()
        return tuple(i for i in hits if i in line)

    def _family(self, before: Subject, asked: Asked) -> str:
        items = asked.uow.catalogue.many(before.draft.items[:1])
        return next((item.family or item.name for item in items.values()), "")

    def _unlabelled_thing(self, evidence: Evidence, verb: Verb, uow: UnitOfWork) -> tuple[Mention, ...]:
        """What no label explains, where the catalogue knows it: surely, unless the question needs an item anyway."""
        if not evidence.rest:
            return ()
        if verb in NEEDS_ITEM:
            return (Mention(evidence.rest, evidence.sizes),)
        sure = self._things.sure(evidence.rest)
        items = list(uow.catalogue.many(sure).values())
        every = shared_words(evidence.rest, items=items) == normalise(evidence.rest)
        return (Mention(evidence.rest, evidence.sizes),) if sure and every else ()

    def _kept(self, asked: Asked, draft: Draft) -> Kept:
        """What is kept where the question looks, or at the asker's own unit: it breaks ties between names."""
        home = asked.asker.home_place_id
        places = draft.places or ((home,) if home is not None else ())

        def kept(items: Sequence[ItemId]) -> frozenset[ItemId] | None:
            tree = asked.uow.places.tree()
            inside = frozenset().union(*(tree.subtree(place) for place in places if place in tree))
            units = [p for p in places if p in tree and tree.get(p).kind is not PlaceKind.FACILITY]
            return asked.uow.stock.kept_at(inside, among=items) if units else None

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
        alike = of_like_size([known[i] for i in looked.sizes if i in known], size=looked.size)
        items = in_size_order(alike, catalogue=asked.uow.catalogue)
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


def _spending(asked: Asked, draft: Draft) -> tuple[Asked, Draft] | Unclear:
    """The providers, suppliers and procedures that a question about spending names; what names them is no item."""
    evidence = asked.evidence
    rest = thing_words(evidence.rest)
    said = [mention.text for mention in evidence.things if not mention.sizes] + ([rest] if rest else [])
    bounds = narrowed_by(evidence.spent, said, uow=asked.uow)
    if bounds.unknown:
        return Unclear(f"I know nobody called “{_echo(bounds.unknown)}”.", draft)
    things = tuple(mention for mention in evidence.things if mention.text not in bounds.explained)
    rest = "" if rest in bounds.explained else rest
    asked = replace(asked, evidence=replace(evidence, things=things, rest=rest))
    return asked, replace(
        draft, only=bounds.only or draft.only, waste=evidence.spent.waste or draft.waste, file=""
    )


NARROWER = "To narrow it down:"
_OUT = re.compile(r"\b(?:out of stock|stock ?outs?|empty|missing|r[ua]n(?:ning)? out)\b", re.IGNORECASE)
"""Asked of a place as a whole, these ask for what is low there."""

EXAMPLES: dict[Verb, tuple[str, ...]] = {
    Verb.FIND: ("where are 7.5 gloves?",),
    Verb.STOCK: ("do we have any 16 fr foleys in ICU?",),
    Verb.INFO: ("is the tegaderm latex free?",),
    Verb.USAGE: ("how many chest tubes did ED use since august?",),
}


def _about_place(draft: Draft, asked: Asked) -> Unclear:
    """A place without a thing: what can be told of a place as a whole."""
    tree = asked.uow.places.tree()
    names = " and ".join(tree.get(place).name for place in draft.places)
    soon = DateWindow(asked.today, asked.today + timedelta(days=SOON_DAYS), f"in the next {SOON_DAYS} days")
    return Unclear(
        f"What about {names}? Name an item, or take one of these:",
        replace(draft, items=()),
        alternatives=(
            Alternative("What is low there", Draft(Verb.LOW, places=draft.places)),
            Alternative("What expires there soon", Draft(Verb.EXPIRY, places=draft.places, window=soon)),
        ),
    )


def _which_thing(verb: Verb) -> str:
    return {
        Verb.FIND: "What are you looking for?",
        Verb.STOCK: "How many of what?",
        Verb.INFO: "Which item do you mean?",
        Verb.USAGE: "The use of which item?",
    }.get(verb, "Which item do you mean?")


_ALL = re.compile(
    r"\b(?:what|everything|all (?:items|supplies)|which (?:items|supplies|things)|most used|top \w+|use|usage|consumption)\b",
    re.IGNORECASE,
)


def _of_all(evidence: Evidence) -> bool:
    """ "what did we use yesterday": no item is meant because all are; "how many did we use" leaves one out."""
    return _ALL.search(evidence.text) is not None and _HOW_MANY.search(evidence.text) is None


_HOW_MANY = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)


def _broad(verb: Verb) -> bool:
    """Questions that sum or filter: all that fits is meant, none has to be chosen."""
    return verb in (Verb.EXPIRY, Verb.USAGE, Verb.LOW, Verb.ORDERS, Verb.SPEND, Verb.SLOW)


def _echo(text: str) -> str:
    return " ".join(text.split())[:60]
