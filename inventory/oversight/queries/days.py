"""A civil day of a site, as instants."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.kernel.clock import day_bounds, zone
from inventory.models.sites import Registration


def bounds_of_day(
    db: Session, registration_id: str, day: date
) -> tuple[datetime, datetime]:
    """Give the day that a site's calendar shows, from an instant until another."""
    name = db.scalars(
        select(Registration.time_zone).where(Registration.id == registration_id)
    ).one()
    return day_bounds(day, zone(name, field="time_zone"))
