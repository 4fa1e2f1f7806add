"""The profiles that come with the product, read once from the files beside this one.

A profile that extends another says only what differs, and can only be stricter. What is
wrong in a file stops the program before it serves anybody.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from inventory.profiles.rules import Profile, Rule, Setting

DEFAULT: Final = "us"
_FOLDER: Final = Path(__file__).parent
_EVIDENCE: Final = frozenset({"read", "partly read", "to be verified"})


class ProfileError(ValueError):
    """A file of a profile says something that cannot be."""


def load(texts: Mapping[str, str]) -> dict[str, Profile]:
    """Read profiles from TOML, by name.

    Raises:
        ProfileError: naming the profile and what is wrong in it.
    """
    files = {name: tomllib.loads(text) for name, text in texts.items()}
    return {name: _profile(name, files) for name in files}


def value(profile: str, setting: Setting) -> int:
    """Give what a profile asks for."""
    return PROFILES[profile].rules[setting].value


def _profile(name: str, files: Mapping[str, dict[str, Any]]) -> Profile:
    said = dict(files[name])
    title, parent = said.pop("title"), said.pop("extends", None)
    rules = dict(_profile(parent, files).rules) if parent else {}
    for key, entry in said.items():
        setting, rule = _rule(name, key, entry)
        if setting in rules and rule.value < rules[setting].value:
            raise ProfileError(f"{name}: {key} asks for less than {parent} does")
        rules[setting] = rule
    missing = set(Setting) - set(rules)
    if missing:
        raise ProfileError(
            f"{name}: nothing is said about {', '.join(sorted(missing))}"
        )
    return Profile(name=name, title=title, rules=rules)


def _rule(name: str, key: str, entry: dict[str, Any]) -> tuple[Setting, Rule]:
    if key not in {setting.value for setting in Setting}:
        raise ProfileError(f"{name}: there is no setting called {key}")
    if set(entry) != {"value", "source", "evidence"}:
        raise ProfileError(f"{name}: {key} needs value, source and evidence")
    if entry["evidence"] not in _EVIDENCE:
        raise ProfileError(f"{name}: {key} has no known mark of evidence")
    return Setting(key), Rule(
        value=int(entry["value"]), source=entry["source"], evidence=entry["evidence"]
    )


PROFILES: Final = load({path.stem: path.read_text() for path in _FOLDER.glob("*.toml")})
