"""Waste in two steps: one person asks, another sees the same entry and signs it."""

from inventory.waste.commands.asking import RequestWaste, WasteRequested, request_waste
from inventory.waste.commands.cancelling import (
    CancelWaste,
    WasteCancelled,
    cancel_waste,
)
from inventory.waste.commands.witnessing import (
    WasteWitnessed,
    WitnessWaste,
    witness_waste,
)

__all__ = [
    "CancelWaste",
    "RequestWaste",
    "WasteCancelled",
    "WasteRequested",
    "WasteWitnessed",
    "WitnessWaste",
    "cancel_waste",
    "request_waste",
    "witness_waste",
]
