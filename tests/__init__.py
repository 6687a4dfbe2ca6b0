"""Behaviour tests; the folders mirror the package. `python -m tests` runs them."""
