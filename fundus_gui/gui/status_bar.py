"""The line below the window: what runs and how fast, what has come out, on which device."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from fundus_gui.gui.labels import research_use_only
from fundus_gui.gui.run_progress import RunProgress
from fundus_gui.gui.sentences import spoken

_MOST_ON_THE_RIGHT = 0.7  # of the width; the rest is for what runs


class RunStatusBar(QStatusBar):
    """Counts and progress on the left, device and purpose on the right.

    The purpose is always whole; where letters are large or the window is small, the device gives
    way, which the tool tip of the purpose then names.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(12)
        self._bar.setAccessibleName(self.tr("Progress of the classification"))
        self._bar.hide()
        self._text = QLabel()
        self._device = QLabel()
        self._device.setToolTip(self.tr("The device that runs the models"))
        self._purpose = QLabel(research_use_only())
        self._purpose.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self._bar)
        self.addWidget(self._text, 1)
        self._device.setContentsMargins(0, 0, 16, 0)
        self.addPermanentWidget(self._device)
        self.addPermanentWidget(self._purpose)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the device its room where there is some."""
        super().resizeEvent(event)
        self._share_room()

    def text(self) -> str:
        """Return what is said of the run."""
        return self._text.text()

    def set_device(self, name: str) -> None:
        """Name the device, empty before it is known."""
        self._device.setText(self.tr("Device: {name}").format(name=spoken(name)) if name else "")
        self._purpose.setToolTip(self._device.text())
        self._share_room()

    def _share_room(self) -> None:
        wanted = self._purpose.sizeHint().width() + self._device.sizeHint().width()
        self._device.setVisible(wanted < _MOST_ON_THE_RIGHT * self.width())

    def show_text(self, text: str, *, busy: bool = False) -> None:
        """Say something, with a bar that moves without an end while busy."""
        self._text.setText(text)
        self._bar.setRange(0, 0 if busy else 1)
        self._bar.setVisible(busy)

    def show_progress(self, progress: RunProgress) -> None:
        """Show how far a run is."""
        self._bar.setRange(0, max(1, progress.total))
        self._bar.setValue(progress.done)
        self._bar.show()
        text = self.tr("{done} of {total}").format(
            done=f"{progress.done:,}", total=f"{progress.total:,}"
        )
        left = progress.seconds_left
        if left is not None:
            rate = progress.per_second
            text += self.tr(" · {rate} images/s · {left} left").format(
                rate=f"{rate:.1f}" if rate < 10 else f"{rate:.0f}", left=self._duration(left)
            )
        self._text.setText(text)

    def _duration(self, seconds: float) -> str:
        whole = round(seconds)
        if whole < 60:
            return self.tr("{seconds} s").format(seconds=whole)
        minutes, rest = divmod(whole, 60)
        if minutes < 60:
            return self.tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
        hours, minutes = divmod(minutes, 60)
        return self.tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
