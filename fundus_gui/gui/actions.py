"""Every command of the window with its words, shortcut and tooltip."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette

from fundus_gui.gui.icons import line_icon
from fundus_gui.gui.labels import without_key
from fundus_gui.gui.language import LANGUAGES

Page = Literal["classify", "train", "evaluate"]


class Actions(QObject):
    """The commands, not yet connected to anything.

    Attributes:
        naming: commands that bring names of files before the eyes.
        saving: commands that write where the user wants it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tooltips: dict[QAction, str] = {}
        self._add_file_commands()
        self._add_result_commands()
        self._add_view_commands()
        of_classify = self.all()
        self._add_train_commands()
        before = self.all()
        of_train = before[len(of_classify) :]
        self._add_evaluate_commands()
        self._of_page: dict[Page, list[QAction]] = {
            "classify": of_classify,
            "train": of_train,
            "evaluate": self.all()[len(before) :],
        }
        self._add_window_commands()
        self.naming = self._group(
            (self.open_images, self.open_folder, self.continue_table, self.paste, self.copy_rows)
        )
        self.saving = self._group(
            (self.export_all, self.export_selection, self.save_chart),
            (self.save_pdf, self.export_evaluation, self.diagnostics),
        )

    def set_allowed(self, group: QActionGroup, why_not: str = "") -> None:
        """Offer a group of commands or, whatever their page wants, none of it and say why not."""
        group.setEnabled(not why_not)
        for action in group.actions():
            action.setToolTip(why_not or self._tooltips[action])

    def show_page(self, page: Page) -> None:
        """Offer the commands of one page only, besides those of the window."""
        self.pages[page].setChecked(True)
        for name, actions in self._of_page.items():
            for action in actions:
                action.setVisible(name == page)

    def _add_file_commands(self) -> None:
        new = self._new
        self.open_images = new(
            self.tr("&Open images…"), "Ctrl+O", self.tr("Open one or more photographs")
        )
        self.open_folder = new(
            self.tr("Open &folder…"),
            "Ctrl+Shift+O",
            self.tr("Open all photographs in a folder and the folders below it"),
        )
        self.open_samples = new(
            self.tr("Open the &samples"), "Ctrl+Shift+T", self.tr("Open synthetic photographs")
        )
        self.paste = new(
            self.tr("&Paste photograph"),
            "Ctrl+V",
            self.tr("Add the picture or the files on the clipboard"),
        )
        self.export_all = new(
            self.tr("&Export results…"), "Ctrl+E", self.tr("Write all results to a table")
        )
        self.export_selection = new(
            self.tr("Export se&lection…"),
            "Ctrl+Shift+E",
            self.tr("Write the results of the selected rows to a table"),
        )
        self.continue_table = new(
            self.tr("Contin&ue a table…"),
            "Ctrl+Shift+U",
            self.tr("Classify what is still missing in a table of an earlier run, and add it"),
        )
        self.save_chart = new(
            self.tr("Save c&hart…"), "Ctrl+S", self.tr("Save the bar chart as PNG, SVG or PDF")
        )

    def _add_result_commands(self) -> None:
        new, toggle = self._new, self._new_toggle
        self.copy_rows = new(
            self.tr("&Copy rows"),
            "Ctrl+C",
            self.tr("Copy the selected rows with all probabilities, to paste into a spreadsheet"),
        )
        self.copy_chart = new(
            self.tr("Copy c&hart"), "Ctrl+Shift+C", self.tr("Copy the bar chart as a picture")
        )
        self.run = new(
            self.tr("&Classify"), "F5", self.tr("Classify all photographs that are waiting")
        )
        self.cancel = new(
            self.tr("C&ancel"), "Esc", self.tr("Stop; what is classified already stays")
        )
        self.auto_run = toggle(
            self.tr("Classify at &once"),
            "Ctrl+Shift+A",
            self.tr("Start as soon as photographs are opened or other models are chosen"),
        )
        self.fast = toggle(
            self.tr("&Fast precision"),
            "Ctrl+Alt+F",
            self.tr(
                "Compute with fewer digits where the device gains speed by that; probabilities "
                "move by up to a few hundredths"
            ),
        )
        self.reset_weights = new(
            self.tr("&Reset the weights"),
            "Ctrl+R",
            self.tr("Vote with the weights that belong to the ensemble"),
        )
        self.find = new(self.tr("Fi&nd…"), "Ctrl+F", self.tr("Filter by file name"))

    def _add_view_commands(self) -> None:
        new, toggle = self._new, self._new_toggle
        self.grid = toggle(
            self.tr("&Grid"), "Ctrl+G", self.tr("Show large thumbnails instead of a list")
        )
        self.fit = new(self.tr("&Fit"), "Ctrl+0", self.tr("Show the whole photograph"))
        self.actual_size = new(
            self.tr("&100 %"), "Ctrl+9", self.tr("Show one pixel on one pixel of the screen")
        )
        self.zoom_in = new(self.tr("Zoom &in"), "Ctrl++", self.tr("Enlarge the photograph"))
        self.zoom_out = new(self.tr("Zoom &out"), "Ctrl+-", self.tr("Shrink the photograph"))
        self.seen_by_model = toggle(
            self.tr("As the &model sees it"),
            "Ctrl+M",
            self.tr("Show the photograph as it is cropped and scaled for the model"),
        )
        self.sort_bars = toggle(
            self.tr("Sort &bars by probability"),
            "Ctrl+B",
            self.tr("Order the classes by probability instead of always alike"),
        )
        self.next = new(self.tr("&Next photograph"), "Alt+Right", self.tr("Go one row down"))
        self.previous = new(self.tr("&Previous photograph"), "Alt+Left", self.tr("Go one row up"))

    def _add_train_commands(self) -> None:
        new = self._new
        self.new_training = new(
            self.tr("&New training"), "Ctrl+N", self.tr("Set up a new training")
        )
        self.choose_data = new(
            self.tr("&Choose photographs…"),
            "Ctrl+D",
            self.tr("Choose the folder of labelled photographs to learn from"),
        )
        self.start_training = new(
            self.tr("&Start training"), "Ctrl+Return", self.tr("Start what is set up")
        )
        self.open_run = new(
            self.tr("&Open a run folder…"),
            "Ctrl+Shift+R",
            self.tr("Add a training that lies elsewhere to the list"),
        )

    def _add_evaluate_commands(self) -> None:
        new = self._new
        self.new_evaluation = new(
            self.tr("&New evaluation"),
            "Ctrl+Shift+N",
            self.tr("Measure models on photographs whose classes are known"),
        )
        self.choose_labelled = new(
            self.tr("&Choose photographs…"),
            "Ctrl+Shift+D",
            self.tr("Choose the folder of labelled photographs to measure on"),
        )
        self.start_evaluation = new(
            self.tr("&Start evaluation"), "Ctrl+Shift+Return", self.tr("Start what is set up")
        )
        self.cancel_evaluation = new(
            self.tr("&Cancel evaluation"), "Shift+Esc", self.tr("Stop; nothing is kept")
        )
        self.open_report = new(
            self.tr("Open &report"),
            "Ctrl+Shift+P",
            self.tr("Open the page with all figures, tables and pictures in the browser"),
        )
        self.save_pdf = new(
            self.tr("Save as &PDF…"), "Ctrl+P", self.tr("Write the report as a PDF file")
        )
        self.export_evaluation = new(
            self.tr("E&xport evaluation…"),
            "Ctrl+Shift+X",
            self.tr("Write report, tables and predictions into a new folder, to be passed on"),
        )
        self.open_evaluation = new(
            self.tr("Open &folder"), "Ctrl+Shift+F", self.tr("Show the evaluation's files")
        )
        self.of_evaluation = (
            *(self.open_report, self.save_pdf),
            *(self.export_evaluation, self.open_evaluation),
        )

    def _add_window_commands(self) -> None:
        new, toggle = self._new, self._new_toggle
        self.classify_page = toggle(
            self.tr("Classify"), "Ctrl+1", self.tr("Photographs, their classes and the vote")
        )
        self.train_page = toggle(
            self.tr("Train"), "Ctrl+2", self.tr("Trainings, and a new one on your own photographs")
        )
        self.evaluate_page = toggle(
            self.tr("Evaluate"),
            "Ctrl+3",
            self.tr("How good models are on photographs whose classes are known"),
        )
        self.pages: dict[Page, QAction] = {
            "classify": self.classify_page,
            "train": self.train_page,
            "evaluate": self.evaluate_page,
        }
        group = QActionGroup(self)
        for action in self.pages.values():
            group.addAction(action)
        self.pseudonyms = toggle(
            self.tr("Exports with &pseudonyms"),
            "Ctrl+H",
            self.tr("Name photographs and patients by pseudonyms in all that is written or copied"),
        )
        self.languages = self._new_languages()
        self.quit = new(self.tr("&Quit"), "Ctrl+Q", self.tr("Close the window"))
        self.conference = toggle(
            self.tr("&Conference mode"),
            "F11",
            self.tr("Show photographs and their votes over the whole screen, round and round"),
        )
        self.conference_names = toggle(
            self.tr("File &names in conference mode"),
            "Shift+F11",
            self.tr("Let the audience and visitors see the names of files instead of numbers"),
        )
        self.guide = new(self.tr("&Guide"), "F1", self.tr("Read how the program is used"))
        self.shortcuts = new(
            self.tr("&Keyboard shortcuts"), "Ctrl+F1", self.tr("List all keyboard shortcuts")
        )
        self.diagnostics = new(
            self.tr("Save &diagnostic report…"),
            "Ctrl+Shift+F1",
            self.tr("Write versions, settings and log to a file; nothing is sent"),
        )
        self.about = new(self.tr("&About"), "Shift+F1", self.tr("Versions and weights"))

    def chosen_page(self) -> Page:
        """Return the page whose command is checked."""
        return next(name for name, action in self.pages.items() if action.isChecked())

    def chosen_language(self) -> str:
        """Return the language that is ticked, empty for the system's."""
        return next(name for name, action in self.languages.items() if action.isChecked())

    def choose_language(self, name: str) -> None:
        """Tick a language; one that is not known is the system's."""
        self.languages.get(name, self.languages[""]).setChecked(True)

    def _new_languages(self) -> dict[str, QAction]:
        """Return a choice of languages by name, the empty one for the system's."""
        group = QActionGroup(self)
        languages = {}
        for name, title in {"": self.tr("As the &system"), **LANGUAGES}.items():
            languages[name] = QAction(title, group)
            languages[name].setCheckable(True)
        return languages

    def paint_icons(self, palette: QPalette) -> None:
        """Draw the icons in the palette's colours."""
        for action, name in (
            (self.open_images, "open-images"),
            (self.open_folder, "open-folder"),
            (self.open_samples, "samples"),
            (self.export_all, "export"),
            (self.continue_table, "continue-table"),
            (self.run, "classify"),
            (self.cancel, "cancel"),
            (self.grid, "grid"),
            (self.fit, "fit"),
            (self.seen_by_model, "seen-by-model"),
            (self.new_training, "new-training"),
            (self.choose_data, "open-folder"),
            (self.new_evaluation, "new-training"),
            (self.choose_labelled, "open-folder"),
        ):
            action.setIcon(line_icon(name, palette))

    def all(self) -> list[QAction]:
        """Return every command."""
        return [action for action in vars(self).values() if isinstance(action, QAction)]

    def _new(self, text: str, shortcut: str, tooltip: str) -> QAction:
        action = QAction(text, self)
        action.setIconText(without_key(text).rstrip("…"))  # the tool bar's words
        action.setShortcut(QKeySequence(shortcut))
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tooltip} ({shown})")
        self._tooltips[action] = action.toolTip()
        return action

    def _group(self, *actions: Iterable[QAction]) -> QActionGroup:
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for action in chain(*actions):
            group.addAction(action)
        return group

    def _new_toggle(self, text: str, shortcut: str, tooltip: str) -> QAction:
        action = self._new(text, shortcut, tooltip)
        action.setCheckable(True)
        return action
