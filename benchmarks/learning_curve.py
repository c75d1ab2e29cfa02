"""How much better the answers get with more patients to learn from.

    python benchmarks/learning_curve.py --out DIR --data DIR --model vit_ti_16 [--fractions ...]

Trains on growing, nested shares of the training patients, stratified by class, with the same
validation part, settings as of `fundus-gui train`. What was trained before is not trained again,
and an interrupted run goes on, so the same command continues after any stop. After each repeat the
table `learning_curve.md` and the figure `learning_curve.svg` and `.png` are written anew.
"""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import numpy as np
import typer
from scipy.optimize import curve_fit

from fundus_gui.cli.options import PresetName
from fundus_gui.cli.settings_options import GroupedCommand, given_settings, with_options
from fundus_gui.cli.train_display import shown_to_people
from fundus_gui.core import atomic
from fundus_gui.core.datasets import Dataset, read_split, split_table
from fundus_gui.core.errors import ConfigError, FundusError
from fundus_gui.core.evaluation.intervals import Bootstrap, Interval, bootstrap, interval
from fundus_gui.core.evaluation.metrics import LOWER_IS_BETTER, OVERALL_FIGURES, WeightedSample
from fundus_gui.core.reports.pictures import rendered
from fundus_gui.core.reports.style import LIGHT, Style, font, legend, prepare
from fundus_gui.core.runs import Run, RunFolder, TrainConfig, find_preset, read_run, train_settings
from fundus_gui.core.runs.data import prepare_dataset
from fundus_gui.core.training import fit, resume
from fundus_gui.core.training.distillation import absolute_teacher

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIGURES = {
    "balanced_accuracy": "Balanced accuracy",
    "macro_auc": "Macro-AUC",
    "log_loss": "Log-loss (nats)",
}
BOOTSTRAP = Bootstrap()
LEAST_POINTS = 4  # for the three numbers of a power law
BEYOND = (2, 4)  # times the training part, to which is extrapolated
LAWS = 200  # replicates whose power laws make the band
Floats = np.ndarray[Any, np.dtype[np.float64]]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """What came of one share of the training part.

    Attributes:
        fraction: of the training patients.
        images, patients: their number, the mean over the repeats.
        values: of each figure in each repeat.
        replicates: of the bootstrap, for each figure the mean over the repeats.
    """

    fraction: float
    images: float
    patients: float
    values: dict[str, list[float]]
    replicates: dict[str, Floats]

    def interval(self, figure: str) -> Interval:
        """Return a figure's mean over the repeats with its interval."""
        return interval(float(np.mean(self.values[figure])), self.replicates[figure])


# Shares of the training part ----------------------------------------------------------------------


def nested_shares(data: Dataset, fractions: Sequence[float], seed: int) -> dict[float, Dataset]:
    """Return the validation part with growing shares of the training patients.

    A patient belongs to the rarest of their classes; of each class the first of a random order
    are taken, so that a larger share holds all of a smaller one and no class is ever missing.
    """
    training = data.part("train")
    frequency = Counter(image.label for image in training)
    stratum: dict[str, str] = {}
    for image in training:
        known = stratum.get(image.patient_id, image.label)
        stratum[image.patient_id] = min(known, image.label, key=lambda name: frequency[name])
    random = np.random.default_rng(seed)
    place: dict[str, float] = {}  # of each patient in the order of their class, 0 to 1
    for name in data.class_names:
        of_class = sorted(patient for patient, rarest in stratum.items() if rarest == name)
        order = random.permutation(len(of_class))
        place |= {of_class[i]: rank / len(of_class) for rank, i in enumerate(order)}
    return {
        fraction: dataclasses.replace(
            data,
            images=tuple(
                image
                for image in data.images
                if image.part == "val"
                or (image.part == "train" and place[image.patient_id] < fraction)
            ),
        )
        for fraction in fractions
    }


