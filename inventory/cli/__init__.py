"""The command line: `countersign`. One file for each group of commands."""

from inventory.cli.root import make_cli

__all__ = ["make_cli"]
