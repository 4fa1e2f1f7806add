"""How stock comes in: the initial inventory, and receipts from suppliers."""
