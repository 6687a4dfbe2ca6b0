"""Keras models from files as projects: read as data, without TensorFlow; nothing in the file is executed."""

from workbench.importing.errors import ModelFileError
from workbench.importing.model import Imported, import_model

__all__ = ["Imported", "ModelFileError", "import_model"]
