"""`countersign witness`: hold the checkpoints of somebody else's books."""

import sys
from collections import defaultdict
from pathlib import Path

import click

from config.logging import configure_logging
from inventory.evidence.witnesses.own_key import WitnessKeyError, kept_signer
from inventory.evidence.witnesses.register import FolderInUseError, Logs, Register
from inventory.evidence.witnesses.server import make_witness_server
from inventory.journal.notes import Algorithm, NoteError, Verifier
from inventory.kernel.clock import SystemClock


@click.group()
def witness() -> None:
    """Be a witness: hold checkpoints of books that are kept elsewhere."""


@witness.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8471, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Directory for its key and what it holds. No other witness may use it.",
)
@click.option("--name", help="Its name, at the first start: clinic-b.example/witness.")
@click.option(
    "--log-key",
    "log_keys",
    multiple=True,
    required=True,
    help="Key of a book it witnesses; once for each book and each of its keys.",
)
def serve(
    host: str, port: int, data: Path, name: str | None, log_keys: tuple[str, ...]
) -> None:
    """Answer the books whose keys are given (C2SP tlog-witness).

    Run it where the administrator of those books has no access.
    """
    logs = _logs(log_keys)
    try:
        signer = kept_signer(data, name)
        register = Register(data, signer=signer, logs=logs, clock=SystemClock())
        server = make_witness_server(register, host, port)
    except (WitnessKeyError, FolderInUseError, NoteError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The witness {signer.name} is at http://{host}:{server.server_port}")
    click.echo(f"Its key: {signer.verifier}")
    sys.stdout.flush()
    configure_logging("info")
    with server:
        server.serve_forever()


def _logs(log_keys: tuple[str, ...]) -> Logs:
    logs: dict[str, list[Verifier]] = defaultdict(list)
    for text in log_keys:
        try:
            key = Verifier.read(text)
        except NoteError as error:
            raise click.BadParameter(f"{text}: {error}") from error
        if key.algorithm is not Algorithm.ED25519:
            raise click.BadParameter(f"{text}: this is the key of a witness.")
        logs[key.name].append(key)
    return dict(logs)
