"""What the training panel and the status bar say, in words."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis import Diagnostic
from workbench.project import Project
from workbench.protocol import BatchProgress, Device, ExportDone, Finished, Metrics, Ready, Started, Stopped

_SHOWN_PROBLEMS = 3


def duration(seconds: float) -> str:
    """`0:12`, `1:02:03`."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def share(value: float) -> str:
    """`97.2 %`."""
    return f"{value * 100:.1f} %"


def loss(value: float) -> str:
    """`0.081`."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.3g}"


def metrics(values: Metrics) -> str:
    """Loss and accuracy of the running epoch, as far as they are known."""
    parts = [f"loss {loss(values['loss'])}" if "loss" in values else ""]
    parts += [f"accuracy {share(values['accuracy'])}" if "accuracy" in values else ""]
    return "  ".join(filter(None, parts))


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


def finished(event: Finished) -> str:
    """The result line of a whole training."""
    return f"Trained {event.epochs} epochs in {duration(event.seconds)}. {best(event.best, event.best_epoch)}"


def stopped(event: Stopped) -> str:
    """What is kept of a training that was stopped."""
    if not event.run:
        return "Stopped before the training had begun; there is no run."
    after = "within the first epoch" if not event.epochs else f"after {epochs(event.epochs)}"
    return f"Stopped {after}. {best(event.best, event.best_epoch)}The run {event.name} is kept."


def best(values: Metrics, epoch: int) -> str:
    """The best validation accuracy and where it was; "" where there is none."""
    if "val_accuracy" in values:
        return f"Best held-out accuracy {share(values['val_accuracy'])} (epoch {epoch}). "
    return f"Lowest held-out loss {loss(values['val_loss'])} (epoch {epoch}). " if "val_loss" in values else ""


def exported(event: ExportDone) -> str:
    """What was compared, and how well it agreed."""
    return (
        f"Exported to {event.path}. Reloaded in a clean process and compared over {event.images:,} held-out images: "
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


def _located(project: Project, problem: Diagnostic) -> str:
    if problem.node is None:
        return problem.message
    return f"{project.graph(problem.graph).node(problem.node).name}: {problem.message}"


def device(ready: Ready, choice: str) -> str:
    """Where training happens, for the status bar."""
    gpus = [found for found in ready.devices if found.id != "cpu"]
    if not gpus:
        return "CPU (no GPU: why?)"
    chosen = next((found for found in ready.devices if found.id == choice), gpus[0])
    return chosen.id.upper().replace(":", " ") + (f", {chosen.name}" if chosen.id != "cpu" else "")


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
    memory = f", {found.memory / 2**30:.0f} GiB" if found.memory else ""
    return f"{found.id}: {found.name}{memory}"
