"""What became of a write whose answer was lost: look its key up."""

from marshmallow import Schema, fields

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.service import IdempotencyKey
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads
from inventory.web.fields import Instant


class OutcomeView(Schema):
    """The kept answer of one's own write."""

    key = fields.String(required=True)
    status = fields.Integer(required=True)
    answer = fields.String(
        required=True, metadata={"description": "The answer, word for word: JSON."}
    )
    recorded_at = Instant(required=True)


blueprint = make_blueprint(
    "outcomes",
    "What became of an entry whose answer was lost.",
    url_prefix=f"{API_PREFIX}/idempotency-keys",
)


@reads(blueprint, "/<path:key>", SIGNED_IN, answers=OutcomeView)
def get_outcome(edge: Edge, key: str) -> IdempotencyKey:
    """Look up the answer that was kept under a key of your own.

    None is kept while the entry is under way or when it was refused: sending it again
    with the same key is always safe and gives its outcome.
    """
    kept = edge.db.get(IdempotencyKey, (edge.actor.id, key))
    if kept is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "No answer is kept under this key. Send the entry again with the same key: "
            "it is recorded once.",
        )
    return kept
