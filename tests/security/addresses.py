"""Every address of the application, with something in place of its parts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.clinic import Clinic

A_STYLE_SHEET = "app.css"


@dataclass(frozen=True, slots=True)
class Address:
    """A path and what may be done to it."""

    path: str
    methods: frozenset[str]


def addresses(app: Flask, clinic: Clinic) -> list[Address]:
    """Give each path once; its registration is the clinic's, its other parts are x."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for rule in app.url_map.iter_rules():
        methods[_path(app, rule, clinic)] |= rule.methods or set()
    return [Address(path, frozenset(taken)) for path, taken in sorted(methods.items())]


def answers(
    app: Flask, clinic: Clinic, headers: Mapping[str, str]
) -> Iterator[tuple[str, TestResponse]]:
    """Give what each address says to each of its methods, named by both."""
    for address in addresses(app, clinic):
        for method in sorted(address.methods):
            said = app.test_client().open(
                address.path, method=method, headers=dict(headers)
            )
            with said:
                yield f"{method} {address.path}", said


def _path(app: Flask, rule: Rule, clinic: Clinic) -> str:
    parts = dict.fromkeys(rule.arguments, "x")
    known = {"registration_id": clinic.registration_id, "filename": A_STYLE_SHEET}
    parts |= {name: value for name, value in known.items() if name in parts}
    return app.url_map.bind("localhost").build(rule.endpoint, parts)
