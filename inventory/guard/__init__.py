"""Guard over the database itself: who may do what, is it as released, is it safe."""
