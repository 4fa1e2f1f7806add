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
```
"""

from dataclasses import dataclass, field

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
    """A person; without a password one is made and shown once."""

    sign_in_name: str
    name: str
    initials: str
    roles: tuple[Role, ...]
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicPlan:
    """Everything a clinic begins with."""

    registration: PlannedRegistration
    locations: tuple[PlannedLocation, ...]
    people: tuple[PlannedPerson, ...]
