"""What the dialogue needs of the views, and how two replies become one."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bot.views import answers, asking, notices
from bot.views.asking import Asking
from bot.views.rendered import Choice, Notice, Page, Rendered
from bot.views.spend import SheetWriter
from domain.usecases.ask.answers import AskAnswer

_MOST_BLOCKS = 50


class Views(Protocol):
    """Values -> messages. ``SlackViews`` is the real one; tests may show less."""

    def render(self, answer: AskAnswer, *, page: Page, today: date) -> Rendered: ...

    def with_options(self, rendered: Rendered, choice: Choice) -> Rendered: ...

    def notice(self, value: Notice) -> Rendered: ...

    def choice(self, value: Choice) -> Rendered: ...

    def asking(self, value: Asking) -> Rendered: ...

    def chosen(self, label: str) -> Rendered: ...

    def closed(self, sentence: str) -> Rendered: ...

    def with_way_back(self, rendered: Rendered, token: str) -> Rendered: ...


class SlackViews:
    """The functions of ``bot.views``. ``write`` makes files of tables; without it they are CSV."""

    def __init__(self, write: SheetWriter | None = None) -> None:
        self._write = write

    def render(self, answer: AskAnswer, *, page: Page, today: date) -> Rendered:
        return answers.render(answer, page=page, today=today, write=self._write)

    def with_options(self, rendered: Rendered, choice: Choice) -> Rendered:
        return answers.with_options(rendered, choice)

    def notice(self, value: Notice) -> Rendered:
        return notices.notice(value)

    def choice(self, value: Choice) -> Rendered:
        return notices.choice(value)

    def asking(self, value: Asking) -> Rendered:
        return asking.asking(value)

    def chosen(self, label: str) -> Rendered:
        return asking.chosen(label)

    def closed(self, sentence: str) -> Rendered:
        return asking.closed(sentence)

    def with_way_back(self, rendered: Rendered, token: str) -> Rendered:
        return asking.with_way_back(rendered, token)


def joined(first: Rendered, second: Rendered) -> Rendered:
    """Both messages as one, in order; what goes beyond Slack's limit of blocks is left off the end."""
    return Rendered(
        f"{first.text}\n{second.text}",
        (*first.blocks, *second.blocks)[:_MOST_BLOCKS],
        (*first.attachments, *second.attachments),
    )
