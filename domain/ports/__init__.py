"""What the use cases need of the world, as small protocols; ``domain.store`` and ``bot`` provide them.

Everything here is synchronous: a use case runs in one worker thread, in one unit of work.
"""

from domain.ports.bulk import BalanceRow, LedgerAudit, Loading, MovedRow, ParLevel, UseRow
from domain.ports.conversation import Inbox, InboxRow, JobRuns, Outbox, OutboxRow, Threads, ThreadState
from domain.ports.questions import (
    ItemUse,
    ItemUses,
    LapsingRow,
    LapsingSums,
    LotSums,
    LowRow,
    LowRows,
    Questions,
    Scope,
)
from domain.ports.rows import (
    Catalogue,
    Charges,
    Ledger,
    Lots,
    LowPar,
    MovementRow,
    Pars,
    People,
    Places,
    Stock,
    Usage,
    UsageSum,
)
from domain.ports.search import (
    CatalogueSearch,
    ItemHit,
    ItemSearchResult,
    PlaceHit,
    PlaceSearch,
    PlaceSearchResult,
    Verdict,
)
from domain.ports.work import Transactions, UnitOfWork
from domain.ports.world import Clock, Vault

__all__ = [
    "BalanceRow",
    "Catalogue",
    "CatalogueSearch",
    "Charges",
    "Clock",
    "Inbox",
    "InboxRow",
    "ItemHit",
    "ItemSearchResult",
    "ItemUse",
    "ItemUses",
    "JobRuns",
    "LapsingRow",
    "LapsingSums",
    "Ledger",
    "LedgerAudit",
    "Loading",
    "LotSums",
    "Lots",
    "LowPar",
    "LowRow",
    "LowRows",
    "MovedRow",
    "MovementRow",
    "Outbox",
    "OutboxRow",
    "ParLevel",
    "Pars",
    "People",
    "PlaceHit",
    "PlaceSearch",
    "PlaceSearchResult",
    "Places",
    "Questions",
    "Scope",
    "Stock",
    "ThreadState",
    "Threads",
    "Transactions",
    "UnitOfWork",
    "Usage",
    "UsageSum",
    "UseRow",
    "Vault",
    "Verdict",
]
