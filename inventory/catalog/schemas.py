"""Products and their codes, as JSON."""

from marshmallow import Schema, fields


class PackageView(Schema):
    """A package of a product, the code on it, and how many containers it holds."""

    gtin14 = fields.String(required=True)
    ndc = fields.String(required=True)
    package = fields.String(required=True)
    containers = fields.Integer(required=True)


class ProductView(Schema):
    """A product by its smallest container that is counted, which holds `nominal`."""

    id = fields.String(required=True)
    ndc = fields.String(required=True)
    name = fields.String(required=True)
    labeler = fields.String(required=True)
    substance = fields.String(required=True)
    dea_schedule = fields.String(required=True)
    species = fields.String(required=True)
    form = fields.String(required=True)
    ug_per_unit = fields.Integer(required=True)
    nominal_ug = fields.Integer(required=True)
    nominal_mg = fields.String(required=True, metadata={"examples": ["500 mg"]})
    nominal = fields.String(required=True, metadata={"examples": ["10 mL", "1 device"]})
    source = fields.String(required=True)
    packages = fields.List(fields.Nested(PackageView), required=True)


class PossiblePackageView(Schema):
    """A package that a code can stand on."""

    package = fields.String(required=True)
    containers = fields.Integer(required=True)


class CodeView(Schema):
    """What a code stands for; null where the code alone does not say how many."""

    product = fields.Nested(ProductView, required=True)
    possible_packages = fields.List(fields.Nested(PossiblePackageView), required=True)
    containers_per_package = fields.Integer(required=True, allow_none=True)
