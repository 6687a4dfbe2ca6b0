"""What to freeze: asked of the dataset's size and its likeness to what the weights come from, with the reasons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.project.advice import SOURCES, Advice
from workbench.ui.background import BackgroundBar

_SIMILAR, _UNLIKE = "like the source", "unlike the source"
UNKNOWN = "How many images there are is not known yet: Measure opens the data, as the Data panel does."


class AdviceBox(QWidget):
    """`similar` is what the person says, or None until they or a measurement have said something."""

    chosen = Signal()
    measure_asked = Signal()
    apply_asked = Signal()

    def __init__(self, bar: BackgroundBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel("Advice", self)
        heading.setProperty("role", "heading")
        self.likeness = QComboBox(self)
        self.likeness.addItems(["Choose…", _SIMILAR, _UNLIKE])
        self.likeness.setAccessibleName("The images are")
        self.likeness.setToolTip("What the images show, beside those that the weights were trained on")
        self.measure = QPushButton("Measure", self)
        self.measure.setToolTip(
            "Compares colour, brightness and plain grounds with those of photographs (ImageNet). "
            "It cannot tell what the images show."
        )
        self.measured = _words(self)
        self.title = QLabel(self, wordWrap=True)
        self.title.setProperty("role", "heading")
        self.reason = _words(self)
        self.source = _words(self)
        self.source.setText(SOURCES)
        self.apply = QPushButton("Apply", self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel("Images are", self))
        row.addWidget(self.likeness, 1)
        row.addWidget(self.measure)
        last = QHBoxLayout()
        last.addWidget(self.apply)
        last.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addLayout(row)
        for part in (bar, self.measured, self.title, self.reason, self.source):
            column.addWidget(part)
        column.addLayout(last)
        self.likeness.activated.connect(lambda _: self.chosen.emit())
        self.measure.clicked.connect(self.measure_asked)
        self.apply.clicked.connect(self.apply_asked)
        self.show_measured("")
        self.show_advice(None, None, following=False)

    @property
    def similar(self) -> bool | None:
        """Whether the images are like the source."""
        return (None, True, False)[self.likeness.currentIndex()]

    def choose(self, similar: bool | None) -> None:
        """Sets what a measurement found, or nothing for other data."""
        self.likeness.setCurrentIndex({None: 0, True: 1, False: 2}[similar])

    def show_measured(self, text: str) -> None:
        """What was measured, or why nothing was."""
        self.measured.setText(text)
        self.measured.setVisible(bool(text))

    def show_advice(self, advice: Advice | None, images: int | None, following: bool) -> None:
        """What to do; `following` where the project is so already."""
        self.title.setText(advice.title if advice else "")
        self.title.setVisible(advice is not None)
        wanted = "Say whether they are like those that the weights come from."
        if advice is not None:
            reason = advice.reason
        elif images is None:
            reason = UNKNOWN
        else:
            reason = f"{images:,} training images. {wanted}"
        self.reason.setText(reason)
        self.source.setVisible(advice is not None)
        self.apply.setVisible(advice is not None)
        self.apply.setEnabled(not following)
        self.apply.setText("Applied" if following else "Apply")


def _words(parent: QWidget) -> QLabel:
    label = QLabel(parent, wordWrap=True)
    label.setProperty("role", "muted")
    return label
