"""A card's life: open for half an hour, then posted, superseded, cancelled or expired; it leaves that state once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.errors import Stale
from domain.model.receipt import ActionDraft, DraftId, DraftState
from domain.ports import UnitOfWork

LIFETIME = timedelta(minutes=30)

SENTENCES = {
    DraftState.POSTED: "This was posted already.",
    DraftState.SUPERSEDED: "A newer card of this thread replaces this one.",
    DraftState.CANCELLED: "This was cancelled; nothing was posted.",
    DraftState.EXPIRED: "This card lapsed after 30 minutes; nothing was posted. Say it again.",
}
"""What is said to who clicks a card that is open no more."""


def require_open(draft: ActionDraft, *, now: datetime) -> None:
    """Raises Stale with what became of it."""
    state = DraftState.EXPIRED if draft.state is DraftState.OPEN and draft.expires_at <= now else draft.state
    if state is not DraftState.OPEN:
        raise Stale(SENTENCES[state])


def cancel(draft_id: DraftId, *, uow: UnitOfWork) -> ActionDraft:
    """Gives the draft as it is afterwards: what was posted, superseded or expired before stays that. Commits.

    Raises UnknownRecord.
    """
    return _leave(draft_id, DraftState.CANCELLED, uow=uow)


def supersede(draft_id: DraftId, *, by: ActionDraft, uow: UnitOfWork) -> ActionDraft:
    """The newer card ``by`` is stored (once) and the older closes, both or neither; gives the older as it is afterwards. Commits.

    An older card that was posted in the meantime stays posted; the newer one is stored all the same, and its plan tells.
    Raises UnknownRecord.
    """
    uow.drafts.add(by)
    return _leave(draft_id, DraftState.SUPERSEDED, uow=uow)


def expire(*, now: datetime, uow: UnitOfWork, limit: int = 100) -> list[ActionDraft]:
    """Closes the open cards whose time is over and gives them: their messages are to say so. Commits."""
    closed = []
    for lapsed in uow.drafts.lapsed(now, limit=limit):
        draft = uow.drafts.get(lapsed.id, lock=True)
        if draft.state is DraftState.OPEN:
            closed.append(_changed(draft, DraftState.EXPIRED, uow=uow))
    uow.commit()
    return closed


def _leave(draft_id: DraftId, state: DraftState, *, uow: UnitOfWork) -> ActionDraft:
    draft = uow.drafts.get(draft_id, lock=True)
    if draft.state is DraftState.OPEN:
        draft = _changed(draft, state, uow=uow)
    uow.commit()
    return draft


def _changed(draft: ActionDraft, state: DraftState, *, uow: UnitOfWork) -> ActionDraft:
    changed = replace(draft, state=state, version=draft.version + 1)
    uow.drafts.change(changed)
    return changed
