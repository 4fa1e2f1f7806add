"""Whether a signature is as strong as the site's rules ask."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from inventory.profiles.queries import read_rules
from inventory.profiles.rules import Setting, require_more_than_a_password


def require_positive_identification(
    db: Session, registration_id: str, factors: Collection[str], *, field: str
) -> None:
    """Refuse an administration, a waste or a destruction signed too weakly (AC-49e).

    Args:
        db: the open transaction.
        registration_id: whose rules.
        factors: what the person used, at sign-in and for this signature.
        field: whose signature it is: `signature` or `witness`.

    Raises:
        InventoryError: SIGNATURE_TOO_WEAK.
    """
    rule = read_rules(db, registration_id).rule(Setting.POSITIVE_IDENTIFICATION)
    require_more_than_a_password(factors, rule, field=field)
