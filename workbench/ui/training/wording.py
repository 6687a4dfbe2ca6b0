"""What the training panel and the status bar say, in words."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis import Diagnostic
from workbench.project import Project
from workbench.project.objectives import larger_is_better
from workbench.project.results import headline, metric_value, metric_words
from workbench.protocol import (
    BatchProgress,
    BatchSizeFound,
    Checked,
    Device,
    EpochEnd,
    ExportDone,
    Finished,
    InitialWeights,
    LayerAlarm,
    LearningRateSet,
    Load,
    Metrics,
    Paused,
    Ready,
    Stage,
    Started,
    Stopped,
    TrainingAlarm,
)
from workbench.ui import quantities

_SHOWN_PROBLEMS = 3


def duration(seconds: float) -> str:
    """`0:12`, `1:02:03`."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def metrics(values: Metrics) -> str:
    """Loss and metrics of the running epoch, as far as they are known."""
    return "  ".join(f"{metric_words(name)} {metric_value(name, value)}" for name, value in values.items())


def load(event: Load | None) -> str:
    """`CPU 92 %  1.2 of 7.8 GiB  GPU 80 %, 10.0 of 79.6 GiB`, as far as it is known."""
    if event is None:
        return ""
    parts = [f"CPU {event.cpu:.0%}" if event.cpu is not None else "", _of(event.memory, event.memory_total)]
    gpu = [f"GPU {event.gpu:.0%}" if event.gpu is not None else "", _of(event.gpu_memory, event.gpu_memory_total)]
    return "  ".join(filter(None, [*parts, ", ".join(filter(None, gpu))]))


def _of(used: int | None, total: int | None) -> str:
    if used is None:
        return ""
    return f"{quantities.size(used)} of {quantities.size(total)}" if total else quantities.size(used)


def stage(event: Stage) -> str:
    """`Reading the dataset  41/100  0:12 left`."""
    parts = [event.text[:1].upper() + event.text[1:]]
    if event.total:
        parts.append(f"{event.done:,}/{event.total:,}")
    if event.seconds_left is not None:
        parts.append(f"{duration(event.seconds_left)} left")
    return "  ".join(parts)


def paused(event: Paused) -> str:
    """Where a training holds, and what has to be put right where it did so by itself."""
    where = f"Paused after epoch {event.epoch}, batch {event.batch:,}"
    return f"{where}: {event.problem}" if event.problem else where


def rate_set(event: LearningRateSet) -> str:
    """Who set the learning rate, and to what."""
    who = "by hand" if event.by_hand else "by the schedule again"
    return f"Learning rate {event.rate:.3g} {who}, from epoch {event.epoch}, batch {event.batch:,} on"


def epoch_done(event: EpochEnd) -> str:
    """`epoch 3/30  loss 0.081  accuracy 97.2 %  held out: loss 0.1  accuracy 96.0 %  0:02`."""
    own = {name: value for name, value in event.metrics.items() if not name.startswith("val_")}
    held_out = {name[4:]: value for name, value in event.metrics.items() if name.startswith("val_")}
    parts = [f"epoch {event.epoch}/{event.epochs}", metrics(own)]
    parts += [f"held out: {metrics(held_out)}"] if held_out else []
    return "  ".join([*parts, duration(event.seconds), *(["best so far"] if event.best else [])])


def remarks(event: Checked | LayerAlarm | TrainingAlarm) -> list[str]:
    """What is odd, a line each."""
    if isinstance(event, LayerAlarm):
        return [event.message]
    if isinstance(event, TrainingAlarm):
        return [f"{event.message} {event.hint}".rstrip()]
    unreached = f"no gradient reaches {', '.join(event.unreached)}" if event.unreached else ""
    return [*event.warnings, *filter(None, [unreached])]


def batch_size(event: BatchSizeFound) -> str:
    """The largest batch that fits, and the fastest of those tried."""
    if not event.largest:
        return f"Not even a batch of one image fits: {event.limit}"
    fitting = [trial for trial in event.tried if trial.fits and trial.images_per_second]
    text = f"Batches of up to {event.largest:,} images fit ({event.limit})."
    if not fitting:
        return text
    best = max(fitting, key=lambda trial: trial.images_per_second)
    return f"{text} Fastest of those tried: {best.batch_size:,}, at {best.images_per_second:,.0f} images/s."


def progress(event: BatchProgress) -> str:
    """`epoch 3/30  batch 41/45  1,240 images/s  0:12 left`."""
    parts = [
        f"epoch {event.epoch}/{event.epochs}",
        f"batch {event.batch:,}/{event.batches:,}",
        f"{event.images_per_second:,.0f} images/s",
    ]
    if event.seconds_left is not None:
        parts.append(f"{duration(event.seconds_left)} left")
    return "  ".join(parts)


