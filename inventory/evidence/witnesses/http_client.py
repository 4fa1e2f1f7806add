"""A witness that answers over HTTP and cosigns (C2SP tlog-witness, tlog-cosignature).

Nothing it says is believed but what its key has signed over exactly our checkpoint.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urlsplit

from inventory.evidence.witnesses.exchange import (
    TIMEOUT_S,
    Answer,
    NoAnswerError,
    ask,
)
from inventory.evidence.witnesses.wire import (
    SIZE_TYPE,
    AddCheckpoint,
    hash_origin,
    read_size,
    write_request,
)
from inventory.evidence.witnesses.witness import (
    AskableWitness,
    Submission,
    Trouble,
    WitnessError,
)
from inventory.journal.notes import (
    Algorithm,
    Checkpoint,
    NoteError,
    Verifier,
    open_note,
)
from inventory.kernel.clock import Clock

# A witness whose clock is this far ahead of ours is not believed.
AHEAD_MAX: Final = timedelta(minutes=5)
# One guess of the size it holds, its own word, and once more if another got in between.
TRIES_MAX: Final = 3
# tlog-cosignature: a signature over a whole tree states its time.
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

_NOT_SIGNED: Final = "did not sign this checkpoint with its key."
_REFUSALS: Final = {
    HTTPStatus.NOT_FOUND: (
        Trouble.REFUSED,
        "does not know this log. Give its operator our log key.",
    ),
    HTTPStatus.FORBIDDEN: (
        Trouble.REFUSED,
        "does not trust our log key. Give its operator the present one.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        Trouble.CONTRADICTS,
        "holds another history of this book. Keep both as they are, and look closer.",
    ),
}


class HttpWitness(AskableWitness):
    """Cosigns each checkpoint that continues the one it holds."""

    def __init__(
        self,
        url: str,
        *,
        own_key: Verifier,
        clock: Clock,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        """Name the witness.

        Args:
            url: its prefix, such as https://witness.example/w1.
            own_key: verifies its cosignatures.
            clock: tells whether its own is ahead.
            timeout_s: for each question.
        """
        assert own_key.algorithm is Algorithm.COSIGNATURE, "a witness cosigns"
        self.name = own_key.name
        self._url: SplitResult = urlsplit(url)
        self._own_key = own_key
        self._clock = clock
        self._timeout_s = timeout_s

    def hold(self, submission: Submission) -> str:
        """Let it cosign; its word on the size it holds is taken twice at most."""
        size = submission.known_size
        for _ in range(TRIES_MAX):
            answer = self._offer(submission, size)
            if answer.status != HTTPStatus.CONFLICT:
                return self._cosignature(submission, answer)
            size = self._held_size(submission, answer)
        raise self._error(Trouble.SILENT, "names another size each time.")

    def recall(self, origin: str, log_keys: Collection[Verifier]) -> Checkpoint | None:
        """Fetch the last checkpoint it cosigned; both signatures are checked."""
        answer = self._ask("GET", f"/{hash_origin(origin)}/checkpoint")
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status != HTTPStatus.OK:
            raise self._error(Trouble.SILENT, f"answers {answer.status}.")
        return self._recalled(origin, log_keys, answer)

    def _offer(self, submission: Submission, size: int) -> Answer:
        request = AddCheckpoint(size, submission.prove(size), submission.note)
        return self._ask("POST", "/add-checkpoint", write_request(request))

    def _held_size(self, submission: Submission, answer: Answer) -> int:
        """Take its word on the size it holds, unless it is more than we offer.

        Raises:
            WitnessError: AHEAD, or SILENT if it is no size.
        """
        size = read_size(answer.body)
        if size is None or answer.content_type != SIZE_TYPE:
            raise self._error(Trouble.SILENT, "refuses the size and names none.")
        if size > submission.checkpoint.size:
            raise self._error(
                Trouble.AHEAD,
                f"holds {size} events, more than the {submission.checkpoint.size} "
                "it is offered. Were the books put back to an older state?",
            )
        return size

    def _cosignature(self, submission: Submission, answer: Answer) -> str:
        """Pick its signature out of the answer, if it is one over our checkpoint.

        Raises:
            WitnessError: why there is none.
        """
        if answer.status in _REFUSALS:
            raise self._error(*_REFUSALS[HTTPStatus(answer.status)])
        if answer.status != HTTPStatus.OK:
            raise self._error(Trouble.SILENT, f"answers {answer.status}.")
        lines = _text(answer)
        try:
            opened = open_note(submission.note + lines, [self._own_key])
        except NoteError as error:
            raise self._error(Trouble.UNTRUSTED, _NOT_SIGNED) from error
        if opened.text != str(submission.checkpoint):  # an empty line moved the text
            raise self._error(Trouble.UNTRUSTED, _NOT_SIGNED)
        (signature,) = opened.signatures
        self._require_plausible(signature.at)
        return signature.line

    def _require_plausible(self, at: datetime | None) -> None:
        assert at is not None, "the key of a witness is typed as a cosigner's"
        if at == NEVER or at > self._clock.now() + AHEAD_MAX:
            raise self._error(Trouble.UNTRUSTED, f"signed at an impossible time, {at}.")

    def _recalled(
        self, origin: str, log_keys: Collection[Verifier], answer: Answer
    ) -> Checkpoint:
        note = _text(answer)
        try:
            open_note(note, [self._own_key])
            held = Checkpoint.read(open_note(note, log_keys).text)
        except NoteError as error:
            raise self._error(
                Trouble.UNTRUSTED, "recalls a checkpoint without both signatures."
            ) from error
        if held.origin != origin:
            raise self._error(Trouble.UNTRUSTED, "recalls another book.")
        return held

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        try:
            return ask(self._url, method, path, body, timeout_s=self._timeout_s)
        except NoAnswerError as error:
            raise self._error(Trouble.SILENT, f"does not answer ({error}).") from error

    def _error(self, trouble: Trouble, says: str) -> WitnessError:
        return WitnessError(trouble, f"The witness {self.name} {says}")


def _text(answer: Answer) -> str:
    """Read an answer as text; what is no text becomes what is no note."""
    return answer.body.decode(errors="replace")
