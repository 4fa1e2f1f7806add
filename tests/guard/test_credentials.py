"""People prove who they are as the service's own role, with no right too few."""

import pytest

from tests.integration.test_credentials_factors import (
    test_a_reset_leaves_nothing_to_prove_oneself_with,
    test_each_change_stands_in_the_book_without_secrets,
)
from tests.integration.test_credentials_federated import (
    test_an_identity_belongs_to_one_person_for_ever,
)
from tests.integration.test_credentials_identify import (
    test_a_recovery_code_stands_in_for_the_second_factor_once,
    test_an_old_hash_is_renewed_at_the_next_success,
)
from tests.integration.test_credentials_passkeys import (
    test_a_question_of_a_sign_in_keeps_nothing,
    test_a_signature_cannot_be_replayed,
)
from tests.integration.test_credentials_setup_links import (
    test_a_reset_takes_everything_and_a_link_gives_a_new_password,
)
from tests.integration.test_credentials_signing import (
    test_the_first_signature_needs_all_components_and_later_ones_one,
)

__all__ = [
    "test_a_question_of_a_sign_in_keeps_nothing",
    "test_a_recovery_code_stands_in_for_the_second_factor_once",
    "test_a_reset_leaves_nothing_to_prove_oneself_with",
    "test_a_reset_takes_everything_and_a_link_gives_a_new_password",
    "test_a_signature_cannot_be_replayed",
    "test_an_identity_belongs_to_one_person_for_ever",
    "test_an_old_hash_is_renewed_at_the_next_success",
    "test_each_change_stands_in_the_book_without_secrets",
    "test_the_first_signature_needs_all_components_and_later_ones_one",
]


@pytest.fixture
def database_url(app_url: str) -> str:
    """Every fixture above stands on books that the service's role has opened."""
    return app_url
