"""The tutorial's requests are sent as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

from inventory.kernel.actors import Actor
from tests.clinic import PASSWORD, Clinic
from tests.stories.narrator import Narrator

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-day.md"
STEP = re.compile(
    r"```http\n(?P<method>GET|POST) (?P<path>\S+)\n(?:As: (?P<by>\w+)\n)?"
    r"(?:\n(?P<body>.*?)\n)?```|<!-- keep (?P<name>\w+) = (?P<where>\S+) -->",
    re.DOTALL,
)


def _find(answer: Any, where: str) -> str:
    for step in where.split("."):
        answer = answer[int(step) if step.isdigit() else step]
    return str(answer)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def test_the_tutorial_runs_as_it_is_written(story: Narrator, clinic: Clinic) -> None:
    now = clinic.clock.now()
    values = {
        "registration": clinic.registration_id,
        "vault": clinic.vault,
        "clinician": clinic.clinician.id,
        "today": now.date().isoformat(),
        "now": now.isoformat(),
        "witness_password": PASSWORD,
    }
    people: dict[str | None, Actor] = {
        None: clinic.pharmacist,
        "officer": clinic.officer,
    }
    answer: Any = None
    steps = list(STEP.finditer(TUTORIAL.read_text(encoding="utf-8")))
    for step in steps:
        if step["name"]:
            values[step["name"]] = _find(answer.json, step["where"])
            continue
        path, by = _filled(step["path"], values), people[step["by"]]
        if step["method"] == "GET":
            answer = story.client.get(path, by=by)
            assert answer.status_code == 200, answer.text
            continue
        body = json.loads(_filled(step["body"], values))
        answer = story.client.post(path, body, by=by)
        assert answer.status_code == 201, f"{path}: {answer.text}"
    assert sum(step["name"] is None for step in steps) == 13
    assert answer.data.startswith(b"%PDF-")


def test_the_tutorial_says_what_the_count_answers(story: Narrator) -> None:
    story.nothing_is_there_yet()
    story.receives(scan="]d201003420231141051728013110A1", vials=10, invoice="INV-1")
    story.opens_vial(1)
    counted = story.counts_the_vault(sealed=8, in_use={1: "10 mL"})
    said = TUTORIAL.read_text(encoding="utf-8")
    variance = counted["count"]["lines"][0]["variance"]
    words = f"{variance['containers']} container, {variance['amount']}"
    assert f"{words}, {variance['amount_mg']}" in " ".join(said.split())
