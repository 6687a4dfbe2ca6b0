"""The table of what a person can do, and where it stands in the menus and in the tool bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbench.ui.actions import SEPARATOR, Action, Button, Entry
from workbench.ui.folders import open_folder
from workbench.ui.training.job_actions import MENU

if TYPE_CHECKING:
    from workbench.ui.main_window import MainWindow


def _something_selected(window: MainWindow) -> bool:
    return bool(window.selection)


def _one_selected(window: MainWindow) -> bool:
    return len(window.selection) == 1


def _something_drawn(window: MainWindow) -> bool:
    return len(window.document.graph) > 0


def _undo_text(window: MainWindow) -> str:
    return f"&Undo {window.document.history.undo_label}".rstrip()


def _redo_text(window: MainWindow) -> str:
    return f"&Redo {window.document.history.redo_label}".rstrip()


def _open_runs_folder(window: MainWindow) -> None:
    folder = window.preferences.runs_folder
    folder.mkdir(parents=True, exist_ok=True)
    open_folder(folder)


COMMANDS: tuple[Action[MainWindow], ...] = (
    Action("new", "&New…", lambda w: w.ask_new(), "new", "Ctrl+N", tip="New project from a template"),
    Action("open", "&Open…", lambda w: w.session.choose_and_open(), "open", "Ctrl+O", tip="Open a project"),
    Action(
        "import-model",
        "&Import model…",
        lambda w: w.models.choose(),
        shortcut="Ctrl+I",
        tip="Open a model that Keras saved (.keras or .h5) as a graph, with its weights",
    ),
    Action(
        "import-network",
        "Import a &network of Keras…",
        lambda w: w.networks.choose(),
        tip="ResNet, MobileNet and others as a graph, with ImageNet weights",
    ),
    Action("save", "&Save", lambda w: w.session.save(), "save", "Ctrl+S", tip="Save the project"),
    Action("save-as", "Save &as…", lambda w: w.session.save_as(), shortcut="Ctrl+Shift+S"),
    Action("quit", "&Quit", lambda w: w.close(), shortcut="Ctrl+Q"),
    Action(
        "undo",
        "&Undo",
        lambda w: w.document.undo(),
        "undo",
        "Ctrl+Z",
        enabled=lambda w: w.document.history.can_undo,
        label=_undo_text,
        tip="Undo",
    ),
    Action(
        "redo",
        "&Redo",
        lambda w: w.document.redo(),
        "redo",
        "Ctrl+Y; Ctrl+Shift+Z",
        enabled=lambda w: w.document.history.can_redo,
        label=_redo_text,
        tip="Redo",
    ),
    Action("cut", "Cu&t", lambda w: w.canvas.cut(), "cut", "Ctrl+X", _something_selected),
    Action("copy", "&Copy", lambda w: w.canvas.copy(), "copy", "Ctrl+C", _something_selected),
    Action("paste", "&Paste", lambda w: w.canvas.paste(), "paste", "Ctrl+V"),
    Action("delete", "&Delete", lambda w: w.canvas.delete_selection(), "delete", "Del; Backspace", in_canvas=True),
    Action(
        "duplicate", "D&uplicate", lambda w: w.canvas.duplicate(), "copy", "Ctrl+D", _something_selected, in_canvas=True
    ),
    Action("select-all", "Select &all", lambda w: w.canvas.select_all(), "select-all", "Ctrl+A", _something_drawn),
    Action("rename", "Re&name layer", lambda w: w.canvas.rename_selected(), "rename", "F2", _one_selected),
    Action(
        "fit",
        "&Fit",
        lambda w: w.canvas.fit(),
        "fit",
        "F",
        _something_drawn,
        tip="Show the whole network",
        in_canvas=True,
    ),
    Action("zoom-in", "Zoom &in", lambda w: w.canvas.zoom_in(), "zoom-in", "Ctrl++; Ctrl+=", _something_drawn),
    Action("zoom-out", "Zoom &out", lambda w: w.canvas.zoom_out(), "zoom-out", "Ctrl+-", _something_drawn),
    Action("minimap", "&Minimap", lambda w: w.canvas.toggle_minimap(), shortcut="M", in_canvas=True),
    Action("full-screen", "F&ull screen", lambda w: w.toggle_full_screen(), shortcut="F11"),
    Action("reset-layout", "&Reset panels", lambda w: w.reset_panels()),
    Action(
        "add-layer",
        "&Add layer…",
        lambda w: w.canvas.search_layers(),
        "add",
        "Tab",
        tip="Search for a layer to add after the selected ones",
        in_canvas=True,
    ),
    Action("find-layer", "&Find in the palette", lambda w: w.focus_palette(), "search", "Ctrl+F"),
    Action(
        "layout",
        "&Lay out",
        lambda w: w.canvas.auto_layout(),
        "layout",
        "Ctrl+L",
        _something_drawn,
        tip="Arrange the layers from left to right",
    ),
    Action(
        "make-block",
        "&Make block from selection…",
        lambda w: w.blocks.make(),
        "category-block",
        "Ctrl+G",
        lambda w: w.blocks.can_make(),
    ),
    Action(
        "expand-block",
        "E&xpand block in place",
        lambda w: w.blocks.expand(),
        "layers",
        "Ctrl+Shift+G",
        lambda w: w.blocks.can_expand(),
    ),
    Action(
        "fold-repeats",
        "&Fold repeated parts into blocks",
        lambda w: w.repeats.fold(),
        "category-block",
        enabled=_something_drawn,
        tip="Find parts that are drawn several times and make each a block with one instance for every copy",
    ),
    Action(
        "look-inside",
        "&Edit or look inside block",
        lambda w: w.blocks.edit(),
        "look",
        "",
        lambda w: w.blocks.can_expand(),
    ),
    Action("leave", "Lea&ve block", lambda w: w.canvas.leave(), "", "Ctrl+Up", in_canvas=True),
    Action(
        "save-block",
        "Save block to li&brary",
        lambda w: w.blocks.save(),
        "save",
        enabled=lambda w: w.blocks.own_block() is not None,
    ),
    Action(
        "replace-head",
        "Replace the &head…",
        lambda w: w.ask_head(),
        "branch",
        "Ctrl+Shift+H",
        lambda w: w.document.place.is_network,
        tip="Other classes on the same features",
    ),
    Action("runs", "Show &runs", lambda w: w.show_panel("runs"), "layers", "F9"),
    Action("sweep", "New s&weep…", lambda w: w.runs.ask_sweep(), "sweep", tip="Train this project with several values"),
    Action("report", "Model &report", lambda w: w.show_panel("report"), "chart", "F7"),
    Action("problems", "Show &problems", lambda w: w.show_panel("problems"), "warning", "F8"),
    Action("preferences", "&Preferences…", lambda w: w.ask_preferences(), "preferences", "Ctrl+,"),
    Action("plugins", "&Plugins…", lambda w: w.show_plugins(), tip="What plugins offer, on and off"),
    Action("runs-folder", "Open &runs folder", _open_runs_folder, "open"),
    Action("shortcuts", "&Keyboard shortcuts", lambda w: w.show_shortcuts(), "help", "F1"),
    Action("about", "&About CNN Workbench", lambda w: w.show_about(), "info"),
)


def menus(window: MainWindow) -> Mapping[str, Iterable[Entry]]:
    """Menus by title. The actions of the Train menu and `export` are the training part's own."""
    return {
        "&File": (
            *("new", "open", window.fill_recent, "import-model", "import-network", SEPARATOR),
            *("save", "save-as", SEPARATOR, window.fill_export, SEPARATOR, "quit"),
        ),
        "&Edit": (
            *("undo", "redo", SEPARATOR, "cut", "copy", "paste", "duplicate", "delete", SEPARATOR),
            *("select-all", "rename", SEPARATOR, "preferences"),
        ),
        "&View": (
            *("fit", "zoom-in", "zoom-out", "minimap", window.fill_overlays, SEPARATOR),
            *(window.fill_panels, "reset-layout", SEPARATOR, "full-screen"),
        ),
        "&Graph": (
            *("add-layer", "find-layer", "layout", SEPARATOR, "make-block", "expand-block"),
            *(
                "fold-repeats",
                "look-inside",
                "leave",
                SEPARATOR,
                "save-block",
                window.blocks.fill_library,
                SEPARATOR,
                "replace-head",
                SEPARATOR,
                "report",
                "problems",
            ),
        ),
        "&Train": (*MENU, SEPARATOR, "sweep", "runs"),
        "T&ools": ("plugins", SEPARATOR, "runs-folder"),
        "&Help": ("shortcuts", "about"),
    }


TOOL_BAR: tuple[Button | str, ...] = (
    *(Button("new", "New"), Button("open", "Open"), Button("save", "Save"), SEPARATOR),
    *(Button("undo"), Button("redo"), SEPARATOR),
    *(Button("layout", "Lay out"), Button("fit", "Fit"), SEPARATOR),
    *(Button("train", "Train", primary=True), Button("pause"), Button("stop", "Stop"), SEPARATOR),
    Button("export", "Export"),
)