def started(event: Started) -> str:
    """What is trained, and on what."""
    held_out = f"{event.validation_images:,} held out"
    return f"Training {event.name} on {event.device}: {event.train_images:,} images, {held_out}, seed {event.seed}"


def initial_weights(event: InitialWeights) -> str:
    """What the layers begin with, in lines."""
    lines = [f"Begins with the weights of {event.source}: {quantities.counted(len(event.kept), 'layer')} kept"]
    lines += [f"Copied in part: {', '.join(event.partly)}"] if event.partly else []
    lines += [f"Begun anew: {', '.join(event.new)}"] if event.new else []
    lines += [f"Goes on with the optimiser's state: {event.optimizer:,} variables"] if event.optimizer else []
    lines += [event.remark[:1].upper() + event.remark[1:]] if event.remark else []
    return "\n".join(lines)


def finished(event: Finished) -> str:
    """The result line of a whole training."""
    early = "Stopped early, as it got no better: t" if event.stopped_early else "T"
    left_out = f"{quantities.counted(event.unreadable, 'image')} could not be read." if event.unreadable else ""
    result = best(event.best, event.best_epoch, event.monitor)
    return f"{early}rained {epochs(event.epochs)} in {duration(event.seconds)}. {result}{left_out}"


def stopped(event: Stopped) -> str:
    """What is kept of a training that was stopped."""
    if not event.run:
        return "Stopped before the training had begun; there is no run."
    after = "within the first epoch" if not event.epochs else f"after {epochs(event.epochs)}"
    return f"Stopped {after}. {best(event.best, event.best_epoch, event.monitor)}The run {event.name} is kept."


def best(values: Metrics, epoch: int, monitor: str = "") -> str:
    """The best value of the metric that decided, and where it was; "" where there is none."""
    found = headline(values, monitor)
    if found is None:
        return ""
    name, value = found
    extreme = "Best" if larger_is_better(name) else "Lowest"
    return f"{extreme} {metric_words(name)} {metric_value(name, value)} (epoch {epoch}). "


def exported(event: ExportDone) -> str:
    """What was compared, and how well it agreed."""
    samples = "random samples" if event.random else "held-out images"
    return (
        f"Exported to {event.path}. Reloaded in a clean process and compared over {event.images:,} {samples}: "
        f"largest difference {event.difference:.1e} (allowed {event.tolerance:.0e})."
    )


def epochs(count: int) -> str:
    """`1 epoch`, `2 epochs`."""
    return "1 epoch" if count == 1 else f"{count:,} epochs"


def blocked(project: Project, problems: Sequence[Diagnostic]) -> str:
    """Why the network cannot be trained as it is drawn: the first problems, each with its node; "" where it can."""
    lines = [_located(project, problem) for problem in problems[:_SHOWN_PROBLEMS]]
    if len(problems) > _SHOWN_PROBLEMS:
        lines.append(f"and {len(problems) - _SHOWN_PROBLEMS:,} more: see Problems")
    return "\n".join(lines)


def without_data(project: Project) -> str:
    """Why there is nothing to train on; "" where there is."""
    return "" if project.dataset.spec else "No data chosen: choose a dataset in the Data panel"


def _located(project: Project, problem: Diagnostic) -> str:
    if problem.node is None:
        return problem.message
    return f"{project.graph(problem.graph).node(problem.node).name}: {problem.message}"


def device(ready: Ready, choice: str) -> str:
    """Where training happens, for the status bar."""
    gpus = [found for found in ready.devices if found.id != "cpu"]
    if not gpus:
        return "CPU (no GPU: why?)"
    chosen = chosen_device(ready, choice)
    return chosen.id.upper().replace(":", " ") + (f", {chosen.name}" if chosen.id != "cpu" else "")


def chosen_device(ready: Ready, choice: str) -> Device:
    """The device that a choice stands for: the one with this id, else the first GPU, else the CPU."""
    gpus = (found for found in ready.devices if found.id != "cpu")
    return next((found for found in ready.devices if found.id == choice), next(gpus, ready.devices[0]))


def device_details(ready: Ready) -> str:
    """Every device, the versions, and why there is no GPU where there is none."""
    lines = [_device_line(found) for found in ready.devices]
    if ready.no_gpu:
        lines += [f"No GPU: {ready.no_gpu}.", ready.remedy]
    versions = ready.versions
    lines.append(", ".join(f"{name} {versions[key]}" for key, name in _PACKAGES if key in versions))
    return "\n".join(filter(None, lines))


_PACKAGES = (("tensorflow", "TensorFlow"), ("keras", "Keras"), ("python", "Python"))


def _device_line(found: Device) -> str:
    memory = f", {found.memory / 2**30:.0f} GiB free" if found.memory else ""
    return f"{found.id}: {found.name}{memory}"
