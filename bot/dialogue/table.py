"""The one table: what each intent leads to, with examples that work in the demo hospital."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.understanding.draft import Verb
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import AskAnswer
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.check_stock import check_stock
from domain.usecases.ask.describe_item import describe_item
from domain.usecases.ask.find_item import find_item
from domain.usecases.ask.follow_orders import follow_orders
from domain.usecases.ask.report_spend import report_spend
from domain.usecases.ask.report_usage import report_usage
from domain.usecases.ask.requests import (
    AskRequest,
    BelowPar,
    CheckExpiry,
    CheckStock,
    DescribeItem,
    FindItem,
    FollowOrders,
    ReportSpend,
    ReportUsage,
    SlowStock,
    TraceLot,
)
from domain.usecases.ask.slow_stock import slow_stock
from domain.usecases.ask.trace_lot import trace_lot


class Kind(StrEnum):
    """QUESTION: answered. LATER: understood, but no question Parley answers yet. ACTION: would change something. TALK: no supplies."""

    QUESTION = "question"
    LATER = "later"
    ACTION = "action"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Row:
    """``verb`` is what is asked, or for LATER and ACTION the question that helps meanwhile. ``deed`` completes "to …"."""

    intent: str
    kind: Kind
    verb: Verb | None = None
    deed: str = ""
    examples: tuple[str, ...] = ()


_ROWS = (
    Row("find_item", Kind.QUESTION, Verb.FIND, examples=("where are 7.5 gloves?",)),
    Row("check_stock", Kind.QUESTION, Verb.STOCK, examples=("do we have any 16 fr foleys in ICU?",)),
    Row("check_expiry", Kind.QUESTION, Verb.EXPIRY, examples=("what expires this month in cath lab?",)),
    Row("item_info", Kind.QUESTION, Verb.INFO, examples=("is the tegaderm latex free, how many in a box?",)),
    Row("trace_lot", Kind.QUESTION, Verb.TRACE, examples=("where is lot 8J2210, who got it?",)),
    Row(
        "usage_history",
        Kind.QUESTION,
        Verb.USAGE,
        examples=("how many chest tubes did ED use since august?",),
    ),
    Row("below_par", Kind.QUESTION, Verb.LOW, examples=("what's low in PACU?",)),
    Row("suggest_substitute", Kind.LATER, Verb.FIND, "suggest substitutes"),
    Row("cost_report", Kind.QUESTION, Verb.SPEND, examples=("what did we spend by department last month?",)),
    Row("reorder_status", Kind.QUESTION, Verb.ORDERS, examples=("when do the vicryls get here?",)),
    Row("slow_moving", Kind.QUESTION, Verb.SLOW, examples=("what hasn't moved since june?",)),
    Row("consume", Kind.ACTION, Verb.FIND, "record a use"),
    Row("transfer", Kind.ACTION, Verb.FIND, "record a transfer"),
    Row("receive", Kind.ACTION, Verb.STOCK, "receive a delivery"),
    Row("waste", Kind.ACTION, Verb.FIND, "record waste"),
    Row("count", Kind.ACTION, Verb.STOCK, "record a count"),
    Row("requisition", Kind.ACTION, Verb.FIND, "send for supplies"),
    Row("reorder", Kind.ACTION, Verb.STOCK, "order from a supplier"),
    Row("set_par", Kind.ACTION, Verb.STOCK, "change a par level"),
    Row("quarantine", Kind.ACTION, Verb.FIND, "put stock on hold"),
    Row("undo", Kind.ACTION, None, "undo something"),
    Row("subscribe_alert", Kind.ACTION, Verb.STOCK, "set up alerts"),
    Row("greet", Kind.TALK),
    Row("thanks", Kind.TALK),
    Row("help", Kind.TALK),
    Row("affirm", Kind.TALK),
    Row("deny", Kind.TALK),
    Row("cancel", Kind.TALK),
    Row("out_of_scope", Kind.TALK),
)

TABLE: dict[str, Row] = {row.intent: row for row in _ROWS}

EXAMPLES: tuple[str, ...] = tuple(row.examples[0] for row in _ROWS if row.examples)
"""One example a kind of question: what help shows."""


def answer(request: AskRequest, *, uow: UnitOfWork) -> AskAnswer:
    """Asks the use case that ``request`` is for. Raises what the use case raises."""
    match request:
        case FindItem():
            return find_item(request, uow=uow)
        case CheckStock():
            return check_stock(request, uow=uow)
        case CheckExpiry():
            return check_expiry(request, uow=uow)
        case DescribeItem():
            return describe_item(request, uow=uow)
        case TraceLot():
            return trace_lot(request, uow=uow)
        case ReportUsage():
            return report_usage(request, uow=uow)
        case BelowPar():
            return below_par(request, uow=uow)
        case FollowOrders():
            return follow_orders(request, uow=uow)
        case ReportSpend():
            return report_spend(request, uow=uow)
        case SlowStock():
            return slow_stock(request, uow=uow)
        case _:
            assert_never(request)
