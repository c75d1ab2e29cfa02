"""One row per photograph, its columns and cells, readable by a statistician's program.

Column names follow timm (`filename, label, prob`); failed files keep their row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.results import ImageResult, Prediction

Cell = str | float | None
ROW_HASH = "row_hash"
"""The last column, see `chain`."""

_FORMULA_STARTS = frozenset("=+-@＝＋－＠")


def table_columns(run: RunRecord) -> dict[str, type]:
    """Return the columns in order, each `str`, `float` or `int`; `row_hash` is the last."""
    return columns_of(run.class_names, run.ensemble.members)


def columns_of(class_names: Iterable[str], member_names: Iterable[str]) -> dict[str, type]:
    """Return the columns of a table of these classes and models."""
    classes, members = tuple(map(writable, class_names)), tuple(map(writable, member_names))
    texts = ("filename", "relative_path", "status", "error", "label")
    numbers = (
        "prob",
        *(f"prob_{name}" for name in classes),
        *(f"{member}__prob_{name}" for member in members for name in classes),
        *(f"{member}__weight" for member in members),
        "agreement",
        "entropy",
        "seconds",
    )
    return {
        **dict.fromkeys(texts, str),
        **dict.fromkeys(numbers, float),
        **dict.fromkeys(("image_sha256", "warnings"), str),
        **dict.fromkeys((f"{member}__weights_sha256" for member in members), str),
        **dict.fromkeys(("prediction_set", "outcome"), str),
        **dict.fromkeys(("file_bytes", "file_modified_ns"), int),
        ROW_HASH: str,
    }


def table_row(result: ImageResult, run: RunRecord) -> dict[str, Cell]:
    """Return the cells of one photograph by column; those without a value are absent.

    So is `row_hash`, which depends on the rows before.
    """
    filename, relative_path = run.names(result.path)
    row: dict[str, Cell] = {
        "filename": filename,
        "relative_path": relative_path,
        "seconds": result.seconds,
        "image_sha256": result.image_sha256,
    }
    if isinstance(result, Prediction):
        row |= answer_cells(result)
        row["warnings"] = "; ".join(
            run.without_names(note, result.path) for note in result.warnings
        )
        row |= {f"{name}__weights_sha256": sha256 for name, sha256 in run.weights_sha256.items()}
    else:
        row |= {"status": "failed", "error": run.without_names(result.error, result.path)}
    if result.file_bytes is not None:
        row["file_bytes"] = result.file_bytes
    if result.file_modified_ns is not None:
        row["file_modified_ns"] = result.file_modified_ns
    return {
        writable(name): writable(cell) if isinstance(cell, str) else cell
        for name, cell in row.items()
    }


def answer_cells(result: Prediction) -> dict[str, Cell]:
    """Return the cells that follow from the members' probabilities and the decision."""
    row: dict[str, Cell] = {
        "status": "ok",
        "label": result.label,
        "prob": result.confidence,
        "agreement": result.agreement,
        "entropy": result.entropy,
    }
    row |= _named("prob_", result.class_names, result.probabilities)
    for member, weight, probabilities in zip(
        result.member_names, result.image_weights, result.member_probabilities, strict=True
    ):
        row |= _named(f"{member}__prob_", result.class_names, probabilities)
        row[f"{member}__weight"] = weight
    if result.prediction_set is not None:
        row["prediction_set"] = ";".join(result.prediction_set)
    if result.outcome is not None:
        row["outcome"] = result.outcome
    return row


def _named(prefix: str, names: Iterable[str], values: Iterable[float]) -> dict[str, Cell]:
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def csv_line(cells: Iterable[Cell]) -> str:
    r"""Return a line of the CSV as it is written, up to and with its `\r\n`."""
    line = io.StringIO()
    csv.writer(line).writerow(map(defused, cells))
    return line.getvalue()


def writable(text: str) -> str:
    """Show what is no text, such as undecodable bytes of a name, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def defused(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Text that looks as if this had been done already gets one too, so that it can be undone.
    """
    if not isinstance(cell, str):
        return cell
    starts = [line.lstrip().lstrip("'")[:1] for line in cell.splitlines()]
    is_formula = cell[:1] in {"\t", "\r"} or not _FORMULA_STARTS.isdisjoint(starts)
    return f"'{cell}" if is_formula else cell


def undefused(cell: str) -> str:
    """Take away the apostrophe that `defused` put before a cell."""
    return cell[1:] if cell[:1] == "'" and defused(cell[1:]) == cell else cell
