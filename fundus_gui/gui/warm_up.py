"""Imports what takes seconds while the window is on the screen, and without holding it up."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PAGES = ("fundus_gui.gui.train_page", "fundus_gui.gui.evaluate_page")
_ENGINE = (
    "torch",
    "fundus_gui.core.inference",
    "matplotlib.backends.backend_qtagg",  # the first result draws a chart
)
_importing = threading.Lock()


class WarmUp(QObject):
    """Imports the other pages and the engine in a thread, once a window has been painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._thread = threading.Thread(target=_import_all, name="warm-up")
        window.installEventFilter(self)

    @property
    def is_done(self) -> bool:
        """Whether everything has been imported."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first painting, and no longer."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._thread.start)
        return False


def _import_all() -> None:
    # What cannot be imported is told by whoever needs it.
    with contextlib.suppress(ImportError, OSError):
        for name in _PAGES:
            importlib.import_module(name)
        import_engine()


def import_engine() -> None:
    """Import networks and charts, in any thread; the others go on in the meantime.

    Garbage is collected neither meanwhile, for a collection stops all threads, nor ever among what
    was imported, which are a million objects.
    """
    with _importing:
        if all(name in sys.modules for name in _ENGINE):
            return
        gc.disable()
        try:
            _load_torch_libraries()
            for name in _ENGINE:
                importlib.import_module(name)
        finally:
            gc.freeze()
            gc.enable()
            atexit.register(gc.unfreeze)  # extension modules want to be cleared at the end


def _load_torch_libraries() -> None:
    """Load what `import torch` would load while all other threads wait: by a foreign call."""
    found = find_spec("torch")
    if sys.platform == "win32" or found is None or found.origin is None:
        return  # on Windows torch loads by foreign calls itself
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    folder = Path(found.origin).parent / "lib"
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    for name, mode in (
        ("libtorch_global_deps", os.RTLD_NOW | os.RTLD_GLOBAL),
        ("libtorch_python", os.RTLD_NOW),
    ):
        load(os.fsencode(folder / f"{name}{suffix}"), mode)  # a failure is told by the import
