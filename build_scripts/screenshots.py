"""Take pictures of the real window: open photographs, wait for the results, grab.

python3 build_scripts/screenshots.py pictures/                      four pictures
python3 build_scripts/screenshots.py window.png --theme dark        one picture
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fundus_gui.gui.main_window import MainWindow

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

_SECONDS_AT_MOST = 600
_SETTLE_MS = 1000  # thumbnails and the photograph come from other threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures and name them."""
    options = _parse(arguments)
    os.environ["QT_QPA_PLATFORM"] = options.platform
    with tempfile.TemporaryDirectory(prefix="fundus-gui-pictures-") as settings:
        return _take_all(options, Path(settings) / "settings.ini")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take pictures of the window.")
    parser.add_argument("out", type=Path, help="a .png file for one picture, or a folder for four")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--images", type=Path, nargs="+", metavar="PATH", help="default: samples")
    parser.add_argument("--size", default="1440x900", metavar="WxH")
    parser.add_argument("--grid", action="store_true", help="thumbnails as a grid")
    parser.add_argument("--what-if", action="store_true", help="move a weight")
    parser.add_argument("--platform", choices=("offscreen", "xcb"), default="offscreen")
    return parser.parse_args(arguments)


def _take_all(options: argparse.Namespace, settings_path: Path) -> int:
    from PySide6.QtTest import QTest

    from fundus_gui.core.catalogue import read_catalogue
    from fundus_gui.core.paths import samples_dir
    from fundus_gui.gui.app import create_application
    from fundus_gui.gui.jobs import Engine
    from fundus_gui.gui.main_window import MainWindow

    create_application([])
    catalogue = read_catalogue()
    window = MainWindow(catalogue, Engine(catalogue).classify, settings_path)
    window.resize(*map(int, options.size.split("x")))
    window.show()
    failures: list[BaseException] = []
    window.page.classification.failed.connect(failures.append)

    def picture(path: Path, theme: str) -> None:
        set_theme(theme)
        QTest.qWait(_SETTLE_MS)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(path)):
            raise SystemExit(f"{path} cannot be written.")
        print(path)

    single = options.out.suffix.lower() == ".png"
    if not single:
        picture(options.out / "classify-empty.png", "light")
    window.page.open_paths([path.absolute() for path in options.images or [samples_dir()]])
    done = QTest.qWaitFor(lambda: not window.page.classification.busy, _SECONDS_AT_MOST * 1000)
    if not done or failures:
        raise SystemExit(f"The photographs could not be classified: {failures or 'too slow'}")
    _arrange(window, options)
    if single:
        picture(options.out, options.theme)
    else:
        picture(options.out / "classify-light.png", "light")
        picture(options.out / "classify-dark.png", "dark")
        window.commands.grid.setChecked(True)
        picture(options.out / "classify-grid.png", "light")
    window.close()
    return 0


def _arrange(window: MainWindow, options: argparse.Namespace) -> None:
    window.page.results.select_first()
    window.commands.grid.setChecked(options.grid)
    if options.what_if:
        weights = window.page.vote.sliders.weights()
        window.page.vote.sliders.preview(tuple(reversed(weights)))


def set_theme(theme: str) -> None:
    """Ask for light or dark; where the platform has no such thing, give a palette."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QGuiApplication, QPalette
    from PySide6.QtWidgets import QApplication

    scheme = Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light
    QGuiApplication.styleHints().setColorScheme(scheme)
    QTest_wait()
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    if (window.lightness() < 128) == (theme == "dark"):
        return
    palette = QPalette(QColor(50, 50, 50) if theme == "dark" else QColor(239, 239, 239))
    QApplication.setPalette(palette)


if __name__ == "__main__":
    sys.exit(main())
