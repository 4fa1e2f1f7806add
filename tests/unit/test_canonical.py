"""The bytes that are hashed are canonical, versioned, and hold no float."""

import pytest
import rfc8785

from inventory.journal import canonical


def test_the_bytes_are_sorted_tagged_and_without_blanks() -> None:
    body = canonical.body({"tag": "waste:recorded", "amount_ug": 35650})
    assert body == (
        b'{"amount_ug":35650,"tag":"waste:recorded","version":"countersign/1"}'
    )


def test_the_same_content_in_another_order_gives_the_same_bytes() -> None:
    assert canonical.body({"a": 1, "b": [None, "µ"]}) == canonical.body(
        {"b": [None, "µ"], "a": 1}
    )


@pytest.mark.parametrize("value", [1.0, [0.5], {"deep": [{"er": 1e3}]}])
def test_a_float_is_refused_wherever_it_hides(value: object) -> None:
    with pytest.raises(TypeError, match="no float"):
        canonical.body({"value": value})


def test_an_integer_that_readers_could_not_hold_exactly_is_refused() -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.body({"value": 2**53})


def test_a_digest_changes_with_any_figure() -> None:
    assert canonical.digest({"amount_ug": 1}) != canonical.digest({"amount_ug": 2})
