"""What the dialogue needs of the views, and how two replies become one."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bot.views import answers, notices
from bot.views.rendered import Choice, Notice, Page, Rendered
from domain.usecases.ask.answers import AskAnswer

_MOST_BLOCKS = 50


class Views(Protocol):
    """Values -> messages. ``SlackViews`` is the real one; tests may show less."""

    def render(self, answer: AskAnswer, *, page: Page, today: date) -> Rendered: ...

    def with_options(self, rendered: Rendered, choice: Choice) -> Rendered: ...

    def notice(self, value: Notice) -> Rendered: ...

    def choice(self, value: Choice) -> Rendered: ...


class SlackViews:
    """The functions of ``bot.views``."""

    def render(self, answer: AskAnswer, *, page: Page, today: date) -> Rendered:
        return answers.render(answer, page=page, today=today)

    def with_options(self, rendered: Rendered, choice: Choice) -> Rendered:
        return answers.with_options(rendered, choice)

    def notice(self, value: Notice) -> Rendered:
        return notices.notice(value)

    def choice(self, value: Choice) -> Rendered:
        return notices.choice(value)


def joined(first: Rendered, second: Rendered) -> Rendered:
    """Both messages as one, in order; what goes beyond Slack's limit of blocks is left off the end."""
    return Rendered(
        f"{first.text}\n{second.text}",
        (*first.blocks, *second.blocks)[:_MOST_BLOCKS],
        (*first.attachments, *second.attachments),
    )
