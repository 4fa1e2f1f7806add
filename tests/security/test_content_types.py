"""Every answer says what it is, and is it."""

import json

import pytest
from flask import Flask

from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.security.addresses import answers

_JSON = {"application/json", "application/problem+json"}
_TEXT = {
    "text/html; charset=utf-8",
    "text/css; charset=utf-8",
}


@pytest.mark.parametrize("who", ["nobody", "a program"])
def test_the_type_of_every_answer_is_that_of_its_body(
    app: Flask, client: ApiClient, clinic: Clinic, who: str
) -> None:
    headers = {} if who == "nobody" else client.headers()
    met = set()
    for name, answer in answers(app, clinic, headers):
        if not answer.data:
            continue
        assert answer.content_type in _JSON | _TEXT, name
        met.add(answer.content_type)
        if answer.content_type in _JSON:
            json.loads(answer.data)
        else:
            answer.data.decode("utf-8")
        is_html = b"<html" in answer.data[:200] or b"<!doctype" in answer.data[:200]
        assert is_html is answer.content_type.startswith("text/html"), name
    assert met == _JSON | _TEXT
