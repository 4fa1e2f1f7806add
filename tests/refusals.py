"""Refusals in tests: which error, and which field it names."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from inventory.kernel.errors import ErrorCode, InventoryError


@contextmanager
def refused(code: ErrorCode, at: str | None = None) -> Iterator[None]:
    """Expect a refusal with a code, naming a field."""
    with pytest.raises(InventoryError) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (code, at)
