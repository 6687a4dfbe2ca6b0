"""The wheel and the entry point, seen from outside the clone."""
