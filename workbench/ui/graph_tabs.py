"""The tabs above the canvas: the project's graphs, the definitions being edited, and the looks inside."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QTabBar, QWidget

from workbench.project import Change
from workbench.ui import icons, quantities
from workbench.ui.document import Document, only_moves
from workbench.ui.places import Place, names_on_the_way
from workbench.ui.theme import Theme


class GraphTabs(QWidget):
    """Follows what the document shows. Graphs of the project always have a tab; others can be closed."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._places: list[Place] = []
        self.bar = QTabBar(self)
        self.bar.setObjectName("graphs")
        self.bar.setAccessibleName("Graphs")
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setTabsClosable(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.about = QLabel(self)
        self.about.setProperty("role", "muted")
        self.about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # tabs come first
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(16)
        row.addWidget(self.bar)
        row.addWidget(self.about, 1)
        self.bar.currentChanged.connect(self._go)
        self.bar.tabCloseRequested.connect(self.close_tab)
        document.replaced.connect(self._start_anew)
        document.shown.connect(self._follow)
        document.changed.connect(self._on_changed)
        theme.changed.connect(self._paint)
        self._start_anew()

    @property
    def places(self) -> tuple[Place, ...]:
        """What the tabs stand for, from left to right."""
        return tuple(self._places)

    def close_tab(self, index: int) -> None:
        """Shows something else; a graph of the project stays."""
        place = self._places[index]
        if place.graph in self._document.project.graphs and not place.inside:
            return
        self._places.pop(index)
        if place == self._document.place:
            self._document.show(self._before(place))
        self._show_tabs()

    def _before(self, place: Place) -> Place:
        """Where to go from a place that is closed: what it was looked into from, else the last tab."""
        outer = Place(place.graph, place.inside[:-1]) if place.inside else None
        return outer if outer in self._places and outer is not None else self._places[-1]

    def _on_changed(self, change: Change) -> None:
        if not only_moves(change):
            self._follow()

    def _start_anew(self) -> None:
        self._places = [Place(name) for name in self._document.project.graphs]
        self._follow()

    def _follow(self) -> None:
        """Drops what is gone and adds what is shown."""
        self._places = [place for place in self._places if self._document.exists(place)]
        if self._document.place not in self._places:
            self._places.append(self._document.place)
        self._show_tabs()

    def _show_tabs(self) -> None:
        self.bar.blockSignals(True)
        while self.bar.count() > len(self._places):
            self.bar.removeTab(self.bar.count() - 1)
        while self.bar.count() < len(self._places):
            self.bar.addTab("")
        for index, place in enumerate(self._places):
            names = names_on_the_way(self._document.analysis, place)
            self.bar.setTabText(index, " › ".join(names).replace("&", "&&"))
            self.bar.setTabToolTip(index, _in_words(place, names))
            closes = self.bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
            if closes is not None:
                closes.setVisible(place.is_definition or place.read_only)
                if not closes.isVisibleTo(self.bar):
                    closes.resize(0, 0)
        self.bar.setCurrentIndex(self._places.index(self._document.place))
        self.bar.blockSignals(False)
        self.about.setText(self._about())
        self.about.setToolTip(self._about())
        self.setVisible(len(self._places) > 1)
        self._paint()

    def _about(self) -> str:
        place, project = self._document.place, self._document.project
        if place.read_only:
            return "To look at only. Expand the block in place to edit what is inside."
        if place.is_definition:
            graphs = (*project.graphs.values(), *(block.graph for block in project.blocks.values()))
            instances = sum(node.type == place.graph for graph in graphs for node in graph)
            return (
                f"A block of your own: {quantities.counted(instances, 'instance')}; each follows what you change here."
            )
        return ""

    def _paint(self) -> None:
        for index, place in enumerate(self._places):
            symbol = "look" if place.read_only else "category-block" if place.is_definition else "layers"
            self.bar.setTabIcon(index, icons.icon(symbol, self._theme, "text_muted"))

    def _go(self, index: int) -> None:
        if 0 <= index < len(self._places):
            self._document.show(self._places[index])


def _in_words(place: Place, names: list[str]) -> str:
    if place.read_only:
        return f"What {names[-1]} is made of"
    return f"The definition of the block {names[0]}" if place.is_definition else f"The graph {names[0]}"
