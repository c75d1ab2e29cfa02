"""The window: menus, tool bar and status line around the pages, and what it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.paths import samples_dir, user_data_dir
from fundus_gui.gui.actions import Actions, Page
from fundus_gui.gui.classify_page import ClassifyPage
from fundus_gui.gui.clipboard import local_paths
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.help import Help
from fundus_gui.gui.jobs import list_installed
from fundus_gui.gui.menus import RecentMenu, fill_menu_bar, fill_tool_bar, hide_unused
from fundus_gui.gui.settings import AppSettings, load_settings, save_settings
from fundus_gui.gui.status_bar import RunStatusBar
from fundus_gui.gui.window_state import WindowState, place_window
from fundus_gui.gui.worker import JobSlot

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify
    from fundus_gui.gui.evaluate_page import EvaluatePage
    from fundus_gui.gui.train_page import TrainPage
    from fundus_gui.gui.training.run_jobs import TrainedModel

    AnyPage = ClassifyPage | TrainPage | EvaluatePage


class MainWindow(QMainWindow):
    """Hands the pages what is opened, dropped, pasted or chosen from the menus.

    The Train and the Evaluate page are made when they are first wanted.

    Args:
        catalogue: the installed models.
        classify: runs them; iterated in a thread.
        settings_path: where the choices are remembered.
        errors: shows errors; one of its own if None.
        dialogs: asks for files.

    Attributes:
        catalogue, pages: the installed models at the moment, and the pages that have been made.
        kept: to be remembered in place of what is chosen when the window closes.

    Signals:
        catalogue_changed: the installed models, when others were added.
        language_chosen: another language is remembered; it needs another window.
        retired: the window has stopped all work and is not used any more.
    """

    catalogue_changed = Signal(object)
    language_chosen = Signal()
    retired = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        classify: Classify,
        settings_path: Path,
        *,
        errors: ErrorReporter | None = None,
        dialogs: FileDialogs | None = None,
    ) -> None:
        super().__init__()
        place_window(self)
        self.setAcceptDrops(True)
        self.catalogue, self._classify, self._settings_path = catalogue, classify, settings_path
        self._settings = load_settings(settings_path)
        self.kept: AppSettings | None = None
        self._dialogs = dialogs or FileDialogs()
        self._wanted_model = ""
        self._wanted_evaluation: TrainedModel | None = None
        self._installed = JobSlot(self)
        self.errors = errors or ErrorReporter(self)
        self.commands = Actions(self)
        self.commands.paint_icons(self.palette())
        self.commands.open_samples.setEnabled(samples_dir().is_dir())
        self.page = ClassifyPage(catalogue, classify, self.commands, self.errors, self._dialogs)
        self.pages: dict[Page, AnyPage] = {}
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.status = RunStatusBar()
        self.setStatusBar(self.status)
        self.recent_menu = RecentMenu(lambda: self._settings.recent, self)
        fill_menu_bar(self, self.commands, self.recent_menu, self.page.results.sort_menu)
        self._tool_bar = self.addToolBar(self.tr("Tool bar"))
        fill_tool_bar(self._tool_bar, self.commands)
        self._state = WindowState(self, self.commands, self._tool_bar, self.status, self.page)
        self._state.has_models = bool(catalogue.models)
        self._help = Help(
            self, self.commands, self.errors, self._dialogs,
            catalogue=lambda: self.catalogue, settings=lambda: self._settings,
            tell=self._state.tell,
        )  # fmt: skip
        self._connect()
        self._add_page("classify", self.page)
        self.restoreGeometry(self._settings.geometry)
        pages: tuple[Page, ...] = get_args(Page)
        self.show_page(next((name for name in pages if name == self._settings.page), "classify"))

    @cached_property
    def train_page(self) -> TrainPage:
        """The Train page."""
        from fundus_gui.gui.train_page import TrainPage

        page = TrainPage(user_data_dir() / "runs", self.commands, self.errors)
        page.changed.connect(self._state.show)
        page.choose_requested.connect(self._on_choose_data)
        page.model_added.connect(self._on_models_changed)
        page.model_chosen.connect(self._on_model_chosen)
        page.evaluation_requested.connect(self._on_evaluation_requested)
        self._add_page("train", page)
        return page

    @cached_property
    def evaluate_page(self) -> EvaluatePage:
        """The Evaluate page."""
        from fundus_gui.gui.evaluate_page import EvaluatePage

        given = (self.catalogue, self._classify, self.commands, self.errors, self._dialogs)
        page = EvaluatePage(*given)
        page.changed.connect(self._state.show)
        page.choose_requested.connect(self._on_choose_data)
        page.models_changed.connect(self._on_models_changed)
        page.photograph_requested.connect(self._on_photograph_requested)
        self._state.is_evaluating = lambda: page.is_running
        self._add_page("evaluate", page)
        return page

    def _add_page(self, name: Page, page: AnyPage) -> None:
        self.pages[name] = page
        self._stack.addWidget(page)
        page.message.connect(self._state.tell)
        page.restore(self._settings)
        for child in page.findChildren(QWidget):
            child.setAcceptDrops(False)  # a photograph dropped on a text field is a photograph

    def _connect(self) -> None:
        commands = self.commands
        commands.open_images.triggered.connect(self._on_open_images)
        commands.open_folder.triggered.connect(self._on_open_folder)
        commands.open_samples.triggered.connect(self._on_open_samples)
        commands.continue_table.triggered.connect(self._on_continue_table)
        commands.quit.triggered.connect(self.close)
        self.recent_menu.chosen.connect(self._on_photograph_requested)
        self.page.classification.changed.connect(self._state.show)
        for action in commands.pages.values():
            action.triggered.connect(self._on_page_chosen)
        commands.choose_language(self._settings.language)
        for action in commands.languages.values():
            action.triggered.connect(self._on_language_chosen)
        self._installed.yielded.connect(self._on_installed_listed)
        self._installed.failed.connect(self.errors.report)

    def show_page(self, page: Page) -> None:
        """Show one of the pages, with its commands in menus and tool bar."""
        match page:
            case "classify":
                shown: AnyPage = self.page
            case "train":
                shown = self.train_page
            case "evaluate":
                shown = self.evaluate_page
        self._stack.setCurrentWidget(shown)
        self.commands.show_page(page)
        self.recent_menu.menuAction().setVisible(page == "classify")
        self.page.results.sort_menu.menuAction().setVisible(page == "classify")
        hide_unused(self, self._tool_bar)
        self._state.show_page(None if isinstance(shown, ClassifyPage) else shown.summary)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open photographs and folders in place of the present ones."""
        if not paths:
            return
        self.show_page("classify")
        for path in () if self.commands.conference.isChecked() else reversed(paths):  # a visitor's
            self._settings = self._settings.with_recent(path.absolute())
        self.page.open_paths([path.absolute() for path in paths])

    def _on_open_images(self) -> None:
        self.open_paths(self._dialogs.open_images(self, self._settings.last_folder))

    def _on_open_folder(self) -> None:
        folder = self._dialogs.open_folder(self, self._settings.last_folder)
        if folder is not None:
            self.open_paths([folder])

    def _on_continue_table(self) -> None:
        table = self._dialogs.open_table(self, self._settings.last_folder)
        if table is not None:
            self.page.continue_table(table.absolute())

    def _on_page_chosen(self) -> None:
        self.show_page(self.commands.chosen_page())

    def _on_language_chosen(self) -> None:
        language = self.commands.chosen_language()
        if language != self._settings.language:
            self._settings = replace(self._settings, language=language)
            self.language_chosen.emit()

    def _on_choose_data(self) -> None:
        folder = self._dialogs.open_folder(self, self._settings.last_folder)
        if folder is not None:
            self.open_data(folder)

    def open_data(self, path: Path) -> None:
        """Set labelled photographs up to be evaluated on, or to be learnt from."""
        self._settings = replace(self._settings, last_folder=str(path.absolute()))
        for page in self.pages.values():
            if page is self._stack.currentWidget() and not isinstance(page, ClassifyPage):
                page.open_data(path.absolute())

    def _on_photograph_requested(self, path: Path) -> None:
        self.open_paths([path])

    def _on_models_changed(self) -> None:
        self._installed.start(list_installed)

    def _on_model_chosen(self, name: str) -> None:
        self._wanted_model = name
        self.show_page("classify")
        self._installed.start(list_installed)

    def _on_evaluation_requested(self, model: TrainedModel) -> None:
        self._wanted_evaluation = model
        self.show_page("evaluate")
        self._installed.start(list_installed)

    def _on_installed_listed(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.catalogue_changed.emit(catalogue)
        self.page.set_catalogue(catalogue, self._wanted_model)
        if "evaluate" in self.pages:
            self.evaluate_page.set_catalogue(catalogue)
        wanted = self._wanted_evaluation
        if wanted is not None and wanted.name in catalogue.models:
            self.evaluate_page.evaluate_model(wanted)
        self._wanted_model, self._wanted_evaluation = "", None
        self._state.has_models = bool(catalogue.models)
        self._state.show()

    def _on_open_samples(self) -> None:
        self.page.open_paths([samples_dir()])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, for the page that is shown."""
        paths = local_paths(event.mimeData())
        if self._stack.currentWidget() is self.page:
            self.open_paths(paths)
        elif paths:
            self.open_data(paths[0])
        event.acceptProposedAction()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.commands.paint_icons(self.palette())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless the user thinks of a training that runs."""
        if "train" in self.pages and not self.train_page.may_close():
            event.ignore()
            return
        self.retire()
        super().closeEvent(event)

    def remembered(self) -> AppSettings:
        """Return the choices as they are now."""
        settings = replace(self._settings, geometry=bytes(self.saveGeometry().data()))
        for name, page in self.pages.items():
            settings = page.choices(settings)
            if page is self._stack.currentWidget():
                settings = replace(settings, page=name)
        return settings

    def retire(self) -> None:
        """Stop all work but trainings, wait for it and remember the choices."""
        for threaded in (self._state, self._installed, self._help):
            threaded.close()
        for page in self.pages.values():
            page.close_threads()
        save_settings(self.kept or self.remembered(), self._settings_path)
        self.retired.emit()
