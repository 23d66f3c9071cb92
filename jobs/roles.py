"""Every hour: roles follow the user groups of Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.model.person import Role
from domain.ports import Transactions, UserGroups
from domain.usecases.admin.sync_roles import sync_roles


@dataclass(frozen=True, slots=True)
class RolesSynced:
    """Counts only: names are in the audit trail."""

    changed: int
    left: int
    strangers: int


def follow_groups(
    groups: UserGroups, *, roles: Mapping[str, Role], transactions: Transactions, now: datetime
) -> RolesSynced:
    """See ``sync_roles``; an error leaves every role as it was."""
    with transactions.begin() as uow:
        synced = sync_roles(groups, roles=roles, now=now, uow=uow)
    return RolesSynced(len(synced.changes), len(synced.left), synced.strangers)
