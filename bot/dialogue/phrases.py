"""What Parley says when it has no figures to show: short, plain, and true today."""

from __future__ import annotations

from bot.dialogue.table import EXAMPLES, Kind, Row
from bot.views.rendered import Notice

GREETING = Notice(
    "Hi. Ask me where something is, how much there is, what expires or what is low; or tell me what you used, moved or need.",
    EXAMPLES[:3],
)
THANKS = Notice("You're welcome.")
HELP = Notice(
    "I know this hospital's supply rooms: where things are, how much there is, what expires, what an item is, where a lot "
    "went, how much was used, and what is low. I also record use, moves, deliveries, waste, counts, requests, holds and par levels: "
    "I read back what I understood, and nothing happens before you confirm. Use your own words; in a thread you can go on "
    "with “and in ED?” or “make it 3”.",
    EXAMPLES,
)
OUT_OF_SCOPE = Notice(
    "That is nothing I can answer. I know the supply rooms only: where things are, how many, what expires, what is low; and I "
    "record what you use, move, receive or count. Nothing was changed.",
    EXAMPLES[:3],
)
UNSURE = Notice(
    "I am not sure what you mean. I can tell where things are, how many there are, what expires and what is low, and record "
    "what you use, move or count.",
    EXAMPLES[:3],
)
WHICH_WAY = "I can read that in two ways. Which do you mean?"
WHICH_FIRST = "Before I do anything: which do you mean?"
WHAT_MEANT = "What did you mean?"
MEANT_NOTE = "Your choice helps to teach Parley; names and numbers are taken out before it is kept."
EXPIRED = (
    "This conversation has ended: I no longer have the message these buttons belong to. Please ask again."
)
ALREADY = Notice("That was answered already; the answer is in the thread.")
NOTED = "Noted, thank you. That is nothing I can answer; nothing was changed."


def not_yours(name: str) -> Notice:
    """To somebody who presses a button below another person's message."""
    return Notice(f"{name} asked this, so {name} chooses. Ask me yourself and I will answer you.")


EMPTY = Notice("I got no words to read. Ask me about an item or a place.", EXAMPLES[:3])
FOREIGN = Notice("I understand English only so far. Sorry.", EXAMPLES[:3])
NOTHING_OPEN = Notice("There is no open question between us here.", EXAMPLES[:2])
DROPPED = Notice("All right, dropped. Nothing was changed.")
SAY_IT_ANOTHER_WAY = Notice("All right, none of those. Tell me in other words, or with the item's number.")
PICK_ONE = "Which one? Say its number, or press its button."
CUT = "Your message is very long; I have read its beginning only."
LANGUAGE_DOWN = Notice(
    "I can not understand sentences just now: my language service does not answer, and the operator's log says so. An item's "
    "number or name, a GTIN or a lot number sent alone still works.",
)
LANGUAGE_DOWN_BUT = "My language service does not answer just now, so I looked up the words alone, not what you asked about them."


def not_yet(row: Row, *, sure: bool) -> str:
    """That an action or question is understood but can not be done; and that nothing happened."""
    if row.kind is Kind.LATER:
        return f"I can not {row.deed} yet."
    if sure:
        return f"I can not {row.deed} yet. Nothing was changed; please do it the way you do today."
    return f"If you want me to {row.deed}: I can not do that yet, and nothing was changed."


def substitutes_of(name: str, *, count: int) -> str:
    """The line above the substitutes' whereabouts."""
    listed = "one substitute" if count == 1 else f"{count} substitutes, best first"
    return f"The catalogue lists {listed} for {name}. Whether it will do is for the clinician to say."


def no_substitutes_of(name: str) -> str:
    return f"The catalogue lists no substitute for {name}."
