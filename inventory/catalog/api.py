"""The catalogue over HTTP. It belongs to no registration."""

from inventory.catalog import queries
from inventory.catalog.schemas import CodeView, ProductView
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads

blueprint = make_blueprint(
    "products",
    "Products that can be received, and the codes on their packages.",
    url_prefix=f"{API_PREFIX}/products",
)


@reads(blueprint, "", SIGNED_IN, answers=ProductView, many=True)
def list_products(edge: Edge) -> list[queries.ProductView]:
    """List every product, by name."""
    return queries.list_products(edge.db)


@reads(blueprint, "/by-code/<code>", SIGNED_IN, answers=CodeView)
def get_product_by_code(edge: Edge, code: str) -> queries.CodeView:
    """Look up what an NDC, in any of its forms, or a GTIN stands for."""
    return queries.read_code(edge.db, code)
