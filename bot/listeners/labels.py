"""Labels from Slack: "/parley labels ICU", "print bin labels for OR 3", and the entry "Print labels" with its form. The PDF comes
back as a file where it was asked for.

What is understood here is a fixed form of words, so that no other question is taken for it: "print" or the kind of label stands
before "labels", or it is typed behind the command.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.letters import Letter, Reply
from bot.listeners.keeping import keep
from bot.listeners.people import asker_of
from bot.listeners.posts import Address, posts
from bot.views import notices
from bot.views.labels import LABELS_FORM, label_form, printed
from bot.views.rendered import Json, Notice, Rendered
from domain.errors import Conflict, SupplyRoomError, Unavailable, UnknownPlace
from domain.model.person import Person
from domain.ports import Clock, PlaceSearch, Transactions
from domain.usecases.labels.choose import LabelKind, labels_for
from domain.usecases.labels.where import place_named

if TYPE_CHECKING:
    from bot.listeners.deps import Deps

log = structlog.get_logger(__name__)

SHORTCUT: Final = "print_labels"
"""callback_id of the global shortcut."""
KIND: Final = "labels"
"""Letters of the form."""

DEFAULT_SHEET: Final = "avery-5160"
DEFAULT_CODE: Final = "data-matrix"

KINDS: Final = (
    ("shelf", "Shelves, drawers, cabinets"),
    ("bin", "Bins: each item at its place"),
    ("item", "Items, by name"),
)
CODES: Final = (
    ("data-matrix", "Data Matrix: small, read best from a photograph"),
    ("qr", "QR code"),
    ("gs1-128", "GS1-128: for handheld scanners, wide labels"),
)

_OPEN_SECONDS: Final = 2.0
_WITHOUT_PLACE: Final = "Say for which place: “/parley labels ICU”, or “print bin labels for OR 3”."
_ORDER: Final = re.compile(
    r"(?:please\s+)?(?P<verb>print|make)?\s*(?:me\s+)?(?:(?:the|some|new|all)\s+)?"
    r"(?:(?P<kind>shel(?:f|ves)|bin|item)s?\s+)?labels?\b[\s:,]*(?P<link>for|of|in|at)?\s*(?:the\s+|all\s+)?(?P<place>.*?)"
    r"(?:\s+on\s+(?P<sheet>(?:avery|thermal)?[\s-]*[a-z]?\d[\w.x-]*))?"
    r"(?:\s+(?:as|in)\s+(?P<code>data[\s-]?matrix|qr(?:[\s-]codes?)?|gs1[\s-]?128|isbt[\s-]?128))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Order:
    """Which labels somebody wants; ``place`` as they wrote it, ``sheet`` and ``code`` by their names."""

    place: str
    kind: LabelKind = LabelKind.SHELF
    sheet: str = DEFAULT_SHEET
    code: str = DEFAULT_CODE


def ordered(text: str, *, command: bool) -> Order | None:
    """The order in a message, None where it is about something else. Behind the slash command "labels" alone is enough."""
    shape = _ORDER.fullmatch(" ".join(text.split()).rstrip(".!? "))
    if shape is None:
        return None
    by_kind = shape["kind"] is not None and shape["link"] is not None and shape["link"].lower() == "for"
    if not (command or shape["verb"] or by_kind):
        return None
    word = (shape["kind"] or "shelf").lower()
    kind = LabelKind.SHELF if word.startswith("shel") else LabelKind(word)
    return Order(shape["place"], kind, _sheet(shape["sheet"] or ""), _code(shape["code"] or ""))


def _sheet(words: str) -> str:
    plain = re.sub(r"[\s-]+", "-", words.strip().lower())
    if not plain:
        return DEFAULT_SHEET
    if plain.startswith(("avery", "thermal")):
        return re.sub(r"^(avery|thermal)-?", r"\1-", plain)
    return f"thermal-{plain}" if "x" in plain else f"avery-{plain}"


def _code(words: str) -> str:
    plain = re.sub(r"[\s-]+", "", words.lower())
    known = {"datamatrix": "data-matrix", "gs1128": "gs1-128", "isbt128": "isbt-128"}
    return known.get(plain, "qr" if plain.startswith("qr") else DEFAULT_CODE)


def register(app: AsyncApp, deps: Deps) -> None:
    async def wanted(body: Mapping[str, Any], ack: AsyncAck, client: AsyncWebClient) -> None:
        # The form is opened at once: Slack's permission to open one lasts three seconds.
        with contextlib.suppress(SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
            async with asyncio.timeout(_OPEN_SECONDS):
                await client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=dict(_form()))
        await ack()

    async def given(body: Mapping[str, Any], view: Mapping[str, Any], ack: AsyncAck) -> None:
        letter = form_letter(body, view)
        if letter is not None:
            await keep(letter, deps)
        await ack()

    app.global_shortcut(SHORTCUT)(wanted)
    app.view(LABELS_FORM)(given)


def _form() -> Mapping[str, Json]:
    from bot.media.labels_sheets import SHEETS

    sheets = [(sheet.name, f"{sheet.name}: {sheet.title}") for sheet in SHEETS.values()]
    return label_form(kinds=KINDS, sheets=sheets, codes=CODES)


def form_letter(body: Mapping[str, Any], view: Mapping[str, Any]) -> Letter | None:
    """The letter of a form that was sent; None where it is none of ours. The file goes to the person's direct messages."""
    try:
        values, user = view["state"]["values"], str(body["user"]["id"])
        place = str(values["place"]["said"].get("value") or "").strip()
        kind, sheet, code = (
            str(values[name]["chosen"]["selected_option"]["value"]) for name in ("kind", "sheet", "code")
        )
        LabelKind(kind)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    payload: dict[str, Json] = {
        "user": user, "channel": user, "thread": "", "talk": "", "lane": f"labels:{user}", "private": True,
        "place": place, "labels": kind, "sheet": sheet, "code": code,
    }  # fmt: skip
    return Letter(f"labels:{view.get('id')}:{user}", KIND, payload)


