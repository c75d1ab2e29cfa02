"""All runs on the left of the Train page: what became of them, at a glance."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_delegate import RunDelegate
from fundus_gui.gui.training.run_library import KnownRun
from fundus_gui.gui.training.runs_model import RunsModel
from fundus_gui.gui.widgets.focus_frame import FocusFrame

_LEAST_WIDTH = 240  # px


class RunList(QWidget):
    """The runs of a control, any number of which can be selected.

    Signals:
        run_selected: the folders of the selected runs, the topmost first.
        new_run_requested: a new training is to be set up.
    """

    run_selected = Signal(object)
    new_run_requested = Signal()

    def __init__(self, control: RunControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._awaited: tuple[Path, ...] = ()
        self.model = RunsModel(self)
        self.new_run = QPushButton(self.tr("&New training"))
        self.new_run.setToolTip(self.tr("Set up a new training"))
        self.new_run.clicked.connect(self.new_run_requested)
        self.view = self._make_view()
        self._empty = QLabel(self.tr("Your trainings will be listed here."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._make_actions()
        self.setMinimumWidth(_LEAST_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.new_run)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        layout.addLayout(self._stack, 1)
        control.runs_changed.connect(self._on_runs_changed)
        control.started.connect(self.select)
        control.opened.connect(self.select)
        self._on_runs_changed()

    def selected(self) -> tuple[KnownRun, ...]:
        """Return the selected runs, the topmost first."""
        rows = sorted(self.view.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return tuple(self.model.run_at(row) for row in rows)

    def select(self, *paths: Path) -> None:
        """Select runs and no others, as soon as all are in the list.

        Those that are awaited are forgotten when the user selects something else.
        """
        rows = [row for path in paths if (row := self.model.row_of(path)) is not None]
        self._awaited = paths if len(rows) < len(paths) else ()
        if self._awaited:
            return
        chosen, selection = QItemSelection(), self.view.selectionModel()
        for index in map(self.model.index, rows):
            chosen.select(index, index)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(index)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def take_over(self, earlier: RunList) -> None:
        """Select what is selected in another list."""
        self.show_hidden.setChecked(earlier.show_hidden.isChecked())
        self.select(*(run.path for run in earlier.selected()))

    def clear_selection(self) -> None:
        """Select none; a run that was to be selected when it appears is not."""
        self._awaited = ()
        self.view.clearSelection()

    def _make_view(self) -> QListView:
        view = QListView()
        FocusFrame(view)
        view.setModel(self.model)
        view.setItemDelegate(RunDelegate(view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setAccessibleName(self.tr("Trainings"))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu_requested)
        view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        return view

    def _make_actions(self) -> None:
        self.resume = self._action(self.tr("&Resume"), self._on_resume)
        self.use_model = self._action(self.tr("&Use model"), self._on_use_model)
        self.open_folder = self._action(self.tr("Open &folder"), self._on_open_folder)
        self.copy_path = self._action(self.tr("&Copy path"), self._on_copy_path)
        self.copy_path.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_path.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.hide_runs = self._action(self.tr("&Hide from the list"), self._on_hide)
        self.hide_runs.setToolTip(self.tr("The files stay where they are"))
        self.show_hidden = self._action(self.tr("&Show hidden trainings"), self._on_runs_changed)
        self.show_hidden.setCheckable(True)
        self.open_run = self._action(self.tr("&Open a run folder…"), self._on_open_run)

    def _action(self, text: str, slot: object) -> QAction:
        action = QAction(text, self.view)
        action.triggered.connect(slot)
        self.view.addAction(action)
        return action

    def _on_menu_requested(self, place: QPoint) -> None:
        chosen = self.selected()
        one = chosen[0] if len(chosen) == 1 else None
        can_resume = one is not None and one.can_resume
        self.resume.setEnabled(can_resume and not self._control.is_resuming(chosen[0].path))
        self.use_model.setEnabled(one is not None and one.has_weights)
        self.open_folder.setEnabled(one is not None)
        self.copy_path.setEnabled(bool(chosen))
        self.hide_runs.setEnabled(bool(chosen) and not any(run.run.is_alive for run in chosen))
        are_hidden = bool(chosen) and all(run.is_hidden for run in chosen)
        self.hide_runs.setText(
            self.tr("&Show in the list again") if are_hidden else self.tr("&Hide from the list")
        )
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.resume, self.use_model])
        menu.addSeparator()
        menu.addActions([self.open_folder, self.copy_path])
        menu.addSeparator()
        menu.addActions([self.hide_runs, self.show_hidden, self.open_run])
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _on_runs_changed(self) -> None:
        with_hidden = self.show_hidden.isChecked()
        shown = [run for run in self._control.runs if with_hidden or not run.is_hidden]
        self.model.set_runs(shown)
        self._stack.setCurrentWidget(self.view if shown else self._empty)
        if self._awaited:
            self.select(*self._awaited)

    def _on_selection_changed(self) -> None:
        self._awaited = ()
        self.run_selected.emit(tuple(run.path for run in self.selected()))

    def _on_resume(self) -> None:
        for known in self.selected()[:1]:
            self._control.resume(known.path)

    def _on_use_model(self) -> None:
        for known in self.selected()[:1]:
            self._control.use_model(known.path)

    def _on_open_folder(self) -> None:
        for known in self.selected()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(known.path)))

    def _on_copy_path(self) -> None:
        text = "\n".join(str(run.path) for run in self.selected())
        QGuiApplication.clipboard().setText(text)

    def _on_hide(self) -> None:
        chosen = self.selected()
        hidden = not all(run.is_hidden for run in chosen)
        self._control.set_hidden([run.path for run in chosen], hidden=hidden)

    def _on_open_run(self) -> None:
        title = self.tr("Open the folder of a training")
        name = QFileDialog.getExistingDirectory(self, title)
        if name:
            self._control.open(Path(name))
