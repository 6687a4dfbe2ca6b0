"""An engine without TensorFlow that judges runs as a script says: files as the real one writes them, in moments."""

import argparse
import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.gui.training import scripted_engine as training
from workbench.data.sources.digits import read_digits
from workbench.evaluation import Predictions, report_on, write_predictions
from workbench.evaluation.images import ImageResults, write_image_results
from workbench.evaluation.predictions import write_arrays
from workbench.protocol import (
    ChannelClosed,
    Device,
    Evaluate,
    Evaluated,
    Explain,
    Explained,
    Failed,
    Hello,
    ImagesEvaluated,
    ImagesMade,
    Member,
    Predict,
    Predicted,
    Ready,
    Segmented,
    Shutdown,
    Stage,
    Stop,
    Stopped,
    Train,
    engine_channel,
)

SCRIPTS = ("quick", "endless", "failing", "images", "masks")
IMAGES = 60
LAYERS = ("c1", "s2", "c3", "s4", "f6")
NAMES = tuple("0123456789")
MISTAKES = {3: (5, 0.6), 13: (5, 0.9), 23: (8, 0.7)}
"""Samples of the digit 3, what they are taken for, and how surely."""


class ScriptedEngine(training.ScriptedEngine):
    """`script` may be changed between two starts."""

    def _spawn(self, descriptor):
        return subprocess.Popen(
            [sys.executable, "-m", __name__, "--channel", str(descriptor), self.script],
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[3],
        )


class Conversation(training.Conversation):
    """Trains as its base does, and judges."""

    def serve(self):
        self.channel.send(Hello(pid=1))
        self.channel.send(Ready(versions=training.VERSIONS, devices=(Device("cpu", "A CPU"),), no_gpu="none"))
        answers: dict[type, Callable[..., object]] = {
            Train: self.train,
            Evaluate: self.evaluate,
            Predict: self.predict,
            Explain: self.explain,
        }
        while not self.ending:
            job, command = self.channel.receive()
            if isinstance(command, Shutdown):
                return
            if type(command) in answers:
                self.channel.send(answers[type(command)](command, job), job)

    def evaluate(self, command, job):
        self.channel.send(Stage(text="reading the runs"), job)
        self.channel.send(Stage(text="evaluating", done=20, total=IMAGES, seconds_left=75.0), job)
        if self.script == "failing":
            return Failed(message="The dataset has classes that the run does not know: cat.", hint="It knows 0, 1.")
        while self.script == "endless":
            received = self.channel.receive(0.05)
            if received is not None and isinstance(received.message, Stop | Shutdown):
                self.ending = isinstance(received.message, Shutdown)
                return Stopped()
        if self.script == "masks":  # of a run that a test has written what is to be answered to
            made = str(Path(command.runs[0]) / "evaluations" / "made.npz")
            return Evaluated(path=made, kind="masks", data="", part="all", images=4, members=(), seconds=0.1)
        if self.script == "images":
            path = Path(command.runs[0]) / "evaluations" / "images.npz"
            results = restored()
            write_image_results(path, results)
            return ImagesEvaluated(
                path=str(path), data="digits", part="test", images=5, means=results.means, seconds=0.1
            )
        names = tuple(Path(run).name for run in command.runs)
        members = tuple(Member(run, name, 0.9, 0.3, 0.89, 0.05) for run, name in zip(command.runs, names, strict=True))
        notes = ("The dataset has changed.",) if len(names) > 1 else ()
        about = {
            "runs": command.runs,
            "members": [{"name": member.name, "accuracy": member.accuracy} for member in members],
            "data": "digits",
            "group": "",
            "part": "validation",
            "crops": command.crops,
            "augmented": command.augmented,
            "weights": "best",
            "notes": notes,
        }
        path = Path(command.runs[0]) / "evaluations" / "made.npz"
        write_predictions(path, judged(about))
        return Evaluated(
            path=str(path), data="digits", part="validation", images=IMAGES, members=members, seconds=0.1, notes=notes
        )

    def predict(self, command, job):
        if self.script == "masks":
            listing = str(Path(command.runs[0]) / "evaluations" / "predicted" / "predictions.json")
            return Segmented(path=listing, images=2, seconds=0.1, problems=("broken.png: the file is empty",))
        files = sorted(file for given in command.images for file in files_of(Path(given)))
        if self.script == "images":
            return ImagesMade(files=((str(files[0]), str(files[0].with_name("made.png"))),), seconds=0.1)
        readable = [file for file in files if "broken" not in file.name]
        values = np.full((len(readable), 10), 0.02, np.float32)
        for row, file in enumerate(readable):
            values[row, int(file.stem[-1])] = 0.82
        count = len(readable)
        keys = np.array([str(file) for file in readable], np.str_)
        about = {"runs": command.runs, "crops": command.crops, "weights": "best"}
        path = Path(command.runs[0]) / "evaluations" / "predicted.npz"
        write_predictions(path, Predictions(values, np.full(count, -1), np.arange(count), keys, NAMES, about))
        problems = tuple(f"{file}: the file is empty" for file in files if file not in readable)
        return Predicted(path=str(path), images=count, seconds=0.1, problems=problems)

    def explain(self, command, job):
        if self.script == "failing":
            return Failed(message="The network has no layer of which this could be shown.")
        image = np.load(command.image)
        arrays = {
            "image": image,
            "probabilities": np.full(10, 0.1, np.float32),
            "class_names": np.array(NAMES),
            "map": np.linspace(0, 1, 25, dtype=np.float32).reshape(5, 5),
            "maps": np.arange(4 * 4 * 6, dtype=np.float32).reshape(4, 4, 6),
        }
        if command.kind == "filters":
            arrays = {"kernel": np.linspace(-1, 1, 3 * 3 * 2 * 8).reshape(3, 3, 2, 8), "bias": np.zeros(8)}
        write_arrays(Path(command.path), arrays)
        return Explained(
            path=command.path,
            kind=command.kind,
            node=command.node or "s4",
            target=max(command.target, 5 if command.target < 0 else command.target),
            nodes=LAYERS,
        )


