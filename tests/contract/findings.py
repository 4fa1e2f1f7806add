"""What a campaign found, told so that each finding can be sent again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemathesis.engine import events
from schemathesis.engine.recorder import CheckNode, ScenarioRecorder

_EXCERPT = 600


@dataclass
class Findings:
    """What was asked, how it was answered, and what should not have been.

    Attributes:
        faults: one for each check, operation and kind of failure, with a request.
        statuses: of the answers, by operation.
    """

    faults: dict[tuple[str, ...], str] = field(default_factory=dict)
    statuses: defaultdict[str, Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def gather(self, happened: Iterable[events.EngineEvent]) -> None:
        """Take in everything that happens."""
        for event in happened:
            match event:
                case events.ScenarioFinished():
                    self._scenario(event.recorder)
                case events.NonFatalError():
                    self.faults["error", event.label] = str(event.value)
                case events.FatalError():
                    raise event.exception

    @property
    def answered(self) -> set[str]:
        """The operations that did what was asked at least once."""
        return {
            operation
            for operation, statuses in self.statuses.items()
            if any(200 <= status < 300 for status in statuses)
        }

    def told(self) -> str:
        """Tell every fault, with a request that shows it."""
        return "\n\n".join(
            "\n".join([" | ".join(kind), how]) for kind, how in self.faults.items()
        )

    def _scenario(self, recorder: ScenarioRecorder) -> None:
        for case_id, interaction in recorder.interactions.items():
            case = recorder.cases[case_id].value
            if interaction.response is None:
                self.faults["unanswered", case.operation.label] = case.as_curl_command()
                continue
            status = interaction.response.status_code
            if case.method == case.operation.method.upper():
                self.statuses[case.operation.label][status] += 1
        for case_id, check in _failed(recorder):
            self._fault(recorder, case_id, check)

    def _fault(
        self, recorder: ScenarioRecorder, case_id: str, check: CheckNode
    ) -> None:
        assert check.failure_info is not None
        failure = check.failure_info.failure
        kind = check.name, recorder.cases[case_id].value.operation.label, failure.title
        answer = recorder.interactions[case_id].response
        body = answer.text[:_EXCERPT] if answer else ""
        how = [failure.message, check.failure_info.code_sample, body]
        self.faults.setdefault(kind, "\n".join(how))


def _failed(recorder: ScenarioRecorder) -> Iterator[tuple[str, CheckNode]]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                yield case_id, check