class LabelDesk:
    """Makes the file; what it gives is written by the inbox."""

    def __init__(self, *, transactions: Transactions, places: PlaceSearch, clock: Clock) -> None:
        self._transactions = transactions
        self._places = places
        self._clock = clock

    async def answer(self, letter: Letter) -> Reply:
        """Raises Unavailable or Conflict where trying later helps; all else is said to the person."""
        order = _order_of(letter)
        asker = await asker_of(letter.text("user"), transactions=self._transactions, clock=self._clock)
        try:
            rendered = await asyncio.to_thread(self._made, order, asker.person)
        except (Unavailable, Conflict):
            raise
        except SupplyRoomError as error:
            rendered = notices.notice(Notice(str(error)))
        url = letter.text("url") if letter.kind == "command" else ""
        address = Address(
            letter.text("channel"),
            thread=letter.text("thread"),
            url=url,
            files=letter.text("user") if url else "",
        )
        return Reply(posts=posts(rendered, address, key=letter.event_id, clock=self._clock))

    def _made(self, order: Order, person: Person) -> Rendered:
        # Here and not above: what draws is loaded when the first label is wanted.
        from bot.media.labels import labels_pdf
        from bot.media.labels_sheets import sheet_named
        from bot.media.labels_symbols import code_named

        if not order.place:
            raise UnknownPlace(_WITHOUT_PLACE)
        code, sheet = code_named(order.code), sheet_named(order.sheet)
        with self._transactions.reading() as uow:
            tree = uow.places.tree()
            place = place_named(
                order.place,
                search=self._places,
                tree=tree,
                facility_id=person.facility_id,
                near=person.home_place_id,
            )
            labels = labels_for(order.kind, [place], uow=uow)
            path = tree.path(place)
        pdf = labels_pdf(labels, sheet=sheet, code=code)
        pages = -(-len(labels) // sheet.count)
        what = f"{len(labels)} {order.kind.value} label{'s' * (len(labels) != 1)} for {path}"
        on = f"{pages} page{'s' * (pages != 1)} of {sheet.name}" if sheet.count > 1 else sheet.name
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:60] or "place"
        return printed(f"{what}, on {on}.", file=f"labels-{order.kind.value}-{name}.pdf", pdf=pdf)


def _order_of(letter: Letter) -> Order:
    if letter.kind == KIND:
        return Order(
            letter.text("place"), LabelKind(letter.text("labels")), letter.text("sheet"), letter.text("code")
        )
    return ordered(letter.text("text"), command=letter.kind == "command") or Order("")
