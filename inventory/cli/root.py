"""The root of the command line, and the groups that the packages below bring."""

from collections.abc import Iterable

import click

from config.logging import configure_command_logging
from inventory import __version__
from inventory.cli.books import books
from inventory.cli.evidence import journal, verify
from inventory.cli.installation import Installation
from inventory.cli.jobs import jobs
from inventory.cli.keys import keys
from inventory.cli.people import people
from inventory.cli.serve import serve
from inventory.cli.setup import demo, init
from inventory.cli.witness import witness


def make_cli(plugged_in: Iterable[click.Command] = ()) -> click.Group:
    """Build the command line; packages above plug their groups in."""

    @click.group(name="countersign")
    @click.version_option(__version__, message="Countersign %(version)s")
    @click.pass_context
    def countersign(context: click.Context) -> None:
        """Keep the books of controlled substances, and reconcile them with counts.

        Settings come from the environment: see docs/reference/settings.md.
        """
        configure_command_logging()
        if context.obj is None:
            context.obj = Installation()
        context.call_on_close(context.obj.close)

    for command in (
        serve,
        init,
        demo,
        books,
        jobs,
        keys,
        people,
        witness,
        verify,
        journal,
        *plugged_in,
    ):
        countersign.add_command(command)
    return countersign
