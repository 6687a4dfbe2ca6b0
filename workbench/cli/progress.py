"""A job's progress for people: a bar on a terminal, lines elsewhere."""

import contextlib
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from workbench.cli.door import unguarded
from workbench.cli.output import duration, metrics_line
from workbench.engine import Report
from workbench.protocol import AnyEvent, BatchProgress, Checked, EpochEnd, InitialWeights, Log, Stage, Started
from workbench.text import visible


@contextlib.contextmanager
def progress(stream: TextIO) -> Iterator[Report]:
    """Gives the listener for a job's events, which shows them on `stream`."""
    if not stream.isatty():
        yield _Lines(stream).report
        return
    console = Console(file=unguarded(stream), markup=False, emoji=False, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), TextColumn("{task.fields[facts]}"))
    with Progress(*columns, console=console, expand=True, transient=True) as bar:
        yield _Bar(bar).report


class _Bar:
    """One bar over all epochs of a training; a job without batches shows its stage."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task("starting TensorFlow", total=None, facts="")

    def report(self, event: AnyEvent) -> None:
        match event:
            case Stage():
                left = "" if event.seconds_left is None else f"{duration(event.seconds_left)} left"
                counted = f"{event.done:,}/{event.total:,}  {left}" if event.total else ""
                self._bar.update(
                    self._task,
                    description=visible(event.text),
                    completed=event.done,
                    total=event.total or None,
                    facts=counted,
                )
            case BatchProgress():
                self._bar.update(
                    self._task,
                    description=f"epoch {event.epoch}/{event.epochs}  batch {event.batch}/{event.batches}",
                    completed=(event.epoch - 1) * event.batches + event.batch,
                    total=event.epochs * event.batches,
                    facts=_batch_facts(event),
                )
            case _:
                if line := event_line(event):
                    self._bar.console.print(visible(line, keep="\n"), soft_wrap=True)


class _Lines:
    """A line for each thing that happens; a stage that counts is told once, not at every step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""

    def report(self, event: AnyEvent) -> None:
        line = event.text if isinstance(event, Stage) else event_line(event)
        if isinstance(event, Stage):
            line, self._stage = ("" if line == self._stage else line), line
        if line:
            print(line, file=self._stream, flush=True)


def _batch_facts(event: BatchProgress) -> str:
    left = "" if event.seconds_left is None else f"  {duration(event.seconds_left)} left"
    rate = "" if event.learning_rate is None else f"  rate {event.learning_rate:.2g}"
    return f"{metrics_line(event.metrics)}{rate}  {event.images_per_second:,.0f} images/s{left}"


def event_line(event: AnyEvent) -> str:
    """What an event is worth in a log; "" for those that only a bar shows."""
    match event:
        case Stage():
            return event.text if event.done in (0, event.total) else ""
        case Log():
            return event.text
        case Checked():
            return "\n".join(event.warnings)
        case InitialWeights():
            return initial_weights(event)
        case Started():
            epochs, batches = counted(event.epochs, "epoch"), counted(event.batches, "batch", "batches")
            return (
                f"{event.name}: {event.train_images:,} images to train on, {event.validation_images:,} held out; "
                f"{epochs} of {batches} on {event.device}, seed {event.seed}"
            )
        case EpochEnd():
            told = f"epoch {event.epoch}/{event.epochs}  {metrics_line(event.metrics)}  {duration(event.seconds)}"
            return f"{told}  {duration(event.seconds_left)} left" if event.epoch < event.epochs else told
        case _:
            return ""


def initial_weights(event: InitialWeights) -> str:
    """What the layers begin with, in lines."""
    lines = [f"begins with {event.source}: {counted(len(event.kept), 'layer')} kept"]
    lines += [f"  copied in part: {', '.join(event.partly)}"] if event.partly else []
    lines += [f"  drawn anew: {', '.join(event.new)}"] if event.new else []
    lines += [f"  {event.remark}"] if event.remark else []
    if event.optimizer:
        lines += [f"  of the optimiser's state {event.optimizer} variables are taken over"]
    return "\n".join(lines)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 layer`, `5 layers`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
