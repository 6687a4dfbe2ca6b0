"""An engine without TensorFlow: speaks the protocol as a script says, so that panels are tested in moments."""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from workbench.analysis.primitives import primitives
from workbench.jobs import EngineProcess
from workbench.project import LiveAnalysis
from workbench.project.file import loads
from workbench.protocol import (
    ApplicationMade,
    BatchProgress,
    BatchSizeFound,
    BatchTrial,
    ChannelClosed,
    Checked,
    Continue,
    Continued,
    Device,
    EpochEnd,
    Export,
    ExportDone,
    Failed,
    FindBatchSize,
    FindLearningRate,
    Finished,
    Hello,
    LayerAlarm,
    LayerNorms,
    LearningRateCurve,
    LearningRateSet,
    Load,
    MakeApplication,
    OverfitBatch,
    OverfitDone,
    Pause,
    Paused,
    RateTried,
    Ready,
    SetLearningRate,
    Shutdown,
    Stage,
    Started,
    Stop,
    Stopped,
    Train,
    TrainingAlarm,
    Unavailable,
    engine_channel,
)
from workbench.runs import Checkpoint, RunStatus, RunStore

SCRIPTS = (
    "quick",
    "endless",
    "deaf",
    "failing",
    "unavailable",
    "flood",
    "alarm",
    "full-disk",
    "slow-trials",
    "gan",
    "gpu",
)
EPOCHS, BATCHES = 2, 5
RATE, SUGGESTION, LARGEST = 0.002, 0.0031, 512
SEEN_WRONG = "c3: its output is no longer finite (epoch 1, batch 1)"
COLLAPSED = "Mode collapse: generated images differ by 20% of what real ones do."
GPU = Device("gpu:0", "A GPU", 40 * 2**20)
VERSIONS = {"tensorflow": "2.21.0", "keras": "3.15.1"}


class ScriptedEngine(EngineProcess):
    """`script` may be changed between two starts."""

    def __init__(self, script, on_line=None):
        super().__init__(on_line=on_line)
        self.script = script

    def _spawn(self, descriptor):
        return subprocess.Popen(
            [sys.executable, "-m", __name__, "--channel", str(descriptor), self.script],
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[3],
        )


