"""What a person does with blocks: make one of a selection, expand one, edit one, keep one in the library."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from workbench.graph import GraphEdit, NodeId, copy_graph, edits
from workbench.graph.layout import layered
from workbench.project import BlockError, Edit, InGraph, RemoveBlock, Several, collapse, expand
from workbench.project.blocks import PREFIX
from workbench.project.library import LibraryError, add_to, file_for, listed, load_block, save_block
from workbench.ui.canvas import CanvasView
from workbench.ui.document import REFUSAL, Document
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.places import is_block

_MOST_LETTERS = 60
_TOPIC = "blocks"


class BlockActions(QObject):
    """Works on what is selected on the canvas."""

    def __init__(self, document: Document, canvas: CanvasView, board: NoticeBoard, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._canvas = canvas
        self._board = board
        self._window = parent

    # -- what can be done
    def can_make(self) -> bool:
        """True with something selected where it can be edited."""
        return bool(self._canvas.canvas_scene.chosen()) and not self._document.place.read_only

    def can_expand(self) -> bool:
        """True with one block selected."""
        return self.chosen_block() is not None

    def chosen_block(self) -> NodeId | None:
        """The one selected node, if it is a block."""
        chosen = self._canvas.canvas_scene.chosen()
        return chosen[0] if len(chosen) == 1 and is_block(self._document.graph_analysis, chosen[0]) else None

    def own_block(self) -> str | None:
        """The definition that is meant: of the selected instance, else the one that is shown."""
        node = self.chosen_block()
        if node is not None:
            kind = self._document.graph.node(node).type
            return kind if kind in self._document.project.blocks else None
        return self._document.place.graph if self._document.place.is_definition else None

    # -- doing it
    def make(self) -> None:
        """Asks for a name and makes the selection a block, with one instance in its place."""
        from workbench.ui.dialogs.name_dialog import NameDialog

        chosen = self._canvas.canvas_scene.chosen()
        text = f"{len(chosen)} layers become one block. It can be used again, and every copy follows its definition."
        dialog = NameDialog("Make block", text, self._free_name(), self.name_problem, self._window)
        accepted, name = bool(dialog.exec()), dialog.name
        dialog.deleteLater()
        if accepted:
            self.make_block(chosen, name)

    def make_block(self, nodes: list[NodeId], name: str) -> None:
        """Makes nodes a block, in one step."""
        before = {node.id for node in self._document.graph}
        if self._do(lambda: collapse(self._document.graph_analysis, nodes, name)):
            self._canvas.select([node.id for node in self._document.graph if node.id not in before])

    def expand(self) -> None:
        """Puts what is inside the selected block in its place, in one step."""
        node = self.chosen_block()
        if node is None:
            return
        if self._document.place.read_only:
            self._tell(REFUSAL)
            return
        before = {other.id for other in self._document.graph}
        if self._do(lambda: self._expansion(node)):
            self._canvas.select([other.id for other in self._document.graph if other.id not in before])

    def edit(self) -> None:
        """Opens the definition of the selected block; what a built-in one is made of can be looked at."""
        node = self.chosen_block()
        if node is not None:
            self._canvas.look_inside(node)

    def save(self) -> None:
        """Keeps a definition, with those it uses, in the library."""
        key = self.own_block()
        if key is None:
            return
        name = key.removeprefix(PREFIX)
        if file_for(name).exists() and not self._may_replace(name):
            return
        try:
            path = save_block(self._document.project, key)
        except LibraryError as error:
            self._board.post(Notice(Level.ERROR, str(error), topic=_TOPIC))
        else:
            self._board.post(Notice(Level.OK, f"{name} is in your library.", detail=str(path), topic=_TOPIC))

    def delete(self, key: str) -> None:
        """Takes a definition out of the project, in one step; instances that are left say that it is missing."""
        self._document.do(RemoveBlock(key))

    def insert(self, path: Path) -> None:
        """Adds a block from the library to the project, then an instance of it to the graph: two steps to undo."""
        try:
            block = load_block(path)
        except LibraryError as error:
            self._board.post(Notice(Level.ERROR, str(error), topic=_TOPIC))
            return
        if self._document.place.read_only:
            self._tell(REFUSAL)
            return
        edit, key = add_to(self._document.project, block)
        self._document.do(edit)
        self._canvas.add_layer(key)

    def fill_library(self, menu: QMenu) -> None:
        """The submenu of the library's blocks."""
        submenu = menu.addMenu("&Insert from library")
        submenu.aboutToShow.connect(partial(self._list_library, submenu))

    def name_problem(self, name: str) -> str:
        """Why a new block may not be called so, or an empty text."""
        if not name or len(name) > _MOST_LETTERS or not name.isprintable():
            return f"Expected a name of 1 to {_MOST_LETTERS} letters."
        if "/" in name or ":" in name:
            return "Expected a name without / and :, which have meanings of their own."
        if PREFIX + name in self._document.project.blocks:
            return f"Another block is called {name}."
        return ""

    # -- how
    def _expansion(self, node: NodeId) -> Edit:
        """The expansion; a graph that stands as it was laid out is laid out again, so that nothing overlaps."""
        graph = self._document.graph
        edit = expand(self._document.graph_analysis, node)
        drawn = edit.edits[0]
        assert isinstance(drawn, InGraph)
        was_laid_out = layered(graph) == {other.id: other.position for other in graph}
        if not was_laid_out:
            return edit
        return Several((*edit.edits, InGraph(graph.name, self._laid_out_after(drawn.edit))), edit.label)

    def _laid_out_after(self, edit: GraphEdit) -> GraphEdit:
        after = copy_graph(self._document.graph)
        edit.apply(after)
        return edits.move(after, layered(after))

    def _do(self, make: Callable[[], Edit]) -> bool:
        try:
            edit = make()
        except BlockError as error:
            self._tell(str(error))
            return False
        self._document.do(edit)
        return True

    def _tell(self, text: str) -> None:
        self._canvas.say(text, self._canvas.viewport().rect().center(), refusal=True)

    def _free_name(self) -> str:
        number = 1
        while self.name_problem(f"Block {number}"):
            number += 1
        return f"Block {number}"

    def _may_replace(self, name: str) -> bool:
        text = f"Your library already holds a block called {name}. Replace it?"
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel
        return QMessageBox.question(self._window, "Save block", text, buttons) == QMessageBox.StandardButton.Yes

    def _list_library(self, menu: QMenu) -> None:
        menu.clear()
        for path in listed():
            menu.addAction(path.stem.replace("_", " ")).triggered.connect(lambda _=False, path=path: self.insert(path))
        if menu.isEmpty():
            menu.addAction("Save a block to the library first").setEnabled(False)
