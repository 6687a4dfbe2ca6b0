"""`workbench augment --data SPEC [FILE] -o grid.png`: what the network will see."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.options import add_json, positive, seed
from workbench.cli.output import print_json
from workbench.cli.outputs import add_output
from workbench.cli.projects import open_project
from workbench.project import Project, SetAugmentation, SetDataset, SettingsError, SetTraining, assign

if TYPE_CHECKING:
    from workbench.data.feed import Batch
    from workbench.data.source import Source
    from workbench.project.feeds import Feeds

_IMAGES, _VARIANTS, _LONGEST = 8, 8, 224
PRESET_WORDS = {
    "none": "None",
    "digits": "Digits and letters",
    "light": "Photographs, light",
    "strong": "Photographs, strong",
    "randaugment": "RandAugment",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--data SPEC [FILE] -o grid.png [--preset NAME] [--seed N] [--epoch N] [--count N] [--variants N] [--json]."""
    parser.epilog = (
        "A row an image of the training part: first as it is, then as it enters the network in one epoch after "
        "another, the very tensors of the training. FILE gives augmentation, fitting and the network's input; without "
        "it --preset does, and images keep their size."
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a project (*.workbench)")
    parser.add_argument("--data", metavar="SPEC", help="the dataset; without it the project's")
    add_output(parser, "-o", "--output", metavar="PNG", required=True, help="where to write the picture")
    parser.add_argument("--preset", choices=PRESET_WORDS, help="an augmentation to use instead of the project's")
    parser.add_argument("--seed", metavar="N", type=seed, help="the seed, instead of the project's")
    parser.add_argument("--epoch", metavar="N", type=positive, default=1, help="the first epoch to show")
    parser.add_argument("--count", metavar="N", type=positive, default=_IMAGES, help=f"images (default {_IMAGES})")
    parser.add_argument("--variants", metavar="N", type=positive, default=_VARIANTS, help="epochs, one a column")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the grid."""
    from workbench.data.source import DatasetError

    project, shape = _project(arguments)
    try:
        written = _write(project, shape, arguments)
    except DatasetError as error:
        raise InputError(str(error)) from error
    if arguments.json:
        print_json(written)
    else:
        print(f"{written['output']}: {written['images']} images, {written['variants']} variants of each")
    return 0


def _project(arguments: argparse.Namespace) -> tuple[Project, tuple[int | None, ...] | None]:
    """The project that the arguments come to, and its network's input; None where there is no network.

    Raises InputError and WrongUsage.
    """
    if arguments.file is None and arguments.data is None:
        raise WrongUsage("expected --data SPEC, or a FILE that names its data")
    project, shape = Project(), None
    if arguments.file is not None:
        opened = open_project(arguments.file)
        wrong = [problem.line(arguments.file) for problem in opened.errors if problem.code.startswith("augmentation.")]
        if wrong and arguments.preset is None:
            raise InputError(*wrong)
        project, shape = opened.project, _input_shape(opened.project, arguments.file)
    try:
        if arguments.data is not None:
            project.apply(SetDataset(assign(project.dataset, {"spec": arguments.data})))
        if arguments.seed is not None:
            project.apply(SetTraining(assign(project.training, {"seed": arguments.seed})))
    except SettingsError as error:
        raise WrongUsage(str(error)) from error
    return project, shape


def _input_shape(project: Project, path: Path) -> tuple[int | None, ...]:
    shapes = [node.params.get("shape") for graph in project.graphs.values() for node in graph if node.type == "input"]
    for shape in shapes:
        if isinstance(shape, list | tuple) and len(shape) == 3:
            return tuple(shape)
    raise InputError(f"{path}: expected a network with an input of height x width x channels. Received: {shapes}")


def _write(project: Project, shape: tuple[int | None, ...] | None, arguments: argparse.Namespace) -> dict[str, object]:
    import numpy as np

    from workbench.data.grid import grid
    from workbench.project.feeds import open_dataset, project_feeds

    source = open_dataset(project.dataset)
    _choose_preset(project, source, arguments)
    feeds = project_feeds(project, source, shape or _own_shape(source))
    chosen = _chosen(feeds, arguments.count)
    before = feeds.training.with_augmentation(None)
    epochs = range(arguments.epoch - 1, arguments.epoch - 1 + arguments.variants)
    columns = [before.batch(chosen, 0), *(feeds.training.batch(chosen, epoch) for epoch in epochs)]
    pictures = np.stack([_pictures(project, feeds, column) for column in columns], axis=1)
    _save(grid(list(pictures)), arguments.output)
    return {"output": str(arguments.output), "images": len(chosen), "variants": len(epochs), "source": source.name}


def _pictures(project: Project, feeds: "Feeds", batch: "Batch"):  # type: ignore[no-untyped-def]
    """A batch as people see it: under masks the images are tinted."""
    import numpy as np

    from workbench.data.grid import visible
    from workbench.evaluation.palette import class_colours, marked

    pictures = visible(batch.images, project.dataset.value_range)
    if feeds.target != "masks":
        return pictures
    masks = batch.targets.argmax(axis=-1) if batch.targets.ndim == 4 else batch.targets
    top, left = ((whole - part) // 2 for whole, part in zip(pictures.shape[1:3], masks.shape[1:3], strict=True))
    if top < 0 or left < 0 or pictures.shape[1] > 2 * masks.shape[1]:
        return pictures  # a coarser or finer map than the image
    names = feeds.division.source.class_names
    colours = np.zeros((256, 3), np.float32)
    colours[: len(names)] = class_colours(len(names))
    shown = np.zeros(256, bool)
    shown[: len(names)] = marked(names)
    seen = pictures[:, top : top + masks.shape[1], left : left + masks.shape[2]]
    tinted = np.rint(0.5 * seen + 0.5 * colours[masks]).astype(np.uint8)
    seen[:] = np.where(shown[masks][..., np.newaxis], tinted, seen)
    return pictures


def _choose_preset(project: Project, source: "Source", arguments: argparse.Namespace) -> None:
    """Without a project, digits are treated as digits and everything else as photographs."""
    from workbench.project.augmentation_presets import PRESETS

    name = arguments.preset
    if name is None and arguments.file is None:
        name = "digits" if all(len(word) == 1 for word in source.class_names) else "light"
    if name is not None:
        project.apply(SetAugmentation(PRESETS[PRESET_WORDS[name]]))


def _own_shape(source: "Source") -> tuple[int, int, int]:
    """The first image's size, at most 224 along its longer side. Raises DatasetError."""
    height, width, channels = source.read(0).shape
    scale = min(1.0, _LONGEST / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale)), channels


def _chosen(feeds: "Feeds", count: int):  # type: ignore[no-untyped-def]
    """The first images of the first epoch."""
    return feeds.training.order(0)[:count]


def _save(picture, path: Path) -> None:  # type: ignore[no-untyped-def]
    from workbench.data.opencv import cv2
    from workbench.project import write_atomic

    if path.suffix.lower() != ".png":
        raise WrongUsage(f"expected a file that ends in .png. Received: {path}")
    _, packed = cv2.imencode(".png", picture[..., ::-1])
    try:
        write_atomic(path, packed.tobytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
