"""An engine without TensorFlow: speaks the protocol as a script says, so that panels are tested in moments."""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from workbench.jobs import EngineProcess
from workbench.protocol import (
    BatchProgress,
    ChannelClosed,
    Device,
    EpochEnd,
    Export,
    ExportDone,
    Failed,
    Finished,
    Hello,
    Ready,
    Shutdown,
    Stage,
    Started,
    Stop,
    Stopped,
    Train,
    Unavailable,
    engine_channel,
)
from workbench.runs import Checkpoint, RunStatus, RunStore

SCRIPTS = ("quick", "endless", "deaf", "failing", "unavailable", "flood")
EPOCHS, BATCHES = 2, 5
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

    def serve(self):
        self.channel.send(Hello(pid=os.getpid()))
        if self.script == "unavailable":
            self.channel.send(Unavailable(message="TensorFlow is not installed.", hint="Install it.", detail="trace"))
            return
        remedy = "Install its driver."
        self.channel.send(Ready(versions=VERSIONS, devices=(Device("cpu", "A CPU"),), no_gpu="no card", remedy=remedy))
        while not self.ending:
            job, command = self.channel.receive()
            match command:
                case Train():
                    self.channel.send(self.train(command, job), job)
                case Export():
                    self.channel.send(self.export(command), job)
                case Shutdown():
                    return

    def train(self, command, job):
        print("the engine prints", flush=True)
        self.channel.send(Stage(text="reading the dataset"), job)
        if self.script == "failing":
            return Failed(message="out of memory", hint="Make the batch smaller.", detail="trace")
        store = RunStore(Path(command.runs))
        with store.create(command.name, command.project, 0, epochs_planned=EPOCHS) as run:
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
            )
            self.channel.send(started, job)
            for epoch in range(1, EPOCHS + 1):
                if not self.epoch(epoch, job):
                    run.finish(RunStatus.STOPPED)
                    return Stopped(run=folder, name=name)
            best = {"val_accuracy": 0.975, "val_loss": 0.1}
            run.save_best(Checkpoint({}))
            run.finish(RunStatus.FINISHED, best=best, epochs=EPOCHS)
            return Finished(best=best, best_epoch=2, last=best, epochs=EPOCHS, seconds=3.0, run=folder, name=name)

    def epoch(self, epoch, job):
        """False where a stop was asked for."""
        if self.script == "flood":
            for batch in range(400):
                self.batch(epoch, batch % BATCHES + 1, job)
        for batch in range(1, BATCHES + 1):
            self.batch(epoch, batch, job)
            if self.stop_asked(0.01):
                return False
        while self.script in ("endless", "deaf"):
            if self.stop_asked(0.05):
                return False
        metrics = {"loss": 1 / epoch, "accuracy": 0.5 * epoch, "val_loss": 1.1 / epoch, "val_accuracy": 0.45 * epoch}
        event = EpochEnd(
            epoch=epoch,
            epochs=EPOCHS,
            metrics=metrics,
            learning_rate=0.1,
            seconds=1.0,
            seconds_left=1.0,
            best=True,
        )
        self.channel.send(event, job)
        return True

    def batch(self, epoch, batch, job):
        event = BatchProgress(
            epoch=epoch,
            batch=batch,
            batches=BATCHES,
            epochs=EPOCHS,
            metrics={"loss": 2 / (epoch + batch), "accuracy": 0.1 * batch},
            images_per_second=1240.0,
            seconds_left=12.0,
        )
        self.channel.send(event, job)

    def stop_asked(self, seconds):
        if self.script == "deaf":
            time.sleep(seconds)
            return False
        received = self.channel.receive(seconds)
        self.ending = received is not None and isinstance(received.message, Shutdown)
        return received is not None and isinstance(received.message, Stop | Shutdown)

    def export(self, command):
        if self.script == "failing":
            return Failed(message="the outputs differ by 0.2 (allowed 1e-05)", hint="Report this.")
        Path(command.path).mkdir(parents=True)
        return ExportDone(path=command.path, difference=3e-7, scale=1.0, tolerance=1e-5, images=360)


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