def write_share(share: Dataset, folder: Path) -> None:
    """Write a `labels.csv` that names the photographs where they lie."""
    absolute = [dataclasses.replace(image, path=image.path.resolve()) for image in share.images]
    table = split_table(dataclasses.replace(share, images=tuple(absolute), folder=folder))
    atomic.write_bytes(folder / "labels.csv", table.encode("utf-8"))


# Training -----------------------------------------------------------------------------------------


def trained(config: TrainConfig, out: Path) -> Run:
    """Return the finished run of a share: read, gone on with, or trained now."""
    if not RunFolder(out).split_file.is_file():  # no training began
        events = fit(config, out, command="benchmarks/learning_curve.py")
    else:
        run = read_run(out)
        if run.config != config:
            raise ConfigError(f"{out} was trained with other settings. Choose another --out.")
        if run.status == "finished":
            return run
        if not run.can_resume:
            raise ConfigError(f"{out} can neither be used nor gone on with. Remove it.")
        events = resume(out, command="benchmarks/learning_curve.py")
    with shown_to_people() as show:
        for event in events:
            show(event)
    return read_run(out)


def drained(work: Generator[Any, None, Result]) -> Result:
    """Return what a generator returns in the end."""
    try:
        while True:
            next(work)
    except StopIteration as end:
        result: Result = end.value
        return result


# Measuring ----------------------------------------------------------------------------------------


def point(fraction: float, runs: Sequence[Run]) -> Point:
    """Measure the runs of one share, of which each repeat is one, on the validation part."""
    values: dict[str, list[float]] = {name: [] for name in FIGURES}
    replicates: dict[str, list[Floats]] = {name: [] for name in FIGURES}
    images, patients = [], []
    for run in runs:
        assert run.config is not None
        data = read_split(Path(run.config.data), run.folder.split_file)
        sample = predictions(run.folder, data)
        of_patients = [image.patient_id for image in data.part("val")]
        for name in FIGURES:
            figure = OVERALL_FIGURES[name]
            values[name].append(float(figure(sample)[0]))
            replicates[name].append(bootstrap(figure, sample, of_patients, BOOTSTRAP))
        images.append(len(data.part("train")))
        patients.append(len({image.patient_id for image in data.part("train")}))
    means = {name: np.mean(drawn, axis=0) for name, drawn in replicates.items()}
    return Point(fraction, float(np.mean(images)), float(np.mean(patients)), values, means)


def predictions(run: RunFolder, data: Dataset) -> WeightedSample:
    """Read what the best weights answered in validation."""
    table = run.path / "validation_predictions.csv"
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    labels = [data.class_names.index(row[1]) for row in rows]
    return WeightedSample.of([[float(cell) for cell in row[2:]] for row in rows], labels)


