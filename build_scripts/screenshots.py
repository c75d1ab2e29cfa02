"""Take pictures of the real window: open photographs, wait for the results, grab.

.venv/bin/python build_scripts/screenshots.py pictures/                 five, Classify page and show
.venv/bin/python build_scripts/screenshots.py pictures/ --train DATA    five of the Train page
.venv/bin/python build_scripts/screenshots.py pictures/ --evaluate DATA seven of the Evaluate page
.venv/bin/python build_scripts/screenshots.py window.png --theme dark   one picture
.venv/bin/python build_scripts/screenshots.py window.png --language zh_CN
.venv/bin/python build_scripts/screenshots.py tour.webp                 thirty seconds, moving
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from fundus_gui.gui.evaluation.confusion_matrix import ConfusionMatrix
    from fundus_gui.gui.main_window import MainWindow

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageChops
from screenshots_tour import Tour, show, to_image, wait_for_photograph

Picture = Callable[[Path, str], None]

_LARGEST_FILE = 300_000  # bytes
_UNSEEN = 4  # of 256 levels: a difference that nobody sees on a flat area
_SETTLE_MS = 2000  # thumbnails and the photograph come from other threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures and name them."""
    options = _parse(arguments)
    os.environ["QT_QPA_PLATFORM"] = options.platform
    with tempfile.TemporaryDirectory(prefix="fundus-gui-pictures-") as folder:
        if options.train or options.evaluate:
            os.environ["FUNDUS_GUI_HOME"] = folder  # for the run or the evaluation
        return _take_all(options, Path(folder) / "settings.ini")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take pictures of the window.")
    parser.add_argument(
        "out", type=Path, help="a .png file for one picture, .webp for the tour, or a folder"
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--language", default="en", help="of the window, as in zh_CN")
    parser.add_argument("--images", type=Path, nargs="+", metavar="PATH", help="default: samples")
    parser.add_argument("--show", type=Path, metavar="FILE", help="which of them is looked at")
    parser.add_argument(
        "--train", type=Path, metavar="DATA", help="train on a folder of labelled photographs"
    )
    parser.add_argument(
        "--evaluate", type=Path, metavar="DATA", help="evaluate on a folder with test and val parts"
    )
    parser.add_argument("--epochs", type=int, default=25, help="of that training")
    parser.add_argument("--size", default="1440x900", metavar="WxH")
    parser.add_argument("--grid", action="store_true", help="thumbnails as a grid")
    parser.add_argument("--what-if", action="store_true", help="move a weight")
    parser.add_argument("--platform", choices=("offscreen", "xcb"), default="offscreen")
    return parser.parse_args(arguments)


def _take_all(options: argparse.Namespace, settings_path: Path) -> int:
    from fundus_gui.core.catalogue import read_catalogue
    from fundus_gui.gui.app import create_application
    from fundus_gui.gui.jobs import Engine
    from fundus_gui.gui.language import use_language
    from fundus_gui.gui.main_window import MainWindow

    use_language(create_application([]), options.language)
    catalogue = read_catalogue()
    window = MainWindow(catalogue, Engine(catalogue).classify, settings_path)
    window.resize(*map(int, options.size.split("x")))
    window.show()

    def picture(path: Path, theme: str) -> None:
        set_theme(theme)
        wait(_SETTLE_MS)
        wait_for_photograph(window, wait)
        save(window.grab(), path)

    if options.out.suffix.lower() == ".webp":
        tour = Tour(window, wait)
        tour.take(_photographs(options), options.show and options.show.absolute())
        tour.save(options.out)
    elif options.train:
        _train(window, options, picture)
    elif options.evaluate:
        _evaluate(window, options, picture)
    else:
        _classify(window, options, picture)
    window.close()
    return 0


def _classify(window: MainWindow, options: argparse.Namespace, picture: Picture) -> None:
    failures: list[BaseException] = []
    window.page.classification.failed.connect(failures.append)
    single = options.out.suffix.lower() == ".png"
    if not single:
        picture(options.out / "classify-empty.png", "light")
    window.page.open_paths(_photographs(options))
    while window.page.classification.busy:
        wait(50)
    if failures:
        raise SystemExit(f"The photographs could not be classified: {failures[0]}")
    _arrange(window, options)
    if single:
        picture(options.out, options.theme)
    else:
        picture(options.out / "classify-light.png", "light")
        picture(options.out / "classify-dark.png", "dark")
        window.commands.grid.setChecked(True)
        picture(options.out / "classify-grid.png", "light")
        _picture_of_the_show(window, options.out / "conference.png")


def _photographs(options: argparse.Namespace) -> list[Path]:
    from fundus_gui.core.paths import samples_dir

    return [path.absolute() for path in options.images or [samples_dir()]]


def _picture_of_the_show(window: MainWindow, out: Path) -> None:
    """Grab the stage of conference mode at the end of the scene of the current photograph."""
    from fundus_gui.core.images import thumbnail
    from fundus_gui.core.results import Prediction
    from fundus_gui.gui.demo.scene import Scene
    from fundus_gui.gui.demo.stage import Stage
    from fundus_gui.gui.labels import class_title
    from fundus_gui.gui.model_colours import model_colours
    from fundus_gui.gui.widgets.appearance import Appearance
    from fundus_gui.gui.widgets.image_view import to_pixmap

    prediction = window.page.vote.result
    if not isinstance(prediction, Prediction):
        raise SystemExit("The current photograph was not classified.")
    models = window.catalogue.models
    titles = {name: model.title for name, model in models.items()}
    stage = Stage()
    stage.set_appearance(Appearance(class_title, titles, model_colours(models)))
    stage.resize(1440, 810)
    scene = Scene(to_pixmap(thumbnail(prediction.path, 1600)), prediction)
    stage.tell(scene)
    wait(round(1000 * scene.seconds) + _SETTLE_MS)
    save(stage.grab(), out)


def _train(window: MainWindow, options: argparse.Namespace, picture: Picture) -> None:
    page = window.train_page
    window.show_page("train")
    picture(options.out / "train-empty.png", "light")
    window.open_data(options.train.absolute())
    while page.setup.data.is_reading():
        wait(50)
    page.setup.recipe.editor("epochs").set_value(options.epochs)
    picture(options.out / "train-data.png", "light")
    page.setup.bar.start.click()

    def epochs_done() -> int:
        return max((len(known.run.epochs) for known in page.control.runs), default=0)

    while epochs_done() <= options.epochs // 2:
        wait(100)
        if any(known.run.status == "failed" for known in page.control.runs):
            raise SystemExit(page.control.runs[0].run.problem)
    picture(options.out / "train-running.png", "light")
    while page.control.alive():
        wait(100)
    wait(5 * _SETTLE_MS)  # until the end has been read
    picture(options.out / "train-finished.png", "light")
    picture(options.out / "train-finished-dark.png", "dark")


def _evaluate(window: MainWindow, options: argparse.Namespace, picture: Picture) -> None:
    page = window.evaluate_page
    window.show_page("evaluate")
    window.open_data(options.evaluate.absolute())
    while page.setup.request() is None:
        wait(50)
    picture(options.out / "evaluate-setup.png", "light")
    page.setup.bar.start.click()
    while page.right.currentWidget() is page.progress:
        wait(100)
    wait(5 * _SETTLE_MS)  # until the evaluation is listed
    result = page.result
    if page.right.currentWidget() is not result:
        raise SystemExit("The photographs could not be evaluated.")

    def tab(widget: QWidget, name: str) -> None:
        result.tabs.setCurrentWidget(widget)
        wait(5 * _SETTLE_MS)  # charts are drawn in other threads
        picture(options.out / f"evaluate-{name}.png", "light")

    tab(result.classes, "classes")
    result.tabs.setCurrentWidget(result.confusion)
    _choose_commonest_mistake(result.confusion.matrix)
    tab(result.confusion, "confusion")
    result.tabs.setCurrentWidget(result.curves)
    result.curves.classes.setCurrentIndex(result.curves.classes.count() // 2)
    tab(result.curves, "curves")
    tab(result.calibration, "calibration")
    result.tabs.setCurrentWidget(result.weights)
    result.weights.start()
    while not result.weights.compare_bar.compare.isEnabled():
        wait(100)
    tab(result.weights, "weights")
    tab(result.mistakes, "mistakes")


def _choose_commonest_mistake(matrix: ConfusionMatrix) -> None:
    from fundus_gui.gui.evaluation.matrix_painter import Cell

    counts = matrix.matrix.counts
    cells = (Cell(*place) for place in permutations(range(len(counts)), 2))
    matrix.choose(max(cells, key=lambda cell: counts[cell.label][cell.answer]))


def save(pixmap: QPixmap, path: Path) -> None:
    """Write a picture as PNG, in its 256 most needed colours where it would be too large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = to_image(pixmap)
    picture.save(path, optimize=True)
    if path.stat().st_size > _LARGEST_FILE:
        _in_few_colours(picture).save(path, optimize=True)
    print(path, f"{path.stat().st_size / 1024:.0f} KiB")


def _in_few_colours(picture: Image.Image) -> Image.Image:
    """Reduce to 256 colours, dithered in photographs only: flat areas stay clean."""
    palette = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1)
    flat = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    dithered = picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    error = ImageChops.difference(picture, flat.convert("RGB")).convert("L")
    dithered.paste(flat, mask=error.point(lambda value: 255 if value < _UNSEEN else 0, "1"))
    return dithered


def wait(milliseconds: int) -> None:
    """Let the window and the threads work (QTest.qWait would hold the threads up)."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _arrange(window: MainWindow, options: argparse.Namespace) -> None:
    show(window, options.show and options.show.absolute())
    window.commands.grid.setChecked(options.grid)
    if options.what_if:
        from PySide6.QtWidgets import QSlider

        slider = window.page.vote.sliders.findChild(QSlider)
        if slider is not None:
            slider.setValue(slider.maximum() - slider.value())


def set_theme(theme: str) -> None:
    """Give the window the colours that Fusion has under a light or dark system."""
    from PySide6.QtGui import QColor, QPalette
    from PySide6.QtWidgets import QApplication

    from fundus_gui.gui.widgets.palette import legible

    palette = QApplication.style().standardPalette()
    if theme == "dark":
        palette = QPalette(QColor(50, 50, 50), QColor(50, 50, 50))
        role = QPalette.ColorRole
        white, grey = QColor(240, 240, 240), QColor(140, 140, 140)
        for roles, colour in (
            ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), white),
            ((role.Base, role.ToolTipBase), QColor(36, 36, 36)),
            ((role.AlternateBase,), QColor(43, 43, 43)),
            ((role.PlaceholderText,), QColor(240, 240, 240, 128)),
            ((role.Highlight,), QColor(48, 140, 198)),
            ((role.HighlightedText, role.BrightText), QColor(255, 255, 255)),
            ((role.Link,), QColor(90, 170, 230)),
        ):
            for each in roles:
                palette.setColor(each, colour)
        for each in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, grey)
    QApplication.setPalette(legible(palette))


if __name__ == "__main__":
    sys.exit(main())