def files_of(path):
    return list(path.iterdir()) if path.is_dir() else [path]


def judged(about):
    """Predictions of the first digits: right but for `MISTAKES`."""
    digits = read_digits()
    labels = digits.labels[:IMAGES].copy()
    probabilities = np.full((IMAGES, 10), 0.01, np.float32)
    for row, label in enumerate(labels):
        probabilities[row, label] = 0.91
    for row, (guess, sure) in MISTAKES.items():
        assert labels[row] == 3
        probabilities[row] = (1 - sure) / 9
        probabilities[row, guess] = sure
    keys = np.array(digits.keys[:IMAGES])
    return Predictions(probabilities, labels, np.arange(IMAGES), keys, NAMES, about)


def restored():
    """Five images of which three are kept: a black input, grey outputs that are brighter the worse, white targets."""
    shown = np.array([3, 1, 0])
    greys = np.array([[40], [120], [200]], np.uint8)
    outputs = np.broadcast_to(greys[:, None, None, :], (3, 8, 8, 1))
    return ImageResults(
        keys=np.array([f"image {index}" for index in range(5)]),
        indices=np.arange(5),
        psnr=np.array([30.0, 20.0, 26.0, 10.0, 28.0]),
        ssim=np.array([0.9, 0.7, 0.8, 0.4, 0.85]),
        baseline_psnr=np.array([25.0, 21.0, 24.0, 12.0, 26.0]),
        baseline_ssim=np.full(5, 0.6),
        shown=shown,
        inputs=np.zeros((3, 4, 4, 1), np.uint8),
        outputs=outputs,
        targets=np.full((3, 8, 8, 1), 250, np.uint8),
        about={"runs": ["x"], "data": "digits", "part": "test", "weights": "best", "notes": ["Some were left out."]},
    )


def expected(about=None):
    """The report that the panel must show."""
    return report_on(judged(about or {}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--channel", type=int, required=True)
    parser.add_argument("script", choices=SCRIPTS)
    options = parser.parse_args()
    channel = engine_channel(socket.socket(fileno=options.channel))
    with contextlib.suppress(ChannelClosed):
        Conversation(channel, options.script).serve()


if __name__ == "__main__":
    main()
