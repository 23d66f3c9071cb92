"""The Bolt app, which never acknowledges what it could not take in: also not while Slack can not say who we are."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import word_of
from bot.listeners import (
    acting,
    actions,
    alerts,
    catch_all,
    commands,
    errors,
    forms,
    home,
    labels,
    messages,
    rewording,
    settings,
    shortcuts,
)
from bot.listeners.deps import Deps
from domain.errors import InvalidSetting, Unavailable

log = structlog.get_logger(__name__)

REFUSED: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)


def register(app: AsyncApp, deps: Deps) -> None:
    """All surfaces of Parley; the catch-all last."""
    errors.register(app)
    messages.register(app, deps)
    actions.register(app, deps)
    forms.register(app, deps)
    acting.register(app, deps)
    alerts.register(app, deps)
    settings.register(app, deps.settings)
    rewording.register(app, deps)
    commands.register(app, deps)
    shortcuts.register(app, deps)
    labels.register(app, deps)
    home.register(app, deps)
    catch_all.register(app)


def open_app(client: AsyncWebClient, deps: Deps, *, signing_secret: str = "") -> AsyncApp:
    """The app with all its listeners. ``signing_secret`` is needed for HTTP alone.

    Bolt's own proof of the token answers 200 when Slack fails just then, and the event would be lost; ours does not.
    """
    # The token comes with the proof; a client that has one already makes Bolt complain.
    bare = AsyncWebClient(
        base_url=client.base_url, session=client.session, timeout=client.timeout, retry_handlers=[]
    )
    # With no logger of ours Bolt takes the root's level: at DEBUG it would log whole payloads, and with them what people typed.
    quiet = logging.getLogger("slack_bolt")
    app = AsyncApp(client=bare, signing_secret=signing_secret or None, authorize=_proof(client), logger=quiet)
    register(app, deps)
    return app


def _proof(client: AsyncWebClient) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Asks Slack who the bot is, once; raises Unavailable until Slack has said it."""
    known: list[AuthorizeResult] = []

    async def prove() -> AuthorizeResult:
        if not known:
            try:
                answer = await client.auth_test()
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("slack does not say who the bot is", error=_reason(error))
                raise Unavailable("Slack does not say just now who I am.") from None
            known[:] = [
                AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=client.token)
            ]
        return known[0]

    return prove


async def check_tokens(client: AsyncWebClient, *, app_token: str = "") -> None:
    """Raises InvalidSetting naming the token that Slack refuses. A Slack that does not answer is no fault of a token."""
    await _check("PARLEY_SLACK_BOT_TOKEN", client.auth_test)
    if app_token:
        await _check("PARLEY_SLACK_APP_TOKEN", lambda: client.apps_connections_open(app_token=app_token))


async def _check(setting: str, call: Callable[[], Awaitable[object]]) -> None:
    try:
        await call()
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = _reason(error)
        if reason in REFUSED:
            raise InvalidSetting(
                f"Slack refuses {setting} ({reason}): copy the token from the app's settings page again."
            ) from None
        log.warning("slack does not answer yet", setting=setting, error=reason)


def _reason(error: Exception) -> str:
    """Slack's word, else the kind of failure; an error's own text may hold an address with a token in it."""
    return (word_of(error) if isinstance(error, SlackApiError) else "") or type(error).__name__
