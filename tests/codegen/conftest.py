from tests.importing.conftest import keras

__all__ = ["keras"]
