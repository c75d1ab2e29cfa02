"""Columns and record of a classification, asked from the exporter itself."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping

from documentation.markdown import code, plain, table
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.export import RunRecord, chain, table_columns
from fundus_gui.core.preprocessing import Preprocessing

_CLASS, _MODEL = "CLASS", "MODEL"
_TYPES = {str: "text", float: "number", int: "whole number"}

COLUMNS: Mapping[str, str] = {
    "filename": "Name of the file.",
    "relative_path": "Its path below the folder that was opened, with forward slashes.",
    "status": "`ok` or `failed`.",
    "error": "Where it failed, the sentence that says why.",
    "label": "Most probable class.",
    "prob": "Its probability.",
    f"prob_{_CLASS}": "The ensemble's probability of each class, calibrated where it stores a "
    "temperature. The probabilities of a row add up to 1.",
    f"{_MODEL}__prob_{_CLASS}": "Each model's own probability of each class.",
    f"{_MODEL}__weight": "Each model's weight in the vote on this photograph; they add up to 1.",
    "agreement": "Share of the vote weight, 0 to 1, whose own top class is the ensemble's.",
    "entropy": "Shannon entropy of the vote in nats: 0 is certain, ln K is undecided between "
    "all K classes.",
    "seconds": "Time that the photograph took, from reading to answer.",
    "image_sha256": "SHA-256 of the file's bytes.",
    "warnings": "Conversions made while reading that a reader should know of, joined by `;`.",
    f"{_MODEL}__weights_sha256": "SHA-256 of the weights file that answered.",
    "prediction_set": "Classes that the answer leaves open, most probable first, joined by `;`. "
    "Empty for an ensemble without prediction sets.",
    "outcome": "`report`, or `refer` where a person should look. Empty for an ensemble without "
    "referral.",
    "file_bytes": "Size of the file when it was read.",
    "file_modified_ns": "When the file was last changed, in nanoseconds since 1970 (UTC).",
    "row_hash": "SHA-256 over the hash of the row before and this row's cells; "
    "`fundus-gui verify` checks the chain.",
}

RECORD: Mapping[str, str] = {
    "notice": "Research use only.",
    "program": "Name and version of the program.",
    "versions": "Versions of Python and of the libraries that compute.",
    "platform": "Operating system and machine.",
    "device": "What computed, for people.",
    "precision": "What it computed in, e.g. `float32` or `bfloat16`.",
    "command": "The exact command that does the same again.",
    "roots": "The files and folders that were opened.",
    "recursive": "Whether subfolders were looked into.",
    "started": "When the run began, UTC.",
    "updated": "When this record was last written, UTC.",
    "is_complete": "Whether every photograph has its row; `false` after a stop or a kill.",
    "classified": "Rows with `status` `ok`.",
    "failed": "Rows with `status` `failed`.",
    "class_names": "The classes in the order of the columns.",
    "ensemble": "The ensemble with its settings, see the format of "
    "[ensembles.toml](ensembles-format.md).",
    "models": "For each model the hash of its weights, architecture, preprocessing, temperature "
    "and licence.",
    "pseudonym_key": "Of a table with pseudonyms, the fingerprint of the key that made them; "
    "none otherwise.",
    "resumed": "When the table was continued, if it was.",
    "last_row_hash": "The last link of the chain of `row_hash`.",
    "paths": "Whether names stand as they are (`relative`) or as pseudonyms (`hashed`).",
}


def sample_run() -> RunRecord:
    """Return the record of a run of one model with two classes, named by what they stand for."""
    card = ModelCard(
        architecture="tiny", class_names=(_CLASS, "OTHER"), preprocessing=Preprocessing()
    )
    return RunRecord(
        ensemble=EnsembleSpec(name="example", members=(_MODEL,), weights=(1.0,)),
        cards={_MODEL: card},
        weights_sha256={_MODEL: "0" * 64},
        device="CPU",
    )


def columns_table() -> str:
    """Return every column in order with its type and meaning."""
    columns = {n: kind for n, kind in table_columns(sample_run()).items() if "OTHER" not in n}
    rows = [(code(name), _TYPES[kind], _known(COLUMNS, name)) for name, kind in columns.items()]
    return table(("column", "type", "meaning"), rows)


def record_table() -> str:
    """Return every key of the record beside a table of results, with its meaning."""
    return table(("key", "meaning"), ((code(key), _known(RECORD, key)) for key in record_keys()))


def record_keys() -> Iterable[str]:
    """Return the keys that a record has now."""
    text = sample_run().to_json(classified=1, failed=0, is_complete=True)
    return list(json.loads(text))


def chain_definition() -> str:
    """Return how the hashes of the rows are made, as their module says it."""
    _, _, definition = (inspect.getdoc(chain) or "").partition("\n\n")
    return definition


def _known(meanings: Mapping[str, str], name: str) -> str:
    if name not in meanings:
        raise LookupError(f"documentation/results.py does not say what {plain(name)} means.")
    return meanings[name]
