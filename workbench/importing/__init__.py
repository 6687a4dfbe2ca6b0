"""Keras models from files as projects: read as data, without TensorFlow; nothing in the file is executed."""

from workbench.importing.errors import ModelFileError
from workbench.importing.model import Imported, import_model
from workbench.importing.report import ImportReport, import_project

__all__ = ["ImportReport", "Imported", "ModelFileError", "import_model", "import_project"]
