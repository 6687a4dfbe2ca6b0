from tests.layers.conftest import keras

__all__ = ["keras"]
