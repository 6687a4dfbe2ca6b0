"""The document: graphs and settings, edits, history, file, autosave and live analysis."""

from workbench.project.atomic import write_atomic
from workbench.project.autosave import Autosave, Recovery, find_recoveries
from workbench.project.block_edits import BlockError, collapse, expand
from workbench.project.blocks import Block, BlockSettings, Promotion
from workbench.project.catalogue import project_catalogue
from workbench.project.document import Change, Project
from workbench.project.edits import (
    AddBlock,
    Edit,
    InGraph,
    RemoveBlock,
    SetAugmentation,
    SetBlock,
    SetDataset,
    SetTraining,
    Several,
)
from workbench.project.file import SUFFIX, FileProblem, Loaded, ProjectFileError, load_project, loads, save_project
from workbench.project.fragments import copy_nodes, paste_nodes
from workbench.project.history import History
from workbench.project.live import LiveAnalysis
from workbench.project.settings import (
    AugmentationSettings,
    AugmentationStep,
    DatasetSettings,
    SettingsError,
    TrainingSettings,
    assign,
)
from workbench.project.snapshot import Snapshot

__all__ = [
    "SUFFIX",
    "AddBlock",
    "AugmentationSettings",
    "AugmentationStep",
    "Autosave",
    "Block",
    "BlockError",
    "BlockSettings",
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
    "Promotion",
    "Recovery",
    "RemoveBlock",
    "SetAugmentation",
    "SetBlock",
    "SetDataset",
    "SetTraining",
    "SettingsError",
    "Several",
    "Snapshot",
    "TrainingSettings",
    "assign",
    "collapse",
    "copy_nodes",
    "expand",
    "find_recoveries",
    "load_project",
    "loads",
    "paste_nodes",
    "project_catalogue",
    "save_project",
    "write_atomic",
]
