"""What is wrong, harmful or wasted in a project's augmentation. Plain Python: the editor asks while one drags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workbench.analysis import Severity
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.operation import Operation, Values
from workbench.data.facts import BUILT_IN
from workbench.project.document import Project
from workbench.project.settings import AugmentationSettings, AugmentationStep

_HALF_TURN = 90
"""From this angle on digits and letters may become others."""
_MOST_HIDDEN = 0.75


@dataclass(frozen=True)
class StepProblem:
    """One problem of a step, as diagnostics of a graph are. `place` is where it stands in the file."""

    code: str
    severity: Severity
    message: str
    step: int
    param: str = ""
    hint: str = ""

    @property
    def place(self) -> str:
        """`augmentation.steps[2].params.degrees`."""
        return f"augmentation.steps[{self.step}]" + (f".params.{self.param}" if self.param else "")


@dataclass(frozen=True)
class Subject:
    """What is known of the images: names of the classes, and channels as they enter the network."""

    class_names: tuple[str, ...] = ()
    channels: int | None = None


def subject_of(project: Project) -> Subject:
    """What the project says without reading its dataset."""
    facts = BUILT_IN.get(project.dataset.spec)
    known = [channels for channels in (facts.shape[2] if facts else None, _input_channels(project)) if channels]
    return Subject(facts.class_names if facts else (), min(known, default=None))


def _input_channels(project: Project) -> int | None:
    """Of the network's input where it has one of height x width x channels."""
    shapes = [node.params.get("shape") for graph in project.graphs.values() for node in graph if node.type == "input"]
    if len(shapes) != 1 or not isinstance(shapes[0], list | tuple) or len(shapes[0]) != 3:
        return None
    channels = shapes[0][2]
    return channels if isinstance(channels, int) else None


def augmentation_problems(settings: AugmentationSettings, subject: Subject) -> tuple[StepProblem, ...]:
    """Errors, which keep the network from being trained, and warnings. Steps that are switched off have only errors."""
    return tuple(problem for index, step in enumerate(settings.steps) for problem in _of_step(index, step, subject))


def _of_step(index: int, step: AugmentationStep, subject: Subject) -> Iterator[StepProblem]:
    operation = OPERATIONS.get(step.operation)
    if operation is None:
        expected = "Expected an operation that this version knows"
        message = f"{expected}. Received: {step.operation!r}"
        yield StepProblem("augmentation.unknown", Severity.ERROR, message, index, hint="Delete the step.")
        return
    wrong = operation.problems(step.params)
    for name, message in wrong.items():
        yield StepProblem("augmentation.param", Severity.ERROR, message, index, name)
    if wrong or not step.enabled:
        return
    values = operation.values(step.params)
    for check in (_wasted, _changes_labels):
        yield from check(index, step, operation, values, subject)


def _wasted(
    index: int, step: AugmentationStep, operation: Operation, values: Values, subject: Subject
) -> Iterator[StepProblem]:
    told = ""
    if step.probability == 0:
        told, hint = "is applied to none of the images (probability 0)", "Raise the probability or delete the step."
    elif operation.idle(values):
        told, hint = "changes nothing with these values", "Widen its range or delete the step."
    elif operation.colour_only and subject.channels == 1:
        told, hint = "changes nothing: the images are grey", "Delete the step; brightness and contrast work on grey."
    elif operation.mix is not None and len(subject.class_names) == 1:
        told, hint = "mixes targets, but there is one class only", "Delete the step."
    if told:
        yield _warning("augmentation.wasted", index, f"{operation.label} {told}.", hint)


def _changes_labels(
    index: int, step: AugmentationStep, operation: Operation, values: Values, subject: Subject
) -> Iterator[StepProblem]:
    check = _LABEL_CHECKS.get(operation.key)
    if check is None or step.probability == 0:
        return
    for message, hint in check(values, subject):
        yield _warning("augmentation.changes-label", index, message, hint)


