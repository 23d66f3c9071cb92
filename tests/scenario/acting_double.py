"""The acting half of the dialogue as a script: it knows one card, posts it once, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from bot.dialogue.acting.turns import ActTurn, Elsewhere, Form, Press, Pressed, Submitted
from bot.dialogue.turn import Heard, Turn
from bot.understanding.meaning import Meaning
from bot.views.acting.blocks import BlockViews
from bot.views.acting.shown import Answer, Closed, EditForm, Field, FieldKind, Refusal
from bot.views.rendered import Notice, Rendered
from domain.errors import Invalid
from domain.ports import ThreadState
from tests.unit.views.acting import samples

VIEWS = BlockViews()
FAMILY = UUID("0199c0de-0000-7000-8000-0000000000ff")


@dataclass
class ScriptedActing:
    """``fails`` are raised first, one a press; ``gate`` is waited for before a form is given; ``told`` goes with a confirmation."""

    heard: list[Heard] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    checked: list[Submitted] = field(default_factory=list)
    submitted: list[Submitted] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    gate: Callable[[], Awaitable[None]] | None = None
    alone: bool = False
    told: tuple[Elsewhere, ...] = ()
    form_fails: Exception | None = None
    posted_by: str = ""
    made: Callable[[Heard, str], None] | None = None
    """Called with each card that is made and the id of its draft."""

    async def hear(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        self.heard.append(heard)
        subject = str(uuid5(FAMILY, heard.event_id))
        if self.made is not None:
            self.made(heard, subject)
        return ActTurn(VIEWS.card(samples.card(subject=subject)), alone=self.alone, card_of=subject)

    async def press(self, pressed: Pressed) -> ActTurn:
        self.pressed.append(pressed)
        if self.fails:
            raise self.fails.pop(0)
        match pressed.press:
            case Press.CONFIRM if not self.posted_by:
                self.posted_by = pressed.person.name
                return ActTurn(self._receipt(), replaces=pressed.message, told=self.told)
            case Press.CONFIRM:
                return ActTurn(
                    VIEWS.notice(Notice(f"{self.posted_by} confirmed it already: R-10482.")), alone=True
                )
            case Press.CANCEL:
                return ActTurn(VIEWS.closed(Closed("Cancelled.")), replaces=pressed.message)
            case Press.UNDO:
                answers = (Answer("Undo it", "undo"), Answer("Leave it", "leave"))
                return ActTurn(VIEWS.refusal(Refusal("Undo R-10482?", (), answers, pressed.subject)))
            case _:
                return ActTurn(VIEWS.notice(Notice(f"{pressed.press}: {pressed.choice}")))

    async def form(self, pressed: Pressed) -> Form:
        if self.gate is not None:
            await self.gate()
        if self.form_fails is not None:
            raise self.form_fails
        self.pressed.append(pressed)
        if pressed.press is Press.OVERRIDE:
            reason = Field("reason", FieldKind.LONG_TEXT, "Why?")
            return Form("override", VIEWS.override_form(EditForm("Override", "Record it", (reason,))))
        fields = (
            Field("quantity.0", FieldKind.NUMBER, "Foley catheter: how many", "2"),
            Field("lot.0", FieldKind.CHOICE, "Lot", "1", (("7K1120", "1"), ("8J2210", "2"))),
            Field("expires.0", FieldKind.DATE, "Expires", optional=True),
            Field("patient", FieldKind.TEXT, "Encounter", optional=True, private=True),
        )
        return Form("edit", VIEWS.form(EditForm("Change the use", "Read back", fields)))

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        self.checked.append(submitted)
        if submitted.values.get("quantity.0") == "gone":
            raise Invalid("This card is over: R-10482 was recorded.")
        wrong: dict[str, str] = {}
        if submitted.values.get("quantity.0") == "half":
            wrong = {"quantity.0": "A number is needed.", "target": "Say whom it is charged to."}
        return wrong

    async def submit(self, submitted: Submitted) -> ActTurn:
        self.submitted.append(submitted)
        changed = samples.card(subject=submitted.subject, version=2, notes=("Changed.",))
        return ActTurn(VIEWS.card(changed), replaces=submitted.message, card_of=submitted.subject)

    def _receipt(self) -> Rendered:
        return VIEWS.receipt(samples.receipt(actor=self.posted_by))


@dataclass
class ActingTalk:
    """A dialogue for which every message is an action."""

    acting: ScriptedActing

    async def hear(self, heard: Heard) -> Turn:
        act = await self.acting.hear(heard, Meaning(heard.text, "consume", 0.99, ()))
        assert act is not None
        state = ThreadState(heard.channel, heard.thread, heard.person.id, "{}", datetime.now(UTC))
        return Turn(act.rendered, state=state, act=act)

    async def choose(self, chosen: object) -> Turn:
        raise AssertionError("no question is asked here")
