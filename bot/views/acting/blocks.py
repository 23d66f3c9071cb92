"""The views of actions as one object, as the dialogue is given them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.views import notices
from bot.views.acting import cards, forms, orders, receipts
from bot.views.acting.shown import (
    Card,
    Closed,
    EditForm,
    HoldShown,
    OrderShown,
    ReceiptShown,
    Refusal,
    SubscriptionShown,
)
from bot.views.rendered import Json, Notice, Rendered


class BlockViews:
    """``bot.dialogue.acting.showing.ActViews`` as Block Kit. It holds nothing."""

    def card(self, value: Card) -> Rendered:
        return cards.card(value)

    def closed(self, value: Closed) -> Rendered:
        return cards.closed(value)

    def receipt(self, value: ReceiptShown) -> Rendered:
        return receipts.receipt(value)

    def refusal(self, value: Refusal) -> Rendered:
        return cards.refusal(value)

    def requisition(self, value: OrderShown) -> Rendered:
        return orders.requisition(value)

    def hold(self, value: HoldShown) -> Rendered:
        return orders.hold(value)

    def subscriptions(self, values: Sequence[SubscriptionShown], *, lead: str = "") -> Rendered:
        return orders.subscriptions(values, lead=lead)

    def form(self, value: EditForm) -> Mapping[str, Json]:
        return forms.form(value)

    def override_form(self, value: EditForm) -> Mapping[str, Json]:
        return forms.override_form(value)

    def notice(self, value: Notice) -> Rendered:
        return notices.notice(value)
