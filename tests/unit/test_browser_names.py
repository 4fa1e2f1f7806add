"""What the list of sign-ins calls a browser."""

import pytest

from inventory.account.browser_names import browser_name

_CHROME = "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_SAFARI = "(KHTML, like Gecko) Version/18.0 Safari/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME}", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {_CHROME} Edg/140.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (iPhone; like Mac OS X) {_SAFARI}", "Safari on iPhone"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI}", "Safari on Mac"),
        ("curl/8.5.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_user_knows_it(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
