"""The log names what failed and where, and quotes nobody."""

from config.logging import name_exception


def _fail() -> None:
    raise RuntimeError("patient Jane") from ValueError("Jane too")


def test_a_logged_failure_names_kinds_and_frames_and_no_values() -> None:
    try:
        _fail()
    except RuntimeError as error:
        entry = name_exception(None, "error", {"event": "x", "exc_info": error})
    assert entry["error"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert entry["frames"][-1].endswith(" _fail")
    assert "Jane" not in str(entry)


def test_an_entry_without_an_exception_stays_as_it_is() -> None:
    entry = {"event": "answered", "status": 200}
    assert name_exception(None, "info", dict(entry)) == entry
