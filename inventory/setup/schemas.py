"""From TOML, or from answers to questions, to the plan of a clinic."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from inventory.kernel.actors import Role
from inventory.kernel.clock import parse_day
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.setup.plan import (
    ClinicPlan,
    PlannedLocation,
    PlannedPerson,
    PlannedRegistration,
)
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis

_TEXT_MAX = 200


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, _TEXT_MAX))


class _Day(fields.Field[date]):
    """A day as TOML has it, or as it is typed."""

    def _deserialize(self, value: Any, *_: object, **__: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return parse_day(str(value), field=self.name or "")
        except InventoryError as refusal:
            raise ValidationError(refusal.message) from refusal


class _RegistrationSchema(Schema):
    name = _text()
    dea_number = _text()
    address = _text()
    facility_type = fields.Enum(FacilityType, by_value=True, required=True)
    record_basis = fields.Enum(RecordBasis, by_value=True, required=True)
    time_zone = _text()

    @post_load
    def build(self, values: dict[str, Any], **_: object) -> PlannedRegistration:
        return PlannedRegistration(**values)


class _LocationSchema(Schema):
    name = _text()
    kind = fields.Enum(LocationKind, by_value=True, required=True)
    lock_class = fields.Enum(LockClass, by_value=True, required=True)

    @post_load
    def build(self, values: dict[str, Any], **_: object) -> PlannedLocation:
        return PlannedLocation(**values)


class _PersonSchema(Schema):
    sign_in_name = _text()
    name = _text()
    initials = _text()
    roles = fields.List(
        fields.Enum(Role, by_value=True),
        required=True,
        validate=validate.Length(min=1),
    )
    screened_on = _Day()
    trained_until = _Day()
    visits_until = _Day()
    password = fields.String()
    accepted_policy = fields.Boolean(truthy={True}, falsy={False})

    @post_load
    def build(self, values: dict[str, Any], **_: object) -> PlannedPerson:
        return PlannedPerson(**{**values, "roles": tuple(values["roles"])})


class _PlanSchema(Schema):
    registration = fields.Nested(_RegistrationSchema, required=True)
    locations = fields.List(
        fields.Nested(_LocationSchema), required=True, validate=validate.Length(min=1)
    )
    people = fields.List(
        fields.Nested(_PersonSchema), required=True, validate=validate.Length(min=1)
    )

    @post_load
    def build(self, values: dict[str, Any], **_: object) -> ClinicPlan:
        return ClinicPlan(
            registration=values["registration"],
            locations=tuple(values["locations"]),
            people=tuple(values["people"]),
        )


def plan_from_toml(path: Path) -> ClinicPlan:
    """Read a plan from a file.

    Raises:
        InventoryError: INVALID_FIELD, naming the first field that cannot be used.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InventoryError(
            ErrorCode.INVALID_FIELD, f"{path} cannot be read: {error}."
        ) from error
    return plan_from(content)


def plan_from(content: Mapping[str, Any]) -> ClinicPlan:
    """Build a plan from tables as TOML has them.

    Raises:
        InventoryError: INVALID_FIELD, naming the first field that cannot be used.
    """
    try:
        plan: ClinicPlan = _PlanSchema().load(content)
    except ValidationError as error:
        name, sentence = _first(error.messages)
        raise InventoryError(
            ErrorCode.INVALID_FIELD, f"{name}: {sentence}", field=name
        ) from error
    return plan


def _first(messages: Any, path: str = "") -> tuple[str, str]:
    """Find the first message of marshmallow's tree, with its dotted name."""
    if isinstance(messages, Mapping):
        name, below = next(iter(messages.items()))
        return _first(below, f"{path}.{name}" if path else str(name))
    return path, str(messages[0])
