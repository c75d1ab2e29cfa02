"""What outlives a window: the engine, the language, and the window that speaks it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.gui.demo.switch import ConferenceSwitch
from fundus_gui.gui.jobs import Engine
from fundus_gui.gui.labels import use_class_titles
from fundus_gui.gui.language import use_language
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.settings import load_settings, put_damaged_aside
from fundus_gui.gui.warm_up import WarmUp


class Program(QObject):
    """One window over one engine; a window in another language takes over the work of the last.

    Args:
        application: which speaks the language.
        settings: where the choices are remembered.
    """

    def __init__(self, application: QApplication, settings: Path) -> None:
        super().__init__(application)
        self._application, self._settings = application, settings
        self._speak()
        self._catalogue = read_catalogue()
        self._engine = Engine(self._catalogue)
        self.window = self._new_window()
        WarmUp(self.window)
        aside = put_damaged_aside(settings)  # the window has read what could be read
        if aside is not None:
            QTimer.singleShot(0, partial(self._tell_of_settings, aside))
        if self._catalogue.refused:
            QTimer.singleShot(0, self._tell_of_refused)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open what the system asks for, but nothing before an audience."""
        if not self.window.commands.conference.isChecked():
            self.window.open_paths(paths)
            self.window.activateWindow()

    def _speak(self) -> None:
        use_language(self._application, load_settings(self._settings).language)
        self._application.setApplicationDisplayName(self.tr("Fundus classifier"))

    def _new_window(self) -> MainWindow:
        self._name_classes()
        window = MainWindow(self._catalogue, self._engine.classify, self._settings)
        window.catalogue_changed.connect(self._on_catalogue_changed)
        window.language_chosen.connect(self._on_language_chosen)
        self._engine.set_precision(window.page.precision)
        window.page.precision_changed.connect(self._engine.set_precision)
        window.errors.install_hooks()
        self.conference = ConferenceSwitch(window, self._engine.classify)
        return window

    def _on_catalogue_changed(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._name_classes()
        self._engine.use(catalogue)

    def _name_classes(self) -> None:
        use_class_titles(model.card for model in self._catalogue.models.values())

    def _on_language_chosen(self) -> None:
        # Later, since the command that asks for it belongs to the window that goes.
        QTimer.singleShot(0, self._exchange_window)

    def _exchange_window(self) -> None:
        last = self.window
        last.retire()
        self._speak()
        self.window = self._new_window()
        self.window.page.take_over(last.page)
        if "train" in last.pages:
            self.window.train_page.take_over(last.train_page)
        if "evaluate" in last.pages:
            self.window.evaluate_page.take_over(last.evaluate_page)
        self.window.show()
        last.hide()
        last.deleteLater()

    def _tell_of_settings(self, aside: Path) -> None:
        self.window.errors.tell(
            self.tr("Settings put aside"),
            self.tr(
                "The settings file was damaged and is now {file}. What could be read of it is "
                "kept; everything else is as at the first start."
            ).format(file=aside),
        )

    def _tell_of_refused(self) -> None:
        self.window.errors.tell(
            self.tr("Some weights cannot be used"), "\n\n".join(self._catalogue.refused)
        )