class Conversation:
    """Answers one client. A training makes a real run folder, so that its lock dies with this process."""

    def __init__(self, channel, script):
        self.channel = channel
        self.script = script
        self.ending = False
        self.rate = RATE
        self.layers = {}

    def serve(self):
        self.channel.send(Hello(pid=os.getpid()))
        if self.script == "unavailable":
            self.channel.send(Unavailable(message="TensorFlow is not installed.", hint="Install it.", detail="trace"))
            return
        remedy = "Install its driver."
        if self.script == "gpu":
            self.channel.send(Ready(versions=VERSIONS, devices=(Device("cpu", "A CPU"), GPU)))
        else:
            cpu = (Device("cpu", "A CPU"),)
            self.channel.send(Ready(versions=VERSIONS, devices=cpu, no_gpu="no card", remedy=remedy))
        while not self.ending:
            job, command = self.channel.receive()
            match command:
                case Train():
                    self.channel.send(self.train(command, job), job)
                case Export():
                    self.channel.send(self.export(command), job)
                case FindLearningRate() | FindBatchSize() | OverfitBatch():
                    self.channel.send(self.trial(command, job), job)
                case MakeApplication():
                    self.channel.send(self.application(command), job)
                case Shutdown():
                    return

    def application(self, command):
        """Of whatever network: the file that the test names; "imagenet" cannot be had."""
        if command.weights == "imagenet":
            return Failed(message="no network, and no file in the cache", hint="Name a file.")
        shutil.copy(os.environ["APPLICATION_MODEL"], command.path)
        return ApplicationMade(path=command.path, preprocessing="tf")

    def train(self, command, job):
        print("the engine prints", flush=True)
        self.channel.send(Stage(text="reading the dataset"), job)
        if self.script == "failing":
            return Failed(message="out of memory", hint="Make the batch smaller.", detail="trace")
        store = RunStore(Path(command.runs))
        project = command.project or (Path(command.resume) / "project.workbench").read_text()
        done = 1 if command.resume else 0
        stem = command.name or ("branched" if command.branch_epoch else "resumed")
        self.layers = layers_of(project)
        with store.create(stem, project, 0, epochs_planned=EPOCHS + command.epochs_more) as run:
            folder, name = str(run.folder), run.name
            started = Started(
                run=folder,
                name=name,
                epochs=EPOCHS,
                batches=BATCHES,
                train_images=100,
                validation_images=20,
                device="cpu",
                seed=0,
                epochs_done=done,
                layers=self.layers,
            )
            self.channel.send(started, job)
            self.channel.send(Checked(loss=2.3, seconds=0.1, warnings=("the batch is small",)), job)
            for epoch in range(1, 1 + done):
                run.add_epoch({"epoch": epoch, **self.end_of(epoch).metrics})
            for epoch in range(1 + done, EPOCHS + 1):
                if not self.epoch(epoch, job):
                    run.save_checkpoint(Checkpoint({}))
                    run.finish(RunStatus.STOPPED, epochs=1)
                    return Stopped(run=folder, name=name)
                run.add_epoch({"epoch": epoch, **self.end_of(epoch).metrics})
            best = {"val_accuracy": 0.975, "val_loss": 0.1}
            monitor = {"monitor": "val_accuracy"}
            run.save_best(Checkpoint({}))
            run.save_checkpoint(Checkpoint({}))
            run.finish(RunStatus.FINISHED, best=best, best_epoch=2, epochs=EPOCHS, **monitor)
            return Finished(best=best, best_epoch=2, last=best, epochs=EPOCHS, seconds=3.0, run=folder, name=name)

    def epoch(self, epoch, job):
        """False where a stop was asked for."""
        if self.script == "flood":
            for batch in range(400):
                self.batch(epoch, batch % BATCHES + 1, job)
        for batch in range(1, BATCHES + 1):
            self.batch(epoch, batch, job)
            if self.stop_asked(0.01, job):
                return False
        if self.script == "alarm":
            path = self.layers["c3"]
            what = {"layer": "c3", "path": path, "what": "not finite", "message": SEEN_WRONG}
            self.channel.send(LayerAlarm(**what, epoch=1, batch=1), job)
            self.channel.send(self.end_of(epoch), job)
        if self.script == "gan" and epoch == 1:
            said = {"what": "mode collapse", "message": COLLAPSED, "hint": "Lower the rates."}
            self.channel.send(TrainingAlarm(**said, epoch=1, batch=BATCHES), job)
        if self.script == "full-disk" and epoch == 1:
            problem = {"problem": "the disk of the runs folder is full", "hint": "Make room, then continue."}
            self.channel.send(Paused(epoch=1, batch=BATCHES, **problem), job)
            if not self.held(job):
                return False
        while self.script in ("endless", "deaf", "alarm"):
            if self.stop_asked(0.05, job):
                return False
        self.channel.send(self.end_of(epoch), job)
        return True

    def end_of(self, epoch):
        if self.script == "gan":
            metrics = {**adversarial(epoch), "diversity": 0.2}
            return EpochEnd(
                epoch=epoch,
                epochs=EPOCHS,
                metrics=metrics,
                learning_rate=2e-4,
                seconds=1.0,
                seconds_left=1.0,
                best=False,
            )
        metrics = {"loss": 1 / epoch, "accuracy": 0.5 * epoch, "val_loss": 1.1 / epoch, "val_accuracy": 0.45 * epoch}
        return EpochEnd(
            epoch=epoch,
            epochs=EPOCHS,
            metrics=metrics,
            learning_rate=self.rate,
            seconds=1.0,
            seconds_left=1.0,
            best=True,
            images_per_second=1240.0,
            norms={name: LayerNorms(2.0, 10.0**-place, 0.25) for place, name in enumerate(self.layers)},
        )

    def batch(self, epoch, batch, job):
        event = BatchProgress(
            epoch=epoch,
            batch=batch,
            batches=BATCHES,
            epochs=EPOCHS,
            metrics=adversarial(batch)
            if self.script == "gan"
            else {"loss": 2 / (epoch + batch), "accuracy": 0.1 * batch},
            images_per_second=1240.0,
            seconds_left=12.0,
            learning_rate=self.rate,
            load=Load(cpu=0.92, memory=3 * 2**29, memory_total=8 * 2**30),
        )
        self.channel.send(event, job)

    def stop_asked(self, seconds, job=""):
        if self.script == "deaf":
            time.sleep(seconds)
            return False
        received = self.channel.receive(seconds)
        match received.message if received else None:
            case Pause():
                self.channel.send(Paused(epoch=1, batch=BATCHES), job)
                return not self.held(job)
            case SetLearningRate(rate):
                self.rate = rate or RATE
                by_hand = rate is not None
                self.channel.send(LearningRateSet(rate=self.rate, epoch=1, batch=BATCHES, by_hand=by_hand), job)
                return False
        return self.ends(received)

    def held(self, job):
        """Waits for a word; False where that is to stop."""
        received = self.channel.receive()
        while not isinstance(received.message, Continue | Stop | Shutdown):
            received = self.channel.receive()
        if isinstance(received.message, Continue):
            self.channel.send(Continued(), job)
            return True
        return not self.ends(received)

    def ends(self, received):
        self.ending = received is not None and isinstance(received.message, Shutdown)
        return received is not None and isinstance(received.message, Stop | Shutdown)

    def trial(self, command, job):
        self.channel.send(Stage(text="trying", done=41, total=100, seconds_left=12), job)
        if isinstance(command, FindLearningRate):
            for step in range(41):
                self.channel.send(RateTried(rate=10 ** (-6 + 7 * step / 99), loss=2.3), job)
        while self.script == "slow-trials":
            if self.stop_asked(0.05, job):
                return Stopped()
        match command:
            case FindLearningRate():
                rates = tuple(10 ** (-6 + 7 * step / 99) for step in range(100))
                losses = tuple(2.3 - 1.5 * min(1, rate / 0.01) ** 0.3 + (rate * 3) ** 2 for rate in rates)
                rough = tuple(loss + 0.15 * (-1) ** place for place, loss in enumerate(losses))
                message = "Where the loss falls most steeply."
                return LearningRateCurve(
                    rates=rates, losses=rough, smoothed=losses, suggestion=SUGGESTION, message=message
                )
            case FindBatchSize():
                tried = tuple(BatchTrial(2**power, power < 10, 100.0 * power) for power in range(5, 11))
                return BatchSizeFound(largest=LARGEST, tried=tried, limit="of 7.8 GiB")
        losses = tuple(2.3 * 0.97**step for step in range(200))
        return OverfitDone(losses=losses, accuracies=(0.5, 1.0), ok=True, message="Learned by heart in 200 steps.")

    def export(self, command):
        if self.script == "failing":
            return Failed(message="the outputs differ by 0.2 (allowed 1e-05)", hint="Report this.")
        Path(command.path).mkdir(parents=True)
        return ExportDone(path=command.path, difference=3e-7, scale=1.0, tolerance=1e-5, images=360)


def adversarial(step):
    return {"generator_loss": 1 + step, "discriminator_loss": 1 / step, "real_score": 0.7, "fake_score": 0.3}


def layers_of(project):
    """Name to path of every layer with weights, as the engine tells it."""
    parsed = loads(project.encode(), "the project").project
    analysis = LiveAnalysis(parsed).of(next(iter(parsed.graphs)))
    return {layer.name: layer.path for layer in primitives(analysis) if layer.report.params}


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
