"""`countersign serve`: check the books, show the way in, hand over to the server."""

import os
import socket
import sys
from pathlib import Path

import click

from inventory import schema
from inventory.cli.installation import Installation
from inventory.cli.setup import NOTES_FILE, has_a_site, load_demonstration
from inventory.guard.safety import UnsafeDatabaseError, require_safe


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="[default: 8000]")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for the books and the service's files.",
)
@click.option("--empty", is_flag=True, help="Make no demonstration clinic.")
@click.pass_obj
def serve(
    installation: Installation,
    host: str | None,
    port: int | None,
    data: Path | None,
    *,
    empty: bool,
) -> None:
    """Serve the pages and the API.

    Empty books of the service's own, in its data directory, get the demonstration
    clinic first; others only if COUNTERSIGN_DEMO=true says so, and none with --empty.
    """
    for name, value in (("HOST", host), ("PORT", port), ("DATA_DIR", data)):
        if value is not None:
            os.environ[f"COUNTERSIGN_{name}"] = str(value)
    settings = installation.settings
    _require_free(settings.host, settings.port)
    if settings.demo or settings.database_url.startswith("sqlite"):
        schema.upgrade(settings.database_url)  # else by another role, see db upgrade
    _require_safe(installation)
    with installation.database.reading() as db:
        fresh = not has_a_site(db)
    demonstrates = fresh and not empty and settings.demo is not False
    if demonstrates:
        load_demonstration(installation)
    address = f"http://{settings.host}:{settings.port}"
    is_empty = fresh and not demonstrates
    _welcome(address, settings.data_dir / NOTES_FILE, is_empty=is_empty)
    installation.close()
    _hand_over(settings.host, settings.port)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). "
                "Choose another with --port."
            ) from error


def _require_safe(installation: Installation) -> None:
    is_demonstration = installation.settings.demo is True
    try:
        require_safe(
            installation.database,
            demonstration=is_demonstration,
            clock=installation.clock,
        )
    except UnsafeDatabaseError as error:
        raise click.ClickException(str(error)) from error


def _welcome(address: str, notes: Path, *, is_empty: bool) -> None:
    click.echo(f"Countersign is at {address}/")
    if notes.exists():
        click.echo(notes.read_text(encoding="utf-8").replace("{address}", address))
    if is_empty:
        click.echo("The books are empty: set up a clinic with `countersign init`.")
    sys.stdout.flush()


def _hand_over(host: str, port: int) -> None:
    if sys.platform == "win32":
        program = ["waitress", f"--listen={host}:{port}", "wsgi:app"]
    else:
        program = ["gunicorn", "-c", "python:config.gunicorn", "wsgi:app"]
    # The server's processes find our packages, and read the same environment.
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", *program]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell
