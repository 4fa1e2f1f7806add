"""Create products and the codes printed on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labeler", sa.Text(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("dea_schedule", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("ug_per_unit", WHOLE, nullable=False),
        sa.Column("fill_nl", WHOLE, nullable=True),
        sa.Column("nominal_ug", WHOLE, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(form = 'solution') = (fill_nl IS NOT NULL)",
            name=op.f("ck_products_fill_of_a_solution"),
        ),
        sa.CheckConstraint(
            "form IN ('solution', 'device')", name=op.f("ck_products_form")
        ),
        sa.CheckConstraint("nominal_ug > 0", name=op.f("ck_products_nominal_ug")),
        sa.CheckConstraint("ug_per_unit > 0", name=op.f("ck_products_ug_per_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("ndc", name=op.f("uq_products_ndc")),
        sqlite_strict=True,
    )
    op.create_table(
        "product_codes",
        sa.Column("gtin14", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("containers", WHOLE, nullable=False),
        sa.CheckConstraint("containers > 0", name=op.f("ck_product_codes_containers")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_codes_product_id")
        ),
        sa.PrimaryKeyConstraint("gtin14", name=op.f("pk_product_codes")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("product_codes")
    op.drop_table("products")
