"""The reports that can be had: what each is called, who may read it, what it needs."""

from dataclasses import dataclass
from typing import Final

from inventory.kernel.actors import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One kind of report.

    Attributes:
        name: in addresses, file names and on the command line.
        title: on its first page.
        permission: of whoever reads it.
        needs: what must be said to get one.
    """

    name: str
    title: str
    permission: Permission
    needs: tuple[str, ...]


RECONCILIATION: Final = Report(
    name="reconciliation",
    title="Reconciliation report",
    permission=Permission.READ_REPORTS,
    needs=("reconciliation",),
)
PERPETUAL_LEDGER: Final = Report(
    name="ledger",
    title="Perpetual ledger",
    permission=Permission.READ_REPORTS,
    needs=("product", "first_day", "last_day"),
)
REPORTS: Final = (RECONCILIATION, PERPETUAL_LEDGER)
