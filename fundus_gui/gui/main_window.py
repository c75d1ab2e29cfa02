"""The window: menus, tool bar and status line around the pages, and what it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QToolBar, QToolButton, QWidget

from fundus_gui.core.assessments import Classify
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.paths import samples_dir, user_data_dir
from fundus_gui.gui.about_dialog import AboutDialog, ShortcutsDialog
from fundus_gui.gui.actions import Actions, Page
from fundus_gui.gui.classification_status import show_classification
from fundus_gui.gui.classify_page import ClassifyPage, local_paths
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.jobs import list_installed
from fundus_gui.gui.menus import fill_menu_bar, fill_tool_bar, hide_unused
from fundus_gui.gui.results_model import Status
from fundus_gui.gui.settings import load_settings, save_settings
from fundus_gui.gui.status_bar import RunStatusBar
from fundus_gui.gui.train_page import TrainPage
from fundus_gui.gui.worker import JobSlot

_MESSAGE_MS = 6000


class MainWindow(QMainWindow):
    """Hands the pages what is opened, dropped, pasted or chosen from the menus.

    Args:
        catalogue: the installed models.
        classify: runs them; iterated in a thread.
        settings_path: where the choices are remembered.
        errors: shows errors; one of its own if None.
        dialogs: asks for files.

    Signals:
        catalogue_changed: the installed models, when others were added.
    """

    catalogue_changed = Signal(object)

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
        self.setMinimumSize(960, 600)
        room = self.screen().availableSize()
        self.resize(min(1440, room.width() - 64), min(900, room.height() - 64))
        self.setAcceptDrops(True)
        self._catalogue = catalogue
        self._settings_path = settings_path
        self._settings = load_settings(settings_path)
        self._dialogs = dialogs or FileDialogs()
        self._warned = False
        self._wanted_model = ""
        self._installed = JobSlot(self)
        self.errors = errors or ErrorReporter(self)
        self.commands = Actions(self)
        self.commands.paint_icons(self.palette())
        self.commands.open_samples.setEnabled(samples_dir().is_dir())
        self.page = ClassifyPage(catalogue, classify, self.commands, self.errors, self._dialogs)
        self.train_page = TrainPage(user_data_dir() / "runs", self.commands, self.errors)
        self._pages: dict[Page, QWidget] = {"classify": self.page, "train": self.train_page}
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.setCentralWidget(self._stack)
        self.status = RunStatusBar()
        self.setStatusBar(self.status)
        self.recent_menu = QMenu(self.tr("Open &recent"), self)
        fill_menu_bar(self, self.commands, self.recent_menu, self.page.results.sort_menu)
        self._tool_bar = QToolBar(self.tr("Tool bar"))
        fill_tool_bar(self._tool_bar, self.commands)
        self.addToolBar(self._tool_bar)
        self._message_timer = QTimer(self)
        self._message_timer.setSingleShot(True)
        self._message_timer.setInterval(_MESSAGE_MS)
        self._connect()
        self.page.restore(self._settings)
        self.train_page.restore(self._settings)
        if self._settings.geometry:
            self.restoreGeometry(self._settings.geometry)
        for child in self._stack.findChildren(QWidget):
            child.setAcceptDrops(False)  # a photograph dropped on a text field is a photograph
        self.show_page("train" if self._settings.page == "train" else "classify")

    def _connect(self) -> None:
        commands = self.commands
        commands.open_images.triggered.connect(self._on_open_images)
        commands.open_folder.triggered.connect(self._on_open_folder)
        commands.open_samples.triggered.connect(self._on_open_samples)
        commands.quit.triggered.connect(self.close)
        commands.shortcuts.triggered.connect(self._on_shortcuts)
        commands.about.triggered.connect(self._on_about)
        self.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        self.recent_menu.triggered.connect(self._on_recent_chosen)
        self._message_timer.timeout.connect(self._show_state)
        self.page.classification.changed.connect(self._show_state)
        self.page.message.connect(self._on_message)
        commands.classify_page.triggered.connect(self._on_page_chosen)
        commands.train_page.triggered.connect(self._on_page_chosen)
        self.train_page.changed.connect(self._show_state)
        self.train_page.message.connect(self._on_message)
        self.train_page.choose_requested.connect(self._on_choose_data)
        self.train_page.model_added.connect(self._on_model_added)
        self.train_page.model_chosen.connect(self._on_model_chosen)
        self._installed.yielded.connect(self._on_installed_listed)
        self._installed.failed.connect(self.errors.report)

    def show_page(self, page: Page) -> None:
        """Show one of the pages, with its commands in menus and tool bar."""
        self._stack.setCurrentWidget(self._pages[page])
        self.commands.show_page(page)
        self.recent_menu.menuAction().setVisible(page == "classify")
        self.page.results.sort_menu.menuAction().setVisible(page == "classify")
        hide_unused(self, self._tool_bar)
        self._message_timer.stop()
        self._show_state()

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open photographs and folders in place of the present ones."""
        if not paths:
            return
        self.show_page("classify")
        for path in reversed(paths):
            self._settings = self._settings.with_recent(path.absolute())
        self.page.open_paths([path.absolute() for path in paths])

    def _on_open_images(self) -> None:
        self.open_paths(self._dialogs.open_images(self, self._settings.last_folder))

    def _on_open_folder(self) -> None:
        folder = self._dialogs.open_folder(self, self._settings.last_folder)
        if folder is not None:
            self.open_paths([folder])

    def _on_page_chosen(self) -> None:
        self.show_page("train" if self.commands.train_page.isChecked() else "classify")

    def _on_choose_data(self) -> None:
        folder = self._dialogs.open_folder(self, self._settings.last_folder)
        if folder is not None:
            self.open_data(folder)

    def open_data(self, path: Path) -> None:
        """Set a training on a folder of labelled photographs up."""
        self.show_page("train")
        self._settings = replace(self._settings, last_folder=str(path.absolute()))
        self.train_page.open_data(path.absolute())

    def _on_model_added(self) -> None:
        self._installed.start(list_installed)

    def _on_model_chosen(self, name: str) -> None:
        self._wanted_model = name
        self.show_page("classify")
        self._installed.start(list_installed)

    def _on_installed_listed(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.catalogue_changed.emit(catalogue)
        self.page.set_catalogue(catalogue, self._wanted_model)
        self._wanted_model = ""
        self._show_state()

    def _on_open_samples(self) -> None:
        self.page.open_paths([samples_dir()])

    def _on_recent_chosen(self, action: QAction) -> None:
        self.open_paths([Path(action.data())])

    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for number, path in enumerate(self._settings.recent, 1):
            action = self.recent_menu.addAction(f"&{number}  {path.replace('&', '&&')}")
            action.setData(path)
        if not self._settings.recent:
            self.recent_menu.addAction(self.tr("Nothing opened yet")).setEnabled(False)

    def _on_shortcuts(self) -> None:
        self._open_dialog(ShortcutsDialog(self.commands, self))

    def _on_about(self) -> None:
        self._open_dialog(AboutDialog(self._catalogue, self))

    @staticmethod
    def _open_dialog(dialog: AboutDialog | ShortcutsDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_message(self, text: str) -> None:
        self.status.show_text(text)
        self._message_timer.start()

    def _show_state(self) -> None:
        state, model = self.page.classification, self.page.model
        waiting = model.count(Status.WAITING)
        commands = self.commands
        can_run = not state.busy and waiting > 0 and state.spec is not None
        commands.run.setEnabled(can_run)
        commands.run.setIconText(  # the tool bar's words
            self.tr("Classify {count} waiting").format(count=f"{waiting:,}")
            if can_run
            else self.tr("Classify")
        )
        self._emphasise(commands.run, can_run)
        commands.cancel.setEnabled(state.busy)
        has_results = waiting < model.rowCount()
        for action in (commands.export_all, commands.export_selection, commands.copy_rows):
            action.setEnabled(has_results)
        self._show_status()

    def _emphasise(self, action: QAction, on: bool) -> None:
        button = self._tool_bar.widgetForAction(action)
        if isinstance(button, QToolButton):
            font = button.font()
            font.setBold(on)
            button.setFont(font)

    def _show_status(self) -> None:
        state = self.page.classification
        if self._stack.currentWidget() is self.train_page:
            self.setWindowTitle("")
            self.status.set_device("")
            if not self._message_timer.isActive():
                self.status.show_text(self.train_page.summary())
            return
        self.setWindowTitle(", ".join(root.name for root in state.roots[:3]))
        ready = state.models_ready
        self.status.set_device(ready.device_name if ready is not None else "")
        if self._message_timer.isActive() and not state.busy:
            return
        if self._catalogue.models or state.busy:
            show_classification(self.status, state, self.page.model)
        else:
            self.status.show_text(
                self.tr("No weights are installed: photographs can be looked at only.")
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, for the page that is shown."""
        paths = local_paths(event.mimeData())
        if paths and self._stack.currentWidget() is self.train_page:
            self.open_data(paths[0])
        else:
            self.open_paths(paths)
        event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell once of weights that cannot be used."""
        super().showEvent(event)
        if not self._warned and self._catalogue.refused:
            self._warned = True
            QTimer.singleShot(0, self._warn_of_refused)

    def _warn_of_refused(self) -> None:
        self.errors.tell(
            self.tr("Some weights cannot be used"), "\n\n".join(self._catalogue.refused)
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.commands.paint_icons(self.palette())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop all work but trainings, wait for it and remember the choices."""
        if not self.train_page.may_close():
            event.ignore()
            return
        self._message_timer.stop()
        self._installed.close()
        self.page.close_threads()
        self.train_page.close_threads()
        settings = self.train_page.choices(self.page.choices(self._settings))
        page = "train" if self._stack.currentWidget() is self.train_page else "classify"
        geometry = bytes(self.saveGeometry().data())
        save_settings(replace(settings, page=page, geometry=geometry), self._settings_path)
        super().closeEvent(event)
