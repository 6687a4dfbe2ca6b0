"""Writes a project's networks as a Keras script."""

from workbench.codegen.script import keras_script

__all__ = ["keras_script"]
