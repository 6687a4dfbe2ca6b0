"""The document: graphs and settings, edits, history, file, autosave and live analysis."""

from workbench.project.adversarial import AdversarialSettings, is_adversarial
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
    MoveWeights,
    RemoveBlock,
    SetAdversarial,
    SetAugmentation,
    SetBlock,
    SetDataset,
    SetTraining,
    SetWeights,
    Several,
)
from workbench.project.file import SUFFIX, FileProblem, Loaded, ProjectFileError, load_project, loads, save_project
from workbench.project.file_state import FileState
from workbench.project.fragments import Pasted, copy_nodes, paste_nodes
from workbench.project.head import Head, HeadError, find_head
from workbench.project.history import History
from workbench.project.live import LiveAnalysis, memory_of
from workbench.project.machine import available_memory, most_free_memory
from workbench.project.new_head import HeadChoice, replace_head, usual_choice
from workbench.project.normalisation import NormalisationError, normalising
from workbench.project.observed import Observations, Observed
from workbench.project.resources import Resources
from workbench.project.settings import (
    AugmentationSettings,
    AugmentationStep,
    DatasetSettings,
    SettingsError,
    assign,
)
from workbench.project.snapshot import Snapshot
from workbench.project.training import TrainingSettings

__all__ = [
    "SUFFIX",
    "AddBlock",
    "AdversarialSettings",
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
    "FileState",
    "Head",
    "HeadChoice",
    "HeadError",
    "History",
    "InGraph",
    "LiveAnalysis",
    "Loaded",
    "MoveWeights",
    "NormalisationError",
    "Observations",
    "Observed",
    "Pasted",
    "Project",
    "ProjectFileError",
    "Promotion",
    "Recovery",
    "RemoveBlock",
    "Resources",
    "SetAdversarial",
    "SetAugmentation",
    "SetBlock",
    "SetDataset",
    "SetTraining",
    "SetWeights",
    "SettingsError",
    "Several",
    "Snapshot",
    "TrainingSettings",
    "assign",
    "available_memory",
    "collapse",
    "copy_nodes",
    "expand",
    "find_head",
    "find_recoveries",
    "is_adversarial",
    "load_project",
    "loads",
    "memory_of",
    "most_free_memory",
    "normalising",
    "paste_nodes",
    "project_catalogue",
    "replace_head",
    "save_project",
    "usual_choice",
    "write_atomic",
]
