"""Evidence: signed checkpoints of the books, the keys and witnesses behind them."""
