"""What a clinic is to begin with.

As a TOML file:

```toml
[registration]
name = "Harbor Infusion Clinic"
dea_number = "BB1388568"
address = "1 Harbor Street, Springfield, NY 10001"
facility_type = "infusion_clinic"
record_basis = "regularly_administers_and_charges"
time_zone = "America/New_York"

[[locations]]
name = "Vault"
kind = "vault"
lock_class = "vault"

[[people]]
sign_in_name = "pat"
name = "Pat Okafor"
initials = "PO"
roles = ["pharmacist"]
screened_on = 2026-10-12
trained_until = 2027-10-31
```
"""

from dataclasses import dataclass, field
from datetime import date

from inventory.kernel.actors import Role
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRegistration:
    """The registered location that owns the book."""

    name: str
    dea_number: str
    address: str
    facility_type: FacilityType
    record_basis: RecordBasis
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLocation:
    """A place that will hold stock."""

    name: str
    kind: LocationKind
    lock_class: LockClass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """A person; without a password a set-up link is made and shown once.

    Attributes:
        screened_on: the day of the screening (21 CFR 1301.76(a)).
        trained_until: the last day on which the training counts (21 CFR 11.10(i)).
        visits_until: the last day of an inspector's visit.
        accepted_policy: attests that the person signed the policy on paper; only with
            a password, since others accept it when they first sign in.
    """

    sign_in_name: str
    name: str
    initials: str
    roles: tuple[Role, ...]
    screened_on: date | None = None
    trained_until: date | None = None
    visits_until: date | None = None
    password: str | None = field(default=None, repr=False)
    accepted_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicPlan:
    """Everything a clinic begins with."""

    registration: PlannedRegistration
    locations: tuple[PlannedLocation, ...]
    people: tuple[PlannedPerson, ...]
