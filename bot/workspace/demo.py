"""The people and channels of the demonstration."""

from __future__ import annotations

from bot.workspace.config import ChannelSpec, MessageShortcut, Person, WorkspaceConfig

NURSE = Person(id="U0NURSE001", name="Maya Okafor", title="Nurse, ICU", email="maya.okafor@hospital.example")
TECHNICIAN = Person(
    id="U0TECH0001", name="Luis Herrera", title="Supply technician", email="luis.herrera@hospital.example"
)
MANAGER = Person(
    id="U0MANAGER1",
    name="Ingrid Halvorsen",
    title="Supply manager",
    email="ingrid.halvorsen@hospital.example",
)
ADMIN = Person(
    id="U0ADMIN001", name="Samuel Reyes", title="Administrator", email="samuel.reyes@hospital.example"
)
PEOPLE = (NURSE, TECHNICIAN, MANAGER, ADMIN)
_EVERYBODY = tuple(person.id for person in PEOPLE)

CHANNELS = (
    ChannelSpec(
        id="C0GENERAL1", name="general", purpose="News for everybody", members=_EVERYBODY, bot_is_member=True
    ),
    ChannelSpec(id="C0ICUSUPP1", name="icu-supply", purpose="Stock of the ICU", members=_EVERYBODY),
    ChannelSpec(
        id="C0ORSUPPL1", name="or-supply", purpose="Stock of the operating rooms", members=_EVERYBODY
    ),
    ChannelSpec(
        id="C0MANAGER1",
        name="supply-managers",
        purpose="Costs, orders and recalls",
        members=(MANAGER.id, ADMIN.id),
        is_private=True,
    ),
)


def demo_config(*, host: str = "127.0.0.1", port: int = 0) -> WorkspaceConfig:
    """A small hospital: four people, four channels, one command."""
    return WorkspaceConfig(
        people=PEOPLE,
        channels=CHANNELS,
        usergroups={"supply-room": ("S0SUPPLY01", (TECHNICIAN.id, MANAGER.id))},
        host=host,
        port=port,
        team_name="Saint Brigid Hospital",
        title="Saint Brigid Hospital",
        message_shortcuts=(MessageShortcut(callback_id="ask_about_message", label="Ask Parley about this"),),
        global_shortcuts=(MessageShortcut(callback_id="print_labels", label="Print labels"),),
    )
