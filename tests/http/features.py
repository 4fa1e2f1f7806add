"""The API of every feature in the tree, found by its place."""

from importlib import import_module
from pathlib import Path

from flask_smorest import Blueprint

import inventory


def api_blueprints() -> list[Blueprint]:
    """Import `inventory.<feature>.api.blueprint` of every feature."""
    files = sorted(Path(inventory.__file__).parent.glob("*/api.py"))
    modules = [import_module(f"inventory.{file.parent.name}.api") for file in files]
    return [module.blueprint for module in modules]
