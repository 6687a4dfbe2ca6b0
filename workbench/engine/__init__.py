"""Builds, trains and exports Keras models; the only package that imports keras or tensorflow."""
