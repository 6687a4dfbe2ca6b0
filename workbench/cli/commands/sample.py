"""`workbench sample RUN -o grid.png`: images from a GAN's generator, the same from the same seed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json, positive, seed
from workbench.cli.output import duration, print_json
from workbench.cli.outputs import add_output
from workbench.cli.progress import progress
from workbench.cli.store import add_runs, chosen_runs
from workbench.protocol import EVERY_CLASS, LAST, Sample, Sampled, Walk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILMS = (".gif", ".mp4")
_SUFFIXES = (".png", *_FILMS, ".npz")
_COUNT, _FRAMES, _STOPS = 64, 60, 2
_FILM_SIDE = 256
"""Pixels of a film's longer side, about, at least: players blur small ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN -o FILE [-n N] [--seed S] [--truncation T] [--class C] [--epoch E] [--walk [K]] [--json]."""
    parser.epilog = (
        "Sample k of a seed is the same however many are made; on one computer's CPU bit for bit. The name of FILE "
        "says what is written: a grid (.png), a film of a walk (.gif, .mp4) or the arrays (.npz)."
    )
    parser.add_argument("run", metavar="RUN", help="a run of a GAN: its name, its path, or `latest`")
    add_output(parser, "-o", "--output", metavar="FILE", required=True, help="where to write")
    count = f"images, or with --walk frames (default: {_COUNT}, of a walk {_FRAMES})"
    parser.add_argument("-n", "--count", metavar="N", type=positive, help=count)
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="of the points (default: 0)")
    parser.add_argument("--first", metavar="K", type=seed, default=0, help="number of the first sample (default: 0)")
    truncation = "keep every number of a point within plus or minus T: typical images, less variety (default: off)"
    parser.add_argument("--truncation", metavar="T", type=_threshold, default=0.0, help=truncation)
    classes = "a class by name, or its number (conditional GANs; default: the classes in turn)"
    parser.add_argument("--class", metavar="C", dest="label", default="", help=classes)
    walk = f"walk on great circles through K samples of the seed (default: {_STOPS})"
    parser.add_argument("--walk", metavar="K", type=positive, nargs="?", const=_STOPS, help=walk)
    parser.add_argument("--closed", action="store_true", help="with --walk: and back to the first sample")
    parser.add_argument("--fps", metavar="F", type=_rate, default=20.0, help="frames a second of a film (default: 20)")
    parser.add_argument("--columns", metavar="N", type=positive, default=0, help="of the grid (default: a square)")
    parser.add_argument("--epoch", metavar="E", type=_epoch, default=LAST, help="weights of a kept epoch; 0: untrained")
    parser.add_argument("--no-average", action="store_true", help="without the running mean of the weights")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the images and writes the file."""
    output = arguments.output.expanduser().absolute()
    _check(arguments, output)
    (folder,) = chosen_runs(arguments, [arguments.run], "last")
    command = _command(arguments, folder)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="workbench-sample-") as temporary:
        arrays = Path(temporary, "samples.npz") if output.suffix.lower() != ".npz" else output
        command = _with_path(command, arrays)
        with quietened() as people, progress(people) as report:
            done = run_job(command, report)
        if not isinstance(done, Sampled):
            raise KeyboardInterrupt
        _write(arrays, output, arguments)
    if arguments.json:
        print_json(record(done, arguments, folder, output))
    else:
        what = f"walk of {done.images:,} frames" if arguments.walk else f"{done.images:,} samples"
        print(f"{what} of epoch {done.epoch}, seed {arguments.seed}, in {duration(done.seconds)}: {output}")
    return 0


def record(done: Sampled, arguments: argparse.Namespace, folder: str, output: Path) -> dict[str, Any]:
    """The result as data."""
    return {
        "run": folder,
        "output": str(output),
        "images": done.images,
        "latent_size": done.latent,
        "epoch": done.epoch,
        "seed": arguments.seed,
        "first": arguments.first,
        "truncation": arguments.truncation,
        "class": arguments.label or None,
        "class_names": list(done.class_names),
        "walk": arguments.walk,
        "closed": arguments.closed,
        "seconds": done.seconds,
    }


def _check(arguments: argparse.Namespace, output: Path) -> None:
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise WrongUsage(f"expected a file that ends in {', '.join(_SUFFIXES)}. Received: {arguments.output}")
    if not output.parent.is_dir():
        raise WrongUsage(f"{arguments.output}: there is no such folder to write to")
    if suffix in _FILMS and not arguments.walk:
        raise WrongUsage(f"a film shows a walk: add --walk, or choose a .png. Received: {arguments.output}")
    if arguments.walk == 1:
        raise WrongUsage("expected a walk through 2 samples or more. Received: 1")
    if arguments.closed and not arguments.walk:
        raise WrongUsage("--closed is about a walk: add --walk")
    if arguments.walk and arguments.count == 1:
        raise WrongUsage("expected a walk of 2 frames or more. Received: 1")


def _command(arguments: argparse.Namespace, folder: str) -> Sample | Walk:
    common: dict[str, Any] = {
        "run": folder,
        "seed": arguments.seed,
        "truncation": arguments.truncation,
        "label": _label(arguments.label, folder),
        "epoch": arguments.epoch,
        "averaged": not arguments.no_average,
    }
    if not arguments.walk:
        return Sample(count=arguments.count or _COUNT, first=arguments.first, **common)
    stops = tuple(range(arguments.first, arguments.first + arguments.walk))
    return Walk(stops=stops, frames=arguments.count or _FRAMES, closed=arguments.closed, **common)


def _label(text: str, folder: str) -> int:
    """A class of the run by its name, else by its number. Raises InputError."""
    if not text:
        return EVERY_CLASS
    from workbench.runs import Run, RunStoreError

    try:
        names = Run.open(Path(folder)).record.class_names
    except RunStoreError as error:
        raise InputError(str(error)) from error
    if text in names:
        return names.index(text)
    if text.isascii() and text.isdecimal():
        return int(text)
    raise InputError(f"{folder}: there is no class {text!r}; there are: {', '.join(names) or 'none'}")


def _with_path(command: Sample | Walk, path: Path) -> Sample | Walk:
    import msgspec

    return msgspec.structs.replace(command, path=str(path))


def _write(arrays: Path, output: Path, arguments: argparse.Namespace) -> None:
    from workbench.data.mosaic import mosaic
    from workbench.data.picture_files import CannotWrite, write_film, write_png
    from workbench.evaluation.predictions import read_arrays

    if arrays == output:
        return
    found = read_arrays(arrays)
    try:
        if output.suffix.lower() == ".png":
            write_png(output, mosaic(found["images"], arguments.columns), _about(found))
        else:
            write_film(output, _frames(found["images"]), arguments.fps)
    except CannotWrite as error:
        raise InputError(str(error)) from error


def _about(found: dict[str, NDArray[Any]]) -> str:
    """What the grid was made from, for whoever finds the file: nothing of where this computer keeps its runs."""
    about = json.loads(str(found["about"]))
    about["run"] = Path(about["run"]).name
    return json.dumps({key: value for key, value in about.items() if key not in ("path", "points", "device")})


def _frames(images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    from workbench.data.mosaic import enlarged

    return [enlarged(image, _FILM_SIDE) for image in images]


def _threshold(text: str) -> float:
    """Argument type of a truncation."""
    value = _number(text)
    if value is None or value <= 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0, as 1.5. Received: {text!r}")
    return value


def _rate(text: str) -> float:
    """Argument type of frames a second."""
    value = _number(text)
    if value is None or not 0.1 <= value <= 100:
        raise argparse.ArgumentTypeError(f"expected 0.1 to 100 frames a second. Received: {text!r}")
    return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def _epoch(text: str) -> int:
    """Argument type of an epoch."""
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected an epoch of 0 or more. Received: {text!r}")
    return int(text)
