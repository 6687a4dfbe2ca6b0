"""What to freeze, from how many images there are and how much they are like those that the weights come from.

The four cases are those of CS231n's notes on transfer learning; that early layers carry over to other tasks and late
ones less was measured by Yosinski et al. (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.depth import head_of
from workbench.project.edits import Edit, SetTraining, Several
from workbench.project.fine_tuning import FineTuning
from workbench.project.freezing import Freezing
from workbench.project.settings import assign
from workbench.project.training import TrainingSettings

FEW = 5000
"""Training images up to which a dataset counts as small. No source gives a number: this is a rule of thumb."""
LOW_RATE = 1e-4
SOURCES = "CS231n, Transfer Learning; Yosinski et al., 2014, How transferable are features in deep neural networks?"


@dataclass(frozen=True)
class Advice:
    """What to do in one sentence, why, and which layers it lets train."""

    title: str
    reason: str
    trains: frozenset[str]
    """Names of layers."""
    learning_rate: float | None = None
    """A lower one, where it matters."""


def advise(found: Freezing, images: int, similar: bool) -> Advice:
    """For a network with weights from elsewhere and so many training images."""
    layers = list(found.layers)
    names = [layer.name for layer in layers]
    small = images <= FEW
    many = f"{images:,} training images are {'few' if small else 'many'} (up to {FEW:,} count as few)"
    if small and similar:
        head = frozenset(layer.name for layer in head_of(layers))
        why = "the features fit as they are, and fine-tuning so many weights would overfit"
        return Advice("Train the head only", f"{many}, and they are like the source: {why}.", head)
    if small:
        why = "late features are too special for other images, early ones (edges, colours) are general"
        return Advice(
            "Freeze the early layers, train from the middle on",
            f"{many}, and they are unlike the source: {why}.",
            frozenset(names[len(names) // 2 :]),
            LOW_RATE,
        )
    if similar:
        why = "fine-tuning everything improves it without much risk, in small steps that keep what is there"
        return Advice("Fine-tune all with a low rate", f"{many}, like the source: {why}.", frozenset(names), LOW_RATE)
    why = "there are enough to learn their own features, and to begin with these weights is still better than with none"
    return Advice("Train all, from these weights", f"{many}, unlike the source: {why}.", frozenset(names))


def follow(found: Freezing, advice: Advice, training: TrainingSettings) -> Edit | None:
    """The edit that does as advised; None where all is so already. Phases that were set are taken out."""
    steps: list[Edit] = []
    label = f"Advice: {advice.title[0].lower()}{advice.title[1:]}"
    frozen = found.training_only(advice.trains, label)
    if frozen is not None:
        steps.append(frozen)
    values: dict[str, object] = {"fine_tuning": FineTuning(rates=training.fine_tuning.rates)}
    if advice.learning_rate is not None:
        values["learning_rate"] = min(training.learning_rate, advice.learning_rate)
    settings = assign(training, values)
    if settings != training:
        steps.append(SetTraining(settings))
    return Several(tuple(steps), label) if steps else None
