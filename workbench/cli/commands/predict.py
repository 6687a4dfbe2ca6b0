"""`workbench predict RUN... IMAGE...`: what a trained run takes images, or each of their pixels, for."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from workbench.cli.commands.predict_masks import tell_masks, write_csv
from workbench.cli.errors import BAD_INPUT, InputError, WrongUsage
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json, positive
from workbench.cli.output import print_json, print_table
from workbench.cli.outputs import add_output
from workbench.cli.progress import progress
from workbench.cli.store import add_runs, chosen_runs
from workbench.evaluation import Predictions, PredictionsError, read_predictions
from workbench.evaluation.export import prediction_rows
from workbench.protocol import CROPS, SCALES, ImagesMade, Predict, Predicted, Segmented


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN IMAGE|FOLDER... [--with RUN]... [--top K] [--crops N] [-o FOLDER] [--scale S] [--csv FILE] [--json]."""
    parser.epilog = (
        "Folders are searched for images. A file that cannot be read is told, the others are predicted, and the exit "
        "code is 1. A segmentation run writes an indexed PNG for each image, whose numbers are classes, and "
        "predictions.json with the share of each class; images larger than the network are predicted in tiles. A "
        "network that gives images writes a PNG for each, at the image's own size where the network takes any."
    )
    parser.add_argument("run", metavar="RUN", help="a run: its name, its path, or `latest`")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="image files, or folders of them")
    several = "average with this run too; may be repeated"
    parser.add_argument("--with", metavar="RUN", dest="others", action="append", default=[], help=several)
    parser.add_argument("--top", metavar="K", type=positive, default=3, help="classes told for each image (default: 3)")
    parser.add_argument(
        "--crops", metavar="N", type=int, choices=CROPS, default=1, help="average over 1, 5 or 10 crops"
    )
    folder = "where masks or images are written (default: in the run's folder)"
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, help=folder)
    scale = (
        "for masks: image predicts at the image's own size, in tiles; network as images were framed in training "
        "(default: auto, which is image where that is larger than the network's input)"
    )
    parser.add_argument("--scale", choices=SCALES, default="auto", help=scale)
    add_output(parser, "--csv", metavar="FILE", help="write every probability, or share, to this file")
    parser.add_argument("--weights", choices=("best", "last"), default="best", help="of which epoch (default: best)")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Predicts; 1 where a file could not be read."""
    if arguments.csv is not None and not arguments.csv.expanduser().absolute().parent.is_dir():
        raise WrongUsage(f"{arguments.csv}: there is no such folder to write to")
    folders = chosen_runs(arguments, [arguments.run, *arguments.others], arguments.weights)
    images = tuple(str(Path(image).expanduser().absolute()) for image in arguments.images)
    command = Predict(
        runs=folders,
        images=images,
        crops=arguments.crops,
        weights=arguments.weights,
        folder="" if arguments.output is None else str(arguments.output.expanduser().absolute()),
        scale=arguments.scale,
    )
    with quietened() as people, progress(people) as report:
        done = run_job(command, report)
        if isinstance(done, Predicted | Segmented | ImagesMade):
            print(*done.problems, sep="\n", end="\n" if done.problems else "", file=people)
    if isinstance(done, ImagesMade):
        _tell_made(done, wants_json=arguments.json)
        return BAD_INPUT if done.problems else 0
    if isinstance(done, Segmented):
        tell_masks(done, arguments.csv and arguments.csv.expanduser(), wants_json=arguments.json)
        return BAD_INPUT if done.problems else 0
    if not isinstance(done, Predicted):
        raise KeyboardInterrupt
    try:
        predictions = read_predictions(Path(done.path))
    except PredictionsError as error:
        raise InputError(str(error)) from error
    if arguments.csv is not None:
        write_csv(arguments.csv.expanduser(), prediction_rows(predictions))
    if arguments.json:
        print_json(record(done, predictions))
    elif len(predictions):
        _print(predictions, arguments.top)
    return BAD_INPUT if done.problems else 0


def _tell_made(done: ImagesMade, *, wants_json: bool) -> None:
    if wants_json:
        images = [{"file": file, "image": made} for file, made in done.files]
        print_json({"images": images, "errors": list(done.problems), "seconds": done.seconds})
    elif done.files:
        print_table(("image", "made of it"), done.files)


def record(done: Predicted, predictions: Predictions) -> dict[str, Any]:
    """The result as data."""
    names = predictions.class_names
    rows = zip(predictions.keys, predictions.predicted, predictions.probabilities, strict=True)
    return {
        "runs": list(predictions.about["runs"]),
        "class_names": list(names),
        "images": [
            {
                "file": str(key),
                "class": names[int(guess)],
                "probability": float(row[guess]),
                "probabilities": {name: float(value) for name, value in zip(names, row, strict=True)},
            }
            for key, guess, row in rows
        ],
        "errors": list(done.problems),
        "predictions": done.path,
    }


def _print(predictions: Predictions, top: int) -> None:
    top = min(top, len(predictions.class_names))
    places = ("first", "second", "third")
    columns = [places[rank] if rank < len(places) else f"{rank + 1}th" for rank in range(top)]
    rows = []
    for key, row in zip(predictions.keys, predictions.probabilities, strict=True):
        best = np.argsort(-row, kind="stable")[:top]
        rows.append((str(key), *(f"{predictions.class_names[int(index)]} {row[index]:.1%}" for index in best)))
    print_table(("image", *columns), rows)
