"""What floats over the canvas: a message beside the mouse, the card of a node, the hint of an empty canvas.

They are children of the view, not of its viewport, which moves its children when it scrolls.
"""

from __future__ import annotations

from collections import Counter
from html import escape

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from workbench.analysis import GraphAnalysis, LayerReport, Severity
from workbench.graph import NodeId
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT
from workbench.ui import quantities
from workbench.ui.canvas.look import Problems, type_label
from workbench.ui.canvas.run_states import NO_RUN, RunState
from workbench.ui.theme import Theme

HINT = "Double-click or press Tab to add a layer; drag from the palette"
_SHOWN_MS = 5000
_WIDTH = 340
_GAP = 16
_MOST_LISTED = 6
_LONG_NAME = 36


class Bubble(QLabel):
    """A short text beside a point of the view; lets the mouse through."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tokens = ("surface", "border_strong")
        self.setObjectName("bubble")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMargin(8)
        theme.changed.connect(self._dress)
        self.hide()

    def show_text(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        """Show a text near a point, inside the view. A refusal is red-rimmed."""
        self._tokens = ("error_surface", "error") if refusal else ("surface", "border_strong")
        self._dress()
        self.setText(text)
        self.ensurePolished()
        self.setFixedWidth(_WIDTH)
        line = self.fontMetrics().boundingRect(0, 0, _WIDTH, 1000, Qt.TextFlag.TextWordWrap, text)
        if self.textFormat() is not Qt.TextFormat.RichText:
            self.setFixedWidth(min(_WIDTH, line.width() + 2 * self.margin() + 8))
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.move(self._beside(at))
        self.raise_()
        self.show()

    def _beside(self, at: QPoint) -> QPoint:
        room = self.parentWidget().rect().adjusted(4, 4, -4, -4)
        x = at.x() + _GAP if at.x() + _GAP + self.width() <= room.right() else at.x() - _GAP - self.width()
        y = at.y() + _GAP if at.y() + _GAP + self.height() <= room.bottom() else at.y() - _GAP - self.height()
        return QPoint(max(room.left(), x), max(room.top(), y))

    def _dress(self) -> None:
        ground, rim = (self._theme.color(token).name() for token in self._tokens)
        text = self._theme.color("text").name()
        self.setStyleSheet(
            f"#bubble {{ background: {ground}; color: {text}; border: 1px solid {rim}; border-radius: 6px; }}"
        )


class Notice(Bubble):
    """A message about a gesture; goes by itself after a few seconds."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    def show_text(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        super().show_text(text, at, refusal=refusal)
        self._timer.start(_SHOWN_MS)


class Card(Bubble):
    """All that is known of a node, in words."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setTextFormat(Qt.TextFormat.RichText)


def card_html(analysis: GraphAnalysis, node: NodeId, problems: Problems, run: RunState = NO_RUN) -> str:
    """Type in words, shapes, parameters, multiplications, receptive field, training and problems of a node."""
    value = analysis.graph.node(node)
    layer = analysis.catalogue.get(value.type)
    about = layer.doc if layer else f"{value.type} is not in the catalogue; its settings are kept."
    rows = "".join(
        f"<tr><td style='padding-right: 12px'>{escape(label)}</td><td>{escape(text)}</td></tr>"
        for label, text in (*_facts(analysis, node), *_learned(run))
    )
    problem_lines = "".join(
        f"<p><b>{'Error' if problem.severity is Severity.ERROR else 'Warning'}:</b> {escape(problem.message)}"
        + (f"<br>{escape(problem.hint)}" if problem.hint else "")
        + "</p>"
        for problem in problems.items
    )
    name = escape(value.name)
    if len(name) > _LONG_NAME:
        name = name.replace("_", "_&#8203;")  # it may go on in the next line
    title = f"<p><b>{name}</b> · {escape(type_label(layer, value))}<br>{escape(about)}</p>"
    return f"{title}<table>{rows}</table>{problem_lines}"


def _facts(analysis: GraphAnalysis, node: NodeId) -> list[tuple[str, str]]:
    report = analysis.report(node)
    incoming = [analysis.wire_spec(wire) for wire in analysis.graph.wires_into(node)]
    facts = []
    if incoming:
        facts.append(("in", ", ".join(str(spec) if spec else "not known" for spec in incoming)))
    if not report.known:
        return [*facts, ("out", "not known")]
    named = len(report.outputs) > 1
    outputs = (
        f"{port}: {spec} {spec.dtype}" if named else f"{spec} {spec.dtype}" for port, spec in report.outputs.items()
    )
    facts.append(("out", ", ".join(outputs)))
    if report.params:
        trained = "" if report.trainable_params == report.params else f", {report.trainable_params:,} trained"
        facts.append(("parameters", f"{report.params:,}{trained}"))
    if report.macs:
        facts.append(("multiplications", f"{quantities.short(report.macs)} MACs a sample"))
    if report.receptive_field:
        facts.append(("receptive field", str(report.receptive_field)))
    if report.inner:
        facts.append(("inside", _contents(report)))
    if not analysis.graph.node(node).trainable:
        facts.append(("frozen", "training leaves it as it is"))
    return facts


def _learned(run: RunState) -> list[tuple[str, str]]:
    """What the training said of the node last."""
    norms = (("weight norm", run.weight), ("gradient norm", run.gradient), ("step / weights", run.update))
    facts = [(label, f"{value:.3g}") for label, value in norms if value is not None]
    return [*facts, ("in training", run.alarm)] if run.alarm else facts


def _contents(report: LayerReport) -> str:
    """`3 Conv2D, 3 BatchNormalization, 1 Add`, and how often all of that."""
    sites = [site for site in report.inner[0].plan.sites if site.node.type not in (BLOCK_INPUT, BLOCK_OUTPUT)]
    counts = Counter(site.kind.label for site in sites)
    listed = ", ".join(f"{count} {label}" for label, count in counts.most_common(_MOST_LISTED))
    more = " …" if len(counts) > _MOST_LISTED else ""
    times = f"{len(report.inner)} times " if len(report.inner) > 1 else ""
    return f"{times}{listed}{more}"


class EmptyHint(QLabel):
    """What to do with an empty canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(HINT, parent)
        self.setProperty("role", "muted")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)

    def fill(self) -> None:
        """Take the parent's whole area."""
        self.setGeometry(self.parentWidget().rect().adjusted(24, 24, -24, -24))
