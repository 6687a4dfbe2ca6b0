"""Writes a project as a Keras script."""
