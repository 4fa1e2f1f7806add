"""Records altered on purpose by someone who knows the code and holds the log key.

What that person cannot reach is a folder of checkpoints in other hands. Everything here
asks one question: is the alteration noticed?
"""
