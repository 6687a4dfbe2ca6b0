"""An exception in a rule of a layer or a block: a problem of its node, never the end of the program.

Rules come from plugins as well as from this program, and any of them may be wrong. Saving, undo and recovery must not
depend on that.
"""

from __future__ import annotations

from workbench.analysis.diagnostics import Diagnostic, Severity
from workbench.graph import Node
from workbench.layers import NodeType, TensorSpec, WeightSpec, plugin_of


class BadResult(Exception):
    """A rule gave a value of another type than it must. The message is one line."""


def rule_failure(node: Node, kind: NodeType, error: Exception, severity: Severity = Severity.ERROR) -> Diagnostic:
    """The problem of a node whose rule raised `error`; it names the plugin where the type is one's."""
    plugin = plugin_of(node.type)
    owner = f"{kind.label} of the plugin {plugin}" if plugin else kind.label
    return Diagnostic(
        "layer.failed",
        severity,
        f"Expected the rules of {owner} to work for {node.name}. Received: {_told(error)}",
        node.id,
        hint=f"Report it to the author of the plugin; workbench plugins --check {plugin} compares its rules with Keras."
        if plugin
        else "This is an error of the program. Please report it with the project.",
    )


def _told(error: Exception) -> str:
    if isinstance(error, BadResult):
        return str(error)
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def checked_output(output: object) -> TensorSpec:
    """What a shape rule gave. Raises BadResult unless it is the spec of a tensor."""
    if not isinstance(output, TensorSpec):
        raise BadResult(f"shape gave {type(output).__name__}, not a TensorSpec")
    shape: object = output.shape
    if not isinstance(shape, tuple) or not all(_is_size(size) for size in shape):
        raise BadResult(f"shape gave a TensorSpec of {shape!r}, not of a tuple of whole numbers or None")
    return output


def _is_size(size: object) -> bool:
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def checked_weights(weights: object) -> tuple[WeightSpec, ...]:
    """What a weights rule gave. Raises BadResult unless they are specs of weights."""
    if not isinstance(weights, tuple | list) or not all(isinstance(weight, WeightSpec) for weight in weights):
        raise BadResult("weights gave something else than a tuple of WeightSpec")
    return tuple(weights)


def checked_macs(macs: object) -> int | None:
    """What a cost rule gave. Raises BadResult unless it is a number of operations or None."""
    if macs is not None and type(macs) is not int:
        raise BadResult(f"macs gave {type(macs).__name__}, not a whole number or None")
    return macs
