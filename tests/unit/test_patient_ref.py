"""A patient's reference is an opaque token; what names a person is refused."""

import pytest

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.sessions.patient_ref import check_patient_ref


@pytest.mark.parametrize(
    "text", ["QX-77310-B", "a1b2c3d4", "12345678", "0" * 64, "9c1d-00f2-77aa"]
)
def test_an_opaque_token_is_taken_unchanged(text: str) -> None:
    assert check_patient_ref(text) == text


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "8 to 64"),
        ("QX-7731", "8 to 64"),
        ("0" * 65, "8 to 64"),
        ("QX 77310 B", "no blanks"),
        ("QX-77310-B\n", "8 to 64"),
        (" QX-77310-B", "8 to 64"),
        ("jo4nna@example.org", "no e-mail"),
        ("QX_77310_B", "8 to 64"),
        ("QX-77310-É", "8 to 64"),
        ("１２３４５６７８", "8 to 64"),  # noqa: RUF001 - full-width digits are the point
        ("123-45-6789", "social security"),
        ("555-012-3456", "telephone"),
        ("1-555-012-3456", "telephone"),
        ("1980-01-31", "birth date"),
        ("01-31-1980", "birth date"),
        ("Joanna-Doe", "a name"),
        ("JOANNADOE", "a name"),
    ],
)
def test_what_may_name_a_person_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(InventoryError, match=hint) as refused:
        check_patient_ref(text)
    assert refused.value.code is ErrorCode.INVALID_FIELD
    assert refused.value.field == "patient_ref"
    assert not text or text not in refused.value.message
