"""What is written into `ensembles.toml` is read again, and what stood there stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.catalogue import (
    ENSEMBLES_FILE,
    EnsembleSpec,
    PredictionSets,
    Referral,
    read_catalogue,
    write_ensemble,
)
from fundus_gui.core.errors import EnsembleError

FULL = EnsembleSpec(
    name="fitted",
    members=("tiny_a", "tiny_b"),
    weights=(0.6, 0.4),
    title="Fitted",
    method="inverse_variance",
    fitted_on="validation part, 510 photographs",
    images_sha256="ab" * 32,
    notes=("The members' errors correlate with 0.80.",),
    rule="entropy",
    temperature=1.25,
    prediction_sets=PredictionSets(coverage=0.9, thresholds=(0.7, 0.8, 0.9), score="aps"),
    referral=Referral(confidence=0.5, agreement=0.6),
)
PLAIN = EnsembleSpec(name="plain", members=("tiny_b",), weights=(1.0,))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def test_an_ensemble_is_read_as_it_was_written(own: Path, tiny_weights: Path) -> None:
    for spec in (FULL, PLAIN):
        assert write_ensemble(spec, own) == own / ENSEMBLES_FILE
    catalogue = read_catalogue([tiny_weights, own])
    assert catalogue.refused == ()
    assert catalogue.ensembles["fitted"] == FULL
    assert catalogue.ensembles["plain"] == PLAIN
    assert list(catalogue.ensembles) == ["pair", "fitted", "plain"]


@given(name=st.text(min_size=1), title=st.text(), weights=st.lists(st.floats(0.01, 9), min_size=1))
def test_any_spec_survives_its_table(name: str, title: str, weights: list[float]) -> None:
    members = tuple(f"model {index}" for index in range(len(weights)))
    spec = EnsembleSpec(name=name, title=title, members=members, weights=tuple(weights))
    again = EnsembleSpec.from_table(name, spec.to_table())
    assert again.weights == pytest.approx(spec.weights)
    assert (again.name, again.title, again.members) == (name, title, members)


def test_what_is_not_set_is_not_written() -> None:
    assert list(PLAIN.to_table()) == ["members", "weights", "title", "method"]


def test_a_new_ensemble_leaves_the_rest_of_the_file_to_the_letter(own: Path) -> None:
    own.mkdir()
    text = '# mine\n[ensembles.old]  # kept\nmembers = ["x"]\nweights = [1]\nfuture = 3\n'
    (own / ENSEMBLES_FILE).write_text(text, encoding="utf-8")
    write_ensemble(PLAIN, own)
    assert (own / ENSEMBLES_FILE).read_text(encoding="utf-8").startswith(text)


@pytest.mark.parametrize("text", ["ensembles = {}", 'ensembles = {old = {members = ["x"]}}', ""])
def test_a_file_in_another_style_is_extended_too(own: Path, text: str) -> None:
    own.mkdir()
    (own / ENSEMBLES_FILE).write_text(f"version = 1\n{text}", encoding="utf-8")
    before = tomllib.loads(text).get("ensembles", {})
    write_ensemble(PLAIN, own)
    after = tomllib.loads((own / ENSEMBLES_FILE).read_text(encoding="utf-8"))
    assert after["version"] == 1
    assert list(after["ensembles"]) == [*before, "plain"]
    assert {name: after["ensembles"][name] for name in before} == before


def test_a_name_that_is_taken_is_refused_unless_told(own: Path, tiny_weights: Path) -> None:
    write_ensemble(FULL, own)
    write_ensemble(PLAIN, own)
    before = (own / ENSEMBLES_FILE).read_bytes()
    other = EnsembleSpec(name="fitted", members=("tiny_b", "tiny_a"), weights=(1, 1))
    with pytest.raises(EnsembleError, match=r"already an ensemble 'fitted'.*allow"):
        write_ensemble(other, own)
    assert (own / ENSEMBLES_FILE).read_bytes() == before
    write_ensemble(other, own, overwrite=True)
    ensembles = read_catalogue([tiny_weights, own]).ensembles
    assert (ensembles["fitted"], ensembles["plain"]) == (other, PLAIN)


@pytest.mark.parametrize("content", [b"[ensembles", b"\xff\xfe", b"ensembles = 3"])
def test_a_file_that_cannot_be_read_is_not_touched(own: Path, content: bytes) -> None:
    own.mkdir()
    (own / ENSEMBLES_FILE).write_bytes(content)
    with pytest.raises(EnsembleError, match=r"^ensembles\.toml "):
        write_ensemble(PLAIN, own, overwrite=True)
    assert (own / ENSEMBLES_FILE).read_bytes() == content


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnsembleError, match="cannot be written"):
        write_ensemble(PLAIN, tmp_path / "file" / "folder")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"rule": "median"}, "no rule of the vote 'median'. Known: constant, entropy"),
        ({"temperature": 0}, "temperature of the vote must be above 0, not 0.0"),
        ({"temperature": "hot"}, "lacks a setting or holds an impossible one"),
        ({"prediction_sets": {"coverage": 1.5, "thresholds": [1]}}, "between 0 and 1, not 1.5"),
        ({"prediction_sets": {"coverage": 0.9, "thresholds": []}}, "need a threshold"),
        ({"prediction_sets": {"coverage": 0.9}}, "lacks a setting"),
        ({"prediction_sets": {"coverage": 0.9, "thresholds": [1], "score": "x"}}, "score 'x'"),
        ({"referral": {"confidence": 2}}, "thresholds from 0 to 1, not 2.0"),
        ({"referral": 3}, "lacks a setting"),
    ],
)
def test_settings_of_no_meaning_are_refused(setting: dict[str, Any], problem: str) -> None:
    with pytest.raises(EnsembleError, match=problem):
        EnsembleSpec.from_table("bad", PLAIN.to_table() | setting)


def test_thresholds_must_be_one_or_one_for_each_class(own: Path, tiny_weights: Path) -> None:
    for name, count in (("one", 1), ("two", 2), ("three", 3)):
        sets = PredictionSets(coverage=0.9, thresholds=(0.5,) * count)
        spec = EnsembleSpec(name=name, members=("tiny_a",), weights=(1,), prediction_sets=sets)
        write_ensemble(spec, own)
    catalogue = read_catalogue([tiny_weights, own])
    assert list(catalogue.ensembles) == ["pair", "one", "three"]
    assert "2 thresholds for 3 classes" in catalogue.refused[0]
