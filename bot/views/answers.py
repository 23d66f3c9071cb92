"""The one door from a typed answer to what people see: each kind of answer has a file of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.views import limits, notices
from bot.views.below_par import below_par
from bot.views.card import page_value, section
from bot.views.check_stock import check_stock
from bot.views.expiry import expiring
from bot.views.find_item import find_item
from bot.views.item_card import item_card
from bot.views.purchasing.follow import follow_orders
from bot.views.rendered import Choice, Page, Rendered
from bot.views.slow_stock import slow_stock
from bot.views.spend import SheetWriter, spend
from bot.views.trace import trace
from bot.views.usage import usage
from bot.views.words import clean, cut, escape
from domain.usecases.ask.answers import (
    AskAnswer,
    BelowParAnswer,
    CheckStockAnswer,
    DescribeItemAnswer,
    ExpiringAnswer,
    FindItemAnswer,
    FollowOrdersAnswer,
    SlowStockAnswer,
    SpendAnswer,
    TraceAnswer,
    UsageAnswer,
)

__all__ = ["page_value", "render", "with_options"]


def render(answer: AskAnswer, *, page: Page, today: date, write: SheetWriter | None = None) -> Rendered:
    """The message for ``answer``. ``today`` is the facility's calendar day; a plot takes some 100 ms to draw."""
    match answer:
        case FindItemAnswer():
            return find_item(answer, page=page, today=today)
        case CheckStockAnswer():
            return check_stock(answer, page=page, today=today)
        case ExpiringAnswer():
            return expiring(answer, page=page, today=today)
        case DescribeItemAnswer():
            return item_card(answer, page=page, today=today)
        case TraceAnswer():
            return trace(answer, page=page, today=today)
        case UsageAnswer():
            return usage(answer, page=page, today=today)
        case BelowParAnswer():
            return below_par(answer, page=page, today=today)
        case SpendAnswer():
            return spend(answer, page=page, today=today, write=write)
        case FollowOrdersAnswer():
            return follow_orders(answer, page=page, today=today)
        case SlowStockAnswer():
            return slow_stock(answer, page=page, today=today)


def with_options(rendered: Rendered, choice: Choice) -> Rendered:
    """The answer with a question below it and the buttons that finish it ("Did you mean …?")."""
    below = notices.option_blocks(choice)
    if not below:
        return rendered
    question = clean(choice.question)
    asked = (section(escape(question)),) if question else ()
    room = limits.BLOCKS["message"] - len(asked) - len(below)
    return replace(
        rendered,
        text="\n".join(filter(None, (rendered.text, cut(question, 500), notices.option_text(choice)))),
        blocks=(*rendered.blocks[:room], *asked, *below),
    )
