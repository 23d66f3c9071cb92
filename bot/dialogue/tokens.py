"""A question as the text of a button: short, versioned, checked when it comes back.

Neither who asks nor the day is in it: both are taken anew when the button is pressed. Nor is anything a person typed, but for
a lot number that exists. Slack's limit for a button's value is 2,000 characters with the wrapping that views add.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.understanding.draft import Draft, Verb, draft_of
from bot.understanding.meaning import INTENTS
from domain.errors import Invalid, InvalidWindow
from domain.model.ids import ItemId, PlaceId, SupplierId
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.usecases.ask.requests import AskRequest, Aspect, UsageGroup

VERSION = 1
LONGEST = 1_800
"""Characters of a token once it stands, quoted, inside another JSON text."""

MOST_ITEMS = 400
MOST_PLACES = 20


class InvalidToken(Invalid):
    """A button's value that is no question of this version: tampered with, cut, or from an older Parley."""


type _Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


_ONLY = {"d": "departments", "p": "providers", "q": "procedures", "s": "suppliers", "c": "cases"}
"""How the parts of a ``SpendFilter`` are written."""

_RUN = r"[1-9]\d{0,17}(\+\d{1,3})?"
_RUNS = rf"^{_RUN}( {_RUN})*$"


class _Token(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    v: Literal[1]
    q: Verb = Field(strict=False)
    i: Annotated[str, StringConstraints(max_length=LONGEST, pattern=_RUNS)] | None = None
    p: list[_Id] = Field(default=[], max_length=MOST_PLACES)
    w: tuple[date, date, Annotated[str, StringConstraints(max_length=60)]] | None = Field(
        default=None, strict=False
    )
    a: list[Aspect] = Field(default=[], max_length=len(Aspect), strict=False)
    n: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f<>]*$")] = ""
    g: UsageGroup = Field(default=UsageGroup.NONE, strict=False)
    u: list[_Id] = Field(default=[], max_length=MOST_PLACES)
    l: bool = False  # noqa: E741 - one letter a field: late
    s: SpendGroup = Field(default=SpendGroup.DEPARTMENT, strict=False)
    o: dict[
        Annotated[str, StringConstraints(pattern=r"^[dpqsc]$")], Annotated[list[_Id], Field(max_length=40)]
    ] = {}
    t: bool = False
    f: Annotated[str, StringConstraints(pattern=r"^(csv|xlsx)?$")] = ""


def encode(question: Draft | AskRequest) -> str:
    """The token of a complete question. So many items that it grew too long are cut to the first that fit."""
    draft = question if isinstance(question, Draft) else draft_of(question)
    draft = replace(draft, items=draft.items[:MOST_ITEMS], places=draft.places[:MOST_PLACES])
    token = _written(draft)
    while len(json.dumps(token)) > LONGEST and len(draft.items) > 1:
        draft = replace(draft, items=draft.items[: len(draft.items) * 3 // 4])
        token = _written(draft)
    return token


def _written(draft: Draft) -> str:
    fields: dict[str, object] = {"v": VERSION, "q": draft.verb.value}
    if draft.items:
        fields["i"] = _runs(draft.items)
    if draft.places:
        fields["p"] = list(draft.places)
    if draft.window is not None:
        window = draft.window
        fields["w"] = [window.start.isoformat(), window.end.isoformat(), window.label[:60]]
    if draft.aspects:
        fields["a"] = [aspect.value for aspect in draft.aspects]
    if draft.number:
        fields["n"] = draft.number[:60]
    if draft.group_by is not UsageGroup.NONE:
        fields["g"] = draft.group_by.value
    if draft.suppliers:
        fields["u"] = list(draft.suppliers[:MOST_PLACES])
    if draft.late:
        fields["l"] = True
    if draft.spend_by is not SpendGroup.DEPARTMENT:
        fields["s"] = draft.spend_by.value
    if draft.only:
        fields["o"] = {
            short: list(keys)[:40] for short, name in _ONLY.items() if (keys := getattr(draft.only, name))
        }
    if draft.waste:
        fields["t"] = True
    if draft.file:
        fields["f"] = draft.file
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def decode(token: str, *, partial: bool = False) -> Draft:
    """The question a token stands for. Raises InvalidToken for anything else; ``partial`` lets an unfinished one pass."""
    if len(token) > 2_000:
        raise InvalidToken("This button is too long to be one of mine; please ask again.")
    try:
        read = _Token.model_validate_json(token)
        window = None if read.w is None else DateWindow(*read.w)
        items = _items(read.i or "")
    except (ValidationError, InvalidWindow, _TooManyError):
        raise InvalidToken(
            "I can not read this button any more; it may be from an older Parley. Please ask again."
        ) from None
    draft = Draft(
        read.q,
        items,
        tuple(PlaceId(p) for p in read.p),
        window,
        tuple(read.a),
        read.n,
        read.g,
        spend_by=read.s,
        only=SpendFilter(**{_ONLY[short]: tuple(keys) for short, keys in read.o.items()}),  # type: ignore[arg-type]  # whole numbers
        waste=read.t,
        file=read.f,
        suppliers=tuple(SupplierId(one) for one in read.u),
        late=read.l,
    )
    if not partial and not draft.complete:
        raise InvalidToken("This button's question is not finished; please ask again.")
    return draft


class _Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    v: Literal[1]
    k: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
    x: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]*$")] = ""
    c: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to read a message: ``intent`` of the reading stored under ``reading_id``; "" opens the question which.

    ``corrects``: it was chosen against what had been answered.
    """

    reading_id: str
    intent: str = ""
    corrects: bool = False


def encode_choice(choice: Choice) -> str:
    """The token of a way to read a message: the reading's id and an intent, nothing that anybody typed."""
    fields: dict[str, object] = {"v": VERSION, "k": choice.reading_id}
    if choice.intent:
        fields["x"] = choice.intent
    if choice.corrects:
        fields["c"] = True
    return json.dumps(fields, separators=(",", ":"))


def decode_choice(token: str) -> Choice:
    """Raises InvalidToken for anything else."""
    try:
        read = _Choice.model_validate_json(token)
    except ValidationError:
        raise InvalidToken(
            "I can not read this button any more; it may be from an older Parley. Please ask again."
        ) from None
    if read.x and read.x not in INTENTS:
        raise InvalidToken("This button stands for something I do not do; please ask again.")
    return Choice(read.k, read.x, read.c)


class _TooManyError(ValueError):
    """More items than any token of ours names."""


def _runs(items: tuple[ItemId, ...]) -> str:
    """Ids in their order, neighbours as a run: 7, 8, 9, 20 is "7+2 20". The sizes of a product line are neighbours."""
    runs: list[list[int]] = []
    for item in items:
        if runs and item == runs[-1][0] + runs[-1][1] + 1:
            runs[-1][1] += 1
        else:
            runs.append([item, 0])
    return " ".join(f"{start}+{more}" if more else str(start) for start, more in runs)


def _items(text: str) -> tuple[ItemId, ...]:
    items: list[ItemId] = []
    for run in text.split():
        start, _, more = run.partition("+")
        items.extend(ItemId(int(start) + step) for step in range(int(more or 0) + 1))
        if len(items) > MOST_ITEMS:
            raise _TooManyError
    return tuple(items)
