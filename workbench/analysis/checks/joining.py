"""Tensors that should be added or joined and do not fit: why, and ways out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from workbench.analysis.checks.input_size import other_input_sizes
from workbench.analysis.checks.remedies import setting
from workbench.analysis.checks.rounding import Rounding, channels_first, rounding
from workbench.analysis.checks.subject import Subject
from workbench.analysis.diagnostics import Diagnostic, Fix
from workbench.graph import GraphEdit, NodeId, Wire, edits, rewiring
from workbench.layers.spatial import by_x

Sizes = tuple[int, ...]


class Branch(NamedTuple):
    """One of the tensors that meet."""

    wire: Wire
    spatial: Sizes
    channels: int


class Meeting(NamedTuple):
    """What meets at a node, all of it of known size and with the same axes."""

    subject: Subject
    node: NodeId
    first: bool
    branches: list[Branch]

    @property
    def rank(self) -> int:
        return len(self.branches[0].spatial)

    def sizes(self, choose: Callable[..., int]) -> Sizes:
        """The smallest or largest size of each axis."""
        return tuple(choose(axis) for axis in zip(*(branch.spatial for branch in self.branches), strict=True))


def explain_meeting(subject: Subject, problem: Diagnostic) -> Diagnostic:
    """Names the layer that lost a row, or channels that differ, and offers what brings the tensors together."""
    if problem.node is None:
        return problem
    wires = subject.graph.wires_into(problem.node)
    lost = rounding(subject, wires) if len(wires) > 1 else None
    if problem.path:
        return _in_a_block(subject, problem, wires, lost)
    meeting = _meeting(subject, problem.node, wires)
    if meeting is None:
        return problem
    by_strides = _factors(meeting, _reference(meeting)) is not None and not (lost and lost.climbs)
    if meeting.sizes(min) == meeting.sizes(max) or by_strides:
        return _projected(meeting, problem) if problem.code == "merge.shapes-differ" else _sized(meeting, problem)
    if lost is None:
        return _sized(meeting, problem)
    return _odd(_sized(meeting, problem), lost, other_input_sizes(subject, problem.node, wires))


def _meeting(subject: Subject, node: NodeId, wires: list[Wire]) -> Meeting | None:
    specs = [subject.spec(wire) for wire in wires]
    shapes = [spec.shape for spec in specs if spec is not None]
    if len(shapes) < max(2, len(wires)) or len({len(shape) for shape in shapes}) > 1 or len(shapes[0]) < 2:
        return None
    first = channels_first([layer for wire in wires for layer in subject.scope.producers(wire)])
    branches = []
    for wire, shape in zip(wires, shapes, strict=True):
        known = tuple(size for size in shape if size is not None)
        if len(known) < len(shape):
            return None
        branches.append(Branch(wire, known[1:] if first else known[:-1], known[0] if first else known[-1]))
    return Meeting(subject, node, first, branches)


# -- a size that did not divide
def _lost_words(lost: Rounding) -> str:
    less = lost.left * lost.stride < lost.size
    what = f"and drops {lost.size - lost.left * lost.stride}" if less else "and rounds up"
    return f"{lost.layer.name} divides a size of {lost.size} by {lost.stride} to {lost.left} {what}"


def _odd(problem: Diagnostic, lost: Rounding, sizes: tuple[Fix, ...]) -> Diagnostic:
    return replace(
        problem,
        code="skip.odd-size",
        message=f"{problem.message}, because {_lost_words(lost)}",
        hint="Choose an input size that divides by every stride on the way, or crop, pad or resize here.",
        fixes=(*sizes, *problem.fixes),
    )


def _in_a_block(subject: Subject, problem: Diagnostic, wires: list[Wire], lost: Rounding | None) -> Diagnostic:
    assert problem.node is not None
    if lost is not None:
        return _odd(problem, lost, other_input_sizes(subject, problem.node, wires))
    node = subject.graph.node(problem.node)
    kind = subject.catalogue.get(node.type)
    if kind is None or kind.full_params(node.params).get("shortcut") != "identity":
        return problem
    return replace(
        problem,
        code="merge.channels-differ",
        hint="The block changes channels or size: its shortcut has to follow (He et al. 2015, section 3.3).",
        fixes=(setting(subject.graph, node.id, kind, "Set shortcut to projection", shortcut="projection"),),
    )


# -- sizes
def _sized(meeting: Meeting, problem: Diagnostic) -> Diagnostic:
    smallest, largest = meeting.sizes(min), meeting.sizes(max)
    if smallest == largest:
        return problem
    fixes = [
        _margins(meeting, "Crop to", "Cropping", "cropping", smallest),
        _margins(meeting, "Pad to", "ZeroPadding", "padding", largest),
        _resized(meeting, largest) if meeting.rank == 2 else None,
    ]
    return replace(problem, fixes=tuple(fix for fix in fixes if fix is not None))


def _margins(meeting: Meeting, verb: str, layer: str, param: str, wanted: Sizes) -> Fix | None:
    """Cropping or padding, the smaller half first, on every branch that needs it."""

    def params(branch: Branch) -> dict[str, Any]:
        missing = [abs(size - want) for size, want in zip(branch.spatial, wanted, strict=True)]
        sides = [[size // 2, size - size // 2] for size in missing]
        return {param: sides[0] if meeting.rank == 1 else sides}

    return _on_each(meeting, f"{verb} {by_x(wanted)}", f"{layer}{meeting.rank}D", wanted, params)


def _resized(meeting: Meeting, wanted: Sizes) -> Fix | None:
    size = dict(zip(("height", "width"), wanted, strict=True))
    return _on_each(meeting, f"Resize to {by_x(wanted)}", "Resizing", wanted, lambda _: size)


def _on_each(
    meeting: Meeting, label: str, layer: str, wanted: Sizes, params: Callable[[Branch], dict[str, Any]]
) -> Fix | None:
    """A layer on every branch that has not the wanted size; None where there is no such layer."""
    kind = meeting.subject.catalogue.get(f"keras.layers.{layer}")
    if kind is None or (meeting.first and "data_format" not in kind.by_name):
        return None
    form = {"data_format": "channels_first"} if meeting.first else {}
    inserts: list[GraphEdit] = [
        rewiring.Insert(
            branch.wire.source, kind.key, kind.stem, {**params(branch), **form}, (branch.wire,), branch.wire.source_port
        )
        for branch in meeting.branches
        if branch.spatial != wanted
    ]
    return Fix(label, edits.Several(tuple(inserts), label))


# -- channels, and sizes that differ by a stride
def _stretches(branch: Branch) -> bool:
    """A single position, as a gate has it, is stretched to any size."""
    return set(branch.spatial) == {1}


def _reference(meeting: Meeting) -> Branch:
    """The branch that the others are brought to: the smallest, and of such the one with the longest way."""
    rank = meeting.subject.graph.rank
    whole = [branch for branch in meeting.branches if not _stretches(branch)] or meeting.branches
    return min(whole, key=lambda branch: (branch.spatial, -rank(branch.wire.source)))


def _factors(meeting: Meeting, reference: Branch) -> dict[Wire, Sizes] | None:
    """For each branch the strides that bring it to the reference's size; None where strides cannot."""
    found: dict[Wire, Sizes] = {}
    for branch in meeting.branches:
        if _stretches(branch):
            found[branch.wire] = (1,) * meeting.rank
            continue
        strides = tuple(-(-size // want) for size, want in zip(branch.spatial, reference.spatial, strict=True))
        reached = tuple(-(-size // stride) for size, stride in zip(branch.spatial, strides, strict=True))
        if reached != reference.spatial or any(stride & (stride - 1) for stride in strides):
            return None
        found[branch.wire] = strides
    return found


def _projected(meeting: Meeting, problem: Diagnostic) -> Diagnostic:
    """Channels differ, or one branch took a stride that the other did not: a 1x1 convolution brings both along."""
    reference = _reference(meeting)
    strides = _factors(meeting, reference) or {}
    kind = meeting.subject.catalogue.get(f"keras.layers.Conv{meeting.rank}D")
    if kind is None or not strides:
        return problem
    form = {"data_format": "channels_first"} if meeting.first else {}
    inserts: list[GraphEdit] = []
    for branch in meeting.branches:
        step = strides[branch.wire]
        if branch.channels == reference.channels and set(step) == {1}:
            continue
        striding = {"strides": step[0] if meeting.rank == 1 else list(step)} if set(step) != {1} else {}
        params = {"filters": reference.channels, "kernel_size": 1, **striding, **form}
        wire = branch.wire
        inserts.append(rewiring.Insert(wire.source, kind.key, kind.stem, params, (wire,), wire.source_port))
    differ = len({branch.channels for branch in meeting.branches}) > 1
    what = f"{reference.channels} channels" if differ else by_x(reference.spatial)
    label = f"Project to {what} with a 1x1 convolution"
    return replace(
        problem,
        code="merge.channels-differ" if differ else "merge.strides-differ",
        message=f"{problem.message}, which differ in {'channels' if differ else 'strides'}",
        hint="A 1x1 convolution on the shortcut brings channels and size along (He et al. 2015, section 3.3).",
        fixes=(Fix(label, edits.Several(tuple(inserts), label)),),
    )
