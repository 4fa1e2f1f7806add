"""A clinic at work, on both engines."""

import pytest

from tests.clinic import Clinic
from tests.reports.ward import Ward


@pytest.fixture
def ward(clinic: Clinic) -> Ward:
    """A clinic with the catalogue and a zero initial inventory."""
    return Ward(clinic)
