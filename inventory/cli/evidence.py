"""`countersign verify` and `countersign journal`: evidence, checked and handed out."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import schema
from inventory.cli.installation import Installation, refusals_are_sentences
from inventory.evidence.journal_export import export_journal, positions_between
from inventory.evidence.journal_import import import_journal
from inventory.evidence.verify import book_ids, own_policy, verify_books
from inventory.journal.book import read_head
from inventory.journal.verifier import ANSWERS, Evidence, Policy
from inventory.kernel.clock import period_bounds, zone
from inventory.models.sites import Registration

_DIRECTORY: Final = "dir:"
_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(exists=True, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("evidence", nargs=-1, type=_FILE)
@click.option("--policy", type=_FILE, help="Whom to trust, instead of our own keys.")
@click.pass_obj
def verify(
    installation: Installation, evidence: tuple[Path, ...], policy: Path | None
) -> None:
    """Verify the live books: raw rows, checkpoints, and all that follows from them.

    EVIDENCE are checkpoints, or folders of them, that were kept elsewhere; the folders
    among COUNTERSIGN_WITNESSES are always asked. Prints OK, TAMPERED or COULD NOT
    VERIFY and exits with 0, 1 or 2.
    """
    paths = [*evidence, *_witness_folders(installation)]
    files = [each for path in paths for each in _files(path)]
    with installation.database.reading() as db:
        trusted = _read_policy(policy) if policy else None
        if trusted is None:
            # A book that was dropped whole is missed by those who hold its checkpoints.
            books = {*book_ids(db), *(file.parent.name for file in files)}
            trusted = own_policy(installation.log_keys, books)
        gathered = Evidence(trusted)
        for file in files:
            gathered.load(file)
        found = verify_books(db, gathered)
    click.echo(f"{found.answer}: {found.entries} entries are sound.")
    for sentence in (*found.alterations, *found.gaps):
        click.echo(f"  {sentence}")
    raise click.exceptions.Exit(ANSWERS.index(found.answer))


@click.group()
def journal() -> None:
    """Hand out the journal of a book, or take one in."""


@journal.command("export")
@click.argument("file", type=_NEW_FILE)
@click.option("--book", help="Id of the registration; needed if there are several.")
@click.option("--from", "first_day", type=_DAY, help="First day, such as 2026-11-01.")
@click.option("--to", "last_day", type=_DAY, help="Last day, such as 2026-11-30.")
@click.option("--texts/--no-texts", default=True, help="With free texts, or without.")
@click.pass_obj
def export_(
    installation: Installation,
    file: Path,
    book: str | None,
    first_day: datetime | None,
    last_day: datetime | None,
    *,
    texts: bool,
) -> None:
    """Write a journal to FILE, with the checkpoint that covers it.

    Whole, unless --from and --to name days; then it goes on to the next checkpoint.
    """
    database = installation.database
    with refusals_are_sentences():
        with database.reading() as db:
            site = _site(db, book)
            book_id = site.id
            after, until = _positions(db, site, first_day, last_day)
        signed = installation.prover.checkpoint(book_id, until)
        with database.reading() as db, file.open("xb") as out:
            out.writelines(
                export_journal(db, book_id, after=after, until=signed.size, texts=texts)
            )
    click.echo(f"{file}: entries {after + 1} to {signed.size} of {book_id}")


@journal.command("import")
@click.argument("file", type=_FILE)
@click.pass_obj
def import_(installation: Installation, file: Path) -> None:
    """Rebuild a book from the whole journal in FILE, in an empty installation."""
    schema.upgrade(installation.settings.database_url)
    with refusals_are_sentences(), installation.database.transaction() as db:
        imported = import_journal(db, file)
    click.echo(f"{imported.book_id}: {imported.size} entries, {imported.root.hex()}")
    click.echo("Passwords and tokens are in no journal: give people new ones.")


@journal.command("prove")
@click.argument("position", type=click.IntRange(min=1))
@click.option("--book", help="Id of the registration; needed if there are several.")
@click.pass_obj
def prove_(installation: Installation, position: int, book: str | None) -> None:
    """Print a proof of the entry at POSITION that stands alone."""
    with refusals_are_sentences():
        with installation.database.reading() as db:
            book_id = _site(db, book).id
            size = read_head(db, book_id).size
        if position > size:
            raise click.ClickException(f"The book has {size} entries.")
        proof = installation.prover.prove(book_id, position, cosigned=True)
    click.echo(str(proof), nl=False)


def _site(db: Session, book: str | None) -> Registration:
    sites = list(db.scalars(select(Registration).order_by(Registration.id)))
    chosen = [site for site in sites if book in (None, site.id)]
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(f"{site.id} ({site.name})" for site in sites) or "none yet"
    raise click.ClickException(f"Say which book with --book. There are: {known}")


def _positions(
    db: Session,
    site: Registration,
    first_day: datetime | None,
    last_day: datetime | None,
) -> tuple[int, int]:
    if first_day is None and last_day is None:
        return 0, read_head(db, site.id).size
    if first_day is None or last_day is None:
        raise click.ClickException("Give both --from and --to, or neither.")
    site_zone = zone(site.time_zone, field="time_zone")
    bounds = period_bounds(first_day.date(), last_day.date(), site_zone)
    after, until = positions_between(db, site.id, *bounds)
    if after == until:
        raise click.ClickException("Nothing was recorded on these days.")
    return after, until


def _witness_folders(installation: Installation) -> list[Path]:
    named = [
        Path(each.removeprefix(_DIRECTORY))
        for each in installation.settings.witnesses
        if each.startswith(_DIRECTORY)
    ]
    return [path for path in named if path.is_dir()]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*.checkpoint") if each.is_file())
    return [path]


def _read_policy(path: Path) -> Policy:
    try:
        return Policy.read(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"The policy {error}") from error