def _warning(code: str, index: int, message: str, hint: str) -> StepProblem:
    return StepProblem(code, Severity.WARNING, message, index, hint=hint)


# -- what class names tell
_SIDES = frozenset({"left", "right"})
_FACES = frozenset(
    {"face", "faces", "person", "man", "woman", "anger", "angry", "disgust", "fear", "fearful", "happiness"}
    | {"happy", "neutral", "sad", "sadness", "smile", "smiling", "surprise", "surprised"}
)
_COLOURS = frozenset(
    {"red", "green", "blue", "yellow", "orange", "purple", "violet", "pink", "brown", "black", "white", "grey", "gray"}
    | {"cyan", "magenta", "ripe", "unripe"}
)
_GREY_COLOURS = frozenset({"black", "white", "grey", "gray"})


def _words(subject: Subject) -> set[str]:
    return {word for name in subject.class_names for word in name.lower().replace("_", " ").replace("-", " ").split()}


def _is_writing(subject: Subject) -> bool:
    """Digits or letters: nearly all classes are single characters."""
    single = sum(len(name.strip()) == 1 and name.strip().isalnum() for name in subject.class_names)
    return len(subject.class_names) > 1 and single >= 0.8 * len(subject.class_names)


Told = Iterator[tuple[str, str]]


def _mirrored_sideways(_: Values, subject: Subject) -> Told:
    if _is_writing(subject):
        yield "A mirrored digit or letter is another one, or none.", "Delete the step; small rotations and shifts help."
    elif _words(subject) >= _SIDES:
        yield "Mirroring turns left into right, which are different classes here.", "Delete the step."


def _mirrored_upright(_: Values, subject: Subject) -> Told:
    if _is_writing(subject):
        yield "A digit or letter upside down is another one, or none.", "Delete the step."
    elif len(_words(subject) & _FACES) >= 2:
        yield "Faces upside down never come in photographs.", "Mirror left and right instead."


def _turned(values: Values, subject: Subject) -> Told:
    if values["degrees"] < _HALF_TURN:
        return
    if _is_writing(subject):
        yield f"Turned by up to {values['degrees']:g} degrees, 6 and 9 cannot be told apart.", "Stay below 30 degrees."
    elif _words(subject) >= _SIDES:
        yield "Turned this far, left and right cannot be told apart.", "Stay below 45 degrees."
    elif len(_words(subject) & _FACES) >= 2:
        yield "Faces upside down never come in photographs.", "Stay below 45 degrees."


def _recoloured(_: Values, subject: Subject) -> Told:
    named = sorted(_words(subject) & _COLOURS)
    if len(named) >= 2 and subject.channels != 1:
        yield f"The classes are told apart by colour ({', '.join(named[:3])}), which this changes.", "Delete the step."


def _turned_hue(values: Values, subject: Subject) -> Told:
    if (_words(subject) & _COLOURS) - _GREY_COLOURS and values["degrees"] > 10:
        yield from _recoloured(values, subject)


def _hidden(values: Values, _: Subject) -> Told:
    share = max(values["area_minimum"], values["area_maximum"]) * values["holes"]
    if share > _MOST_HIDDEN:
        yield (
            f"Up to {min(share, 1):.0%} of the image is hidden: what it shows may be gone.",
            "Hide at most half of it.",
        )


def _moved_out(values: Values, _: Subject) -> Told:
    if max(values["x"], values["y"]) > 0.5:
        yield "Moved by more than half a side, what the image shows may be gone.", "Stay below 0.5."


_LABEL_CHECKS: dict[str, Callable[[Values, Subject], Told]] = {
    "mirror_horizontal": _mirrored_sideways,
    "mirror_vertical": _mirrored_upright,
    "rotation": _turned,
    "hue": _turned_hue,
    "channel_shuffle": _recoloured,
    "grey": _recoloured,
    "cutout": _hidden,
    "shift": _moved_out,
}
