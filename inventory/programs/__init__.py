"""What acts besides people at a keyboard: programs by their tokens, and terminals."""
