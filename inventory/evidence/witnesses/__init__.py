"""Those who keep our checkpoints out of our reach, and so can contradict us."""
