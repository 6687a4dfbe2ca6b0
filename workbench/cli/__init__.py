"""The headless commands. Importing this package costs nothing: a command's module is imported when it is called."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "doctor": "versions, devices or why there is no GPU, display, folders",
        "demo": "the whole job: LeNet-5 on the bundled digits, trained, exported, reloaded, compared",
        "templates": "name, source paper and parameters of each template",
        "new": "a project from a template",
        "plugins": "what plugins there are, what they offer and what is wrong with them; switches them on and off",
        "import": "a Keras model as a project, with its weights",
        "head": "another head on a network, for other classes",
        "check": "what is wrong with a project",
        "summary": "shapes, parameters, multiplications and receptive field, layer by layer",
        "code": "the network as a Keras script",
        "render": "the graph as a picture, SVG or PNG",
        "dataset": "what a dataset holds and what is wrong with it; also writes it as a folder of images",
        "augment": "a picture of what the network will see",
        "train": "trains a project, with a progress bar",
        "evaluate": "how good trained runs are: metrics, classes, confusion matrix; several are averaged",
        "predict": "what a trained run takes images for",
        "sample": "images from a GAN's generator, and walks between them, from a seed",
        "export": "writes a trained model, reloads it and compares",
        "runs": "what has been trained",
        "compare": "two of runs, projects and Keras models: metrics, costs, settings, layers and weights that differ",
        "weights": "what a project's layers begin with; takes over the weights of a run or a file",
        "sweep": "many trainings of a project with other values, each a run",
    }
)
"""What each command does, by name; `commands.<name>` holds its arguments and its `run`."""


def run(argv: Sequence[str]) -> int:
    """Runs the command that `argv` starts with: 0 done, 1 bad input, 2 wrong usage, 130 interrupted."""
    from workbench.cli.dispatch import run_command

    return run_command(argv[0], COMMANDS[argv[0]], argv[1:])
