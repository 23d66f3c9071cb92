"""What the acting half of the dialogue needs of the views. The values are in ``bot.views.acting.shown``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

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


class ActViews(Protocol):
    """Values -> messages and modals. A modal is ``type: modal`` with title, blocks, submit and close; block_id and action_id of an
    input are its field's name; callback and metadata are the listeners' own.
    """

    def card(self, value: Card) -> Rendered:
        """Read back: the plan with its buttons, or what is known with the question that is open."""
        ...

    def closed(self, value: Closed) -> Rendered: ...

    def receipt(self, value: ReceiptShown) -> Rendered: ...

    def refusal(self, value: Refusal) -> Rendered: ...

    def requisition(self, value: OrderShown) -> Rendered: ...

    def hold(self, value: HoldShown) -> Rendered: ...

    def subscriptions(self, values: Sequence[SubscriptionShown], *, lead: str = "") -> Rendered:
        """``lead`` stands above; with no value it is all there is."""
        ...

    def form(self, value: EditForm) -> Mapping[str, Json]: ...

    def override_form(self, value: EditForm) -> Mapping[str, Json]:
        """The form with the reason, worded as a warning."""
        ...

    def notice(self, value: Notice) -> Rendered: ...
