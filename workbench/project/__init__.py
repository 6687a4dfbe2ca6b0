"""The document: graphs and settings, edits, history, file, autosave and live analysis."""

from workbench.project.autosave import Autosave, Recovery, find_recoveries
from workbench.project.document import Change, Project
from workbench.project.edits import Edit, InGraph, SetDataset, SetTraining, Several
from workbench.project.file import SUFFIX, FileProblem, Loaded, ProjectFileError, load_project, loads, save_project
from workbench.project.fragments import copy_nodes, paste_nodes
from workbench.project.history import History
from workbench.project.live import LiveAnalysis
from workbench.project.settings import DatasetSettings, SettingsError, TrainingSettings, assign

__all__ = [
    "SUFFIX",
    "Autosave",
    "Change",
    "DatasetSettings",
    "Edit",
    "FileProblem",
    "History",
    "InGraph",
    "LiveAnalysis",
    "Loaded",
    "Project",
    "ProjectFileError",
    "Recovery",
    "SetDataset",
    "SetTraining",
    "SettingsError",
    "Several",
    "TrainingSettings",
    "assign",
    "copy_nodes",
    "find_recoveries",
    "load_project",
    "loads",
    "paste_nodes",
    "save_project",
]