@dataclass(frozen=True, slots=True, eq=False)
class PowerLaw:
    """What is missing to the best value falls as a + b · (images)^-c.

    Attributes:
        numbers: a, b, c, with images in units of the largest share.
        drawn: the same of every replicate, (R, 3).
        unit: images in the largest share.
        is_loss: whether the best value is 0, not 1.
    """

    numbers: Floats
    drawn: Floats
    unit: float
    is_loss: bool

    def at(self, images: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the curve and the ends of its band."""
        x = images / self.unit
        rows = np.array([falling(x, *numbers) for numbers in (self.numbers, *self.drawn)])
        rows = rows if self.is_loss else 1 - rows
        low, high = np.quantile(rows[1:], [0.025, 0.975], axis=0)
        return rows[0], low, high


def falling(x: Floats, a: float, b: float, c: float) -> Floats:
    """Return a + b · x^-c."""
    return a + b * x**-c


def power_law(points: Sequence[Point], figure: str) -> PowerLaw | None:
    """Fit a power law; None for too few points."""
    if len(points) < LEAST_POINTS:
        return None
    unit = max(p.images for p in points)
    x = np.array([p.images for p in points]) / unit
    rows = np.array([[np.mean(p.values[figure]), *p.replicates[figure][:LAWS]] for p in points]).T
    is_loss = figure in LOWER_IS_BETTER
    missing = rows if is_loss else 1 - rows
    spread = missing[1:].std(axis=0).clip(min=1e-6)
    fitted = []
    for row in missing:
        best, worst = row.min(), row.max()
        start = (best / 2, max(best / 2, 1e-6), 0.5)
        bounds = ((0, 0, 0), (max(best, 1e-9), 2 * worst + 1e-3, 3))
        numbers, _ = curve_fit(falling, x, row, start, spread, bounds=bounds, max_nfev=2000)
        fitted.append(numbers)
    return PowerLaw(fitted[0], np.array(fitted[1:]), unit, is_loss)


# Showing ------------------------------------------------------------------------------------------


def table(points: Sequence[Point]) -> str:
    """Return the table in Markdown."""
    titles = ["share", "patients", "photographs", *(f"{name} (95 %)" for name in FIGURES.values())]
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    for p in points:
        cells = [f"{p.fraction:.4g}", f"{p.patients:.0f}", f"{p.images:.0f}"]
        cells += [cell(p.interval(name), p.values[name]) for name in FIGURES]
        lines.append(f"| {' | '.join(cells)} |")
    laws = {name: power_law(points, name) for name in FIGURES}
    for times in BEYOND if all(laws.values()) else ():
        images = times * max(p.images for p in points)
        cells = [f"*{times} × (extrapolated)*", "", f"*{images:.0f}*"]
        for law in laws.values():
            assert law is not None
            value, low, high = (float(ends[0]) for ends in law.at(np.array([images])))
            cells.append(f"*{value:.3f} ({low:.3f} – {high:.3f})*")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *notes(points)]) + "\n"


def cell(known: Interval, repeats: Sequence[float]) -> str:
    """Return a figure with its interval, and its range over the repeats if there are several."""
    text = f"{known.value:.3f} ({known.low:.3f} – {known.high:.3f})"
    return f"{text}; {min(repeats):.3f} … {max(repeats):.3f}" if len(repeats) > 1 else text


def notes(points: Sequence[Point]) -> list[str]:
    """Return what a reader of the table should know."""
    sentences = [
        "Intervals draw the patients of the validation part, not those of the training part.",
        "The best epoch was chosen on the same part: all figures are optimistic.",
    ]
    if max(len(p.values["log_loss"]) for p in points) > 1:
        sentences.append("After them, the range over repeats with other patients and seeds.")
    if len(points) >= LEAST_POINTS:
        sentences.append("Extrapolated rows are a power law a + b · n^-c, not measurements.")
    return [" ".join(sentences)]


def draw(points: Sequence[Point], figure: Figure, style: Style) -> None:
    """Draw a panel for each figure."""
    figure.set_size_inches(12, 3.9)
    panels = figure.subplots(1, len(FIGURES))
    for panel, (name, title) in zip(panels, FIGURES.items(), strict=True):
        draw_panel(panel, points, name, title, style)


def draw_panel(axes: Axes, points: Sequence[Point], figure: str, title: str, style: Style) -> None:
    """Draw one figure over the number of training photographs."""
    prepare(axes, style)
    images = np.array([p.images for p in points])
    known = [p.interval(figure) for p in points]
    value = np.array([i.value for i in known])
    ends = np.array([[i.value - i.low, i.high - i.value] for i in known]).T.clip(min=0)
    law = power_law(points, figure)
    axes.set_xscale("log")
    if law is not None:
        x = np.geomspace(images.min(), max(BEYOND) * images.max(), 100)
        curve, low, high = law.at(x)
        axes.fill_between(x, low, high, color=style.cycle[1], alpha=0.15, linewidth=0)
        law_title = "Power law, extrapolated to the right"
        axes.plot(x, curve, "--", color=style.cycle[1], label=law_title)
        axes.axvspan(images.max(), x[-1], color=style.grid, alpha=0.5, zorder=0)
    looks: dict[str, Any] = {"fmt": "o", "color": style.cycle[0], "capsize": 3, "markersize": 4}
    axes.errorbar(images, value, yerr=ends, label="Measured, with 95 % interval", **looks)
    for p in points:
        of_repeats = p.values[figure]
        if len(of_repeats) > 1:
            axes.plot([p.images] * len(of_repeats), of_repeats, "_", color=style.muted)
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    beyond = [times * images.max() for times in BEYOND] if law is not None else []
    ticks = [*images.tolist(), *beyond]
    axes.set_xticks(ticks, [f"{count:.0f}" for count in ticks])
    axes.minorticks_off()
    axes.set_xlabel("Training photographs", color=style.muted, **font(style, 0.92))
    legend(axes, style, title)


def write(points: Sequence[Point], out: Path) -> None:
    """Write table and figure."""
    atomic.write_bytes(out / "learning_curve.md", table(points).encode("utf-8"))
    for suffix in ("svg", "png"):
        picture = rendered(partial(draw, points), LIGHT, suffix)
        atomic.write_bytes(out / f"learning_curve.{suffix}", picture)


# The command --------------------------------------------------------------------------------------

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(cls=GroupedCommand, help=__doc__)
@with_options(train_settings())
def main(
    out: Annotated[Path, typer.Option(help="Folder of the runs, made when missing.")],
    fractions: Annotated[str, typer.Option(help="Of the patients.")] = "0.125,0.25,0.5,1",
    repeats: Annotated[int, typer.Option(min=1, help="With other patients and seeds.")] = 1,
    equal: Annotated[
        Literal["updates", "epochs"],
        typer.Option(help="What all shares have alike; equal updates are more epochs for less."),
    ] = "updates",
    preset: PresetName = None,
    **settings: Any,
) -> None:
    """Train and measure what is not there yet."""
    given = given_settings(settings)
    recipe = find_preset(preset).settings(given.get("model", "")) if preset else {}
    try:
        run_all(
            TrainConfig().changed(**{**recipe, **given}), out, shares_of(fractions), repeats, equal
        )
    except FundusError as error:
        raise SystemExit(str(error)) from error


def shares_of(text: str) -> list[float]:
    """Read the fractions, ascending."""
    fractions = sorted({float(part) for part in text.split(",")})
    if not fractions or fractions[0] <= 0 or fractions[-1] > 1:
        raise ConfigError(f"The fractions must be above 0 and at most 1, not {text}.")
    return fractions


def run_all(
    base: TrainConfig, out: Path, fractions: Sequence[float], repeats: int, equal: str
) -> None:
    """Train repeat after repeat, each from the smallest share on."""
    data, _ = drained(prepare_dataset(base))
    runs: dict[float, list[Run]] = {fraction: [] for fraction in fractions}
    for repeat in range(repeats):
        shares = nested_shares(data, fractions, base.seed + repeat)
        for fraction, share in shares.items():
            name = f"{fraction:g} repeat {repeat + 1}"
            folder = (out / "data" / name).absolute()
            write_share(share, folder)
            grown = len(share.part("train")) / len(data.part("train")) if equal == "updates" else 1
            config = base.changed(
                data=str(folder),
                duplicates="ignore",  # they were answered before the patients were chosen
                patient_pattern="",
                folds=0,
                fold=1,
                epochs=round(base.epochs / grown),
                seed=base.seed + repeat,
                teacher=absolute_teacher(base),
            )
            typer.echo(f"Share {name}: {len(share.part('train'))} photographs")
            runs[fraction].append(trained(config, out / "runs" / name))
        write([point(f, found) for f, found in runs.items()], out)
    typer.echo((out / "learning_curve.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    app()
