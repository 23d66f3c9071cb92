"""A local Slack in one object: what the bot connects to, what people do, what tests read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from bot.workspace.config import WorkspaceConfig
from bot.workspace.core import Core
from bot.workspace.delivery import Courier
from bot.workspace.errors import NoSuchThingError
from bot.workspace.faults import Faults
from bot.workspace.humans import Humans
from bot.workspace.page_api import PageApi
from bot.workspace.shapes import Shapes
from bot.workspace.state import BOT_USER_ID, Call, Channel, Message, State, User, View
from bot.workspace.web_api import WebApi

UPLOAD_MAX = 64 * 1024 * 1024


class LocalWorkspace(Humans):
    """A Slack workspace on this machine, in memory.

    The bot side is Slack's own protocol at ``api_url``; people act through the methods of Humans or on the
    page at ``page_url``. Tokens and the signing secret are new at every start.
    """

    def __init__(self, config: WorkspaceConfig) -> None:
        self.config = config
        self.bot_token = f"xoxb-local-{secrets.token_urlsafe(24)}"
        self.app_token = f"xapp-1-local-{secrets.token_urlsafe(24)}"
        self.signing_secret = secrets.token_hex(16)
        self.bot_user_id = BOT_USER_ID
        self.state = State()
        self.faults = Faults(self._faults_changed)
        self._shapes = Shapes(config=config, state=self.state)
        self.courier = Courier(
            config=config, state=self.state, faults=self.faults, signing_secret=self.signing_secret
        )
        core = Core(
            config=config, state=self.state, shapes=self._shapes, courier=self.courier, faults=self.faults
        )
        super().__init__(core)
        self.faults.bind(refresh=self.courier.refresh, drop=self.courier.drop)
        self._web_api = WebApi(core, bot_token=self.bot_token, app_token=self.app_token)
        self._page = PageApi(core, self)
        self._runner: web.AppRunner | None = None
        self._settle()

    def _settle(self) -> None:
        """Fill the workspace with the people and channels of its configuration."""
        config, state = self.config, self.state
        bot = User(
            id=BOT_USER_ID,
            name=config.bot_name,
            title=config.bot_description,
            email="",
            tz="Etc/UTC",
            is_bot=True,
        )
        state.users[bot.id] = bot
        for person in config.people:
            state.users[person.id] = User(
                id=person.id, name=person.name, title=person.title, email=person.email, tz=person.tz
            )
            direct = Channel(
                id=f"D{person.id[1:]}",
                name=config.bot_name,
                purpose=config.bot_description,
                members=[person.id, BOT_USER_ID],
                is_im=True,
                is_private=True,
            )
            state.channels[direct.id] = direct
        for spec in config.channels:
            bots = [BOT_USER_ID] if spec.bot_is_member else []
            state.channels[spec.id] = Channel(
                id=spec.id,
                name=spec.name,
                purpose=spec.purpose,
                members=[*spec.members, *bots],
                is_private=spec.is_private,
            )
        state.usergroups = dict(config.usergroups)

    def _faults_changed(self) -> None:
        self.state.tell("faults", {"pending": self.faults.pending()})

    # Life

    async def start(self) -> None:
        """Listen on the configured address; port 0 takes a free one."""
        app = web.Application(client_max_size=UPLOAD_MAX)
        app.add_routes(
            [*self._web_api.routes(), *self._page.routes(), web.get("/link", self.courier.serve_socket)]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.config.host, self.config.port).start()
        host = "127.0.0.1" if self.config.host == "0.0.0.0" else self.config.host  # noqa: S104 - compared, not bound
        port: int = self._runner.addresses[0][1]
        self._shapes.base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        await self._page.stop()
        await self.courier.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> LocalWorkspace:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    @property
    def page_url(self) -> str:
        """Where people open the workspace in a browser."""
        return f"{self._shapes.base}/"

    @property
    def api_url(self) -> str:
        """The ``base_url`` for the bot's Slack client."""
        return f"{self._shapes.base}/api/"

    async def close_pages(self) -> None:
        """Cut the live connection of every page; they come back by themselves."""
        await self._page.stop()

    def deliver_to(self, request_url: str) -> None:
        """Send everything from now on as signed HTTP requests to this address."""
        self.courier.config = replace(self.courier.config, mode="http", request_url=request_url)

    # What tests read

    @property
    def online(self) -> bool:
        """Whether a bot is connected."""
        return self.courier.online

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API so far, the oldest first."""
        return self.state.calls

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.state.calls if call.method == method]

    def trigger(self, user: str, *, view_id: str | None = None) -> str:
        """A trigger as a click of this person would give, in a message or in a modal."""
        return self._core.new_trigger(user, view_id=view_id)

    def direct_messages(self, user: str) -> str:
        """The id of a person's conversation with the bot."""
        return self.state.channel(user).id

    def messages(self, channel: str, *, thread_ts: str | None = None) -> list[Message]:
        """The messages of a conversation, or of one thread with its root; oldest first."""
        found = self.state.channel(channel)
        if thread_ts is not None:
            return self.state.thread(found.id, thread_ts)
        return list(self.state.messages.get(found.id, []))

    def replies(self, channel: str, *, thread_ts: str) -> list[Message]:
        """What the bot said in a thread."""
        return [m for m in self.messages(channel, thread_ts=thread_ts) if m.from_bot and m.ts != thread_ts]

    def ephemerals(self, user: str) -> list[Message]:
        """What only this person sees."""
        return [m for m in self.state.ephemerals if m.ephemeral_to == user]

    def home(self, user: str) -> View:
        """The home tab of a person; NoSuchThingError until the bot published one."""
        try:
            return self.state.homes[user]
        except KeyError:
            raise NoSuchThingError(f"no home tab was published for {user}") from None

    def views(self, user: str) -> list[View]:
        """The modals open before a person, the topmost last."""
        return self.state.stack(user)

    def file(self, file_id: str) -> bytes:
        """The bytes of a file."""
        data = self.state.files[file_id].data
        return data if data is not None else b""

    async def wait_for[T](self, predicate: Callable[[], T], timeout: float = 10.0) -> T:  # noqa: ASYNC109 - the caller's limit
        """The first truthy value of ``predicate``, looked at after every change of the workspace.

        A LookupError in the predicate means "not yet". Raises WaitedTooLongError.
        """
        return await self.state.wait_for(predicate, limit=timeout)

    async def wait_online(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - the caller's limit
        """Until a bot is connected."""
        await self.wait_for(lambda: self.online, timeout)
