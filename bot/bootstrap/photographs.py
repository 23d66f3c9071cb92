"""The dialogue with eyes, and who reads the pictures."""

from __future__ import annotations

from bot.bootstrap.house import House, open_channels
from bot.dialogue.acting.acts import Acts
from bot.dialogue.converse import Dialogue
from bot.dialogue.photo.sighted import Room, SightedActing, SightedDialogue
from bot.media.pool import PictureReader
from bot.understanding.meaning import Language
from bot.views.acting.blocks import BlockViews


def open_sight(
    house: House, dialogue: Dialogue, acts: Acts, language: Language
) -> tuple[SightedDialogue, SightedActing]:
    """What hears, sees and answers, and what the buttons of all its cards come to."""
    sight = SightedDialogue(
        dialogue,
        language,
        Room(
            transactions=house.transactions,
            items=house.items,
            places=house.places,
            vault=house.vault,
            clock=house.clock,
            views=BlockViews(),
            channels=open_channels(house),
            formats=house.settings.formats,
        ),
    )
    return sight, SightedActing(acts, sight)


def open_reader() -> PictureReader:
    """``start`` it before the first picture, ``stop`` it at the end."""
    return PictureReader()
