"""What breaks in use, broken on purpose: processes, connections and answers."""
