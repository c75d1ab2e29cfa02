"""Whatever lies in the weights folders, the usable part is usable and the rest is named."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from tiny_weights import CLASS_NAMES, WEIGHTS, write_tiny_model, write_tiny_weights

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue, weights_dirs
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.errors import EnsembleError, UnknownNameError
from fundus_gui.core.paths import user_data_dir, weights_dir


@pytest.fixture
def folder(tmp_path: Path, tiny_weights: Path) -> Path:
    """Return a copy of the tiny weights that a test may spoil."""
    return Path(shutil.copytree(tiny_weights, tmp_path / "weights"))


def write_ensembles(folder: Path, text: str) -> None:
    (folder / "ensembles.toml").write_text(text, encoding="utf-8")


# Reading ------------------------------------------------------------------------------------------


def test_models_and_ensembles_are_found(tiny_weights: Path) -> None:
    catalogue = read_catalogue([tiny_weights])
    assert list(catalogue.models) == ["tiny_a", "tiny_b"]
    model = catalogue.model("tiny_b")
    assert (model.path, model.title) == (tiny_weights / "tiny_b.safetensors", "tiny_b")
    assert model.card.class_names == CLASS_NAMES
    pair = catalogue.ensemble("pair")
    assert (pair.members, pair.weights) == (("tiny_a", "tiny_b"), WEIGHTS)
    assert (pair.title, pair.method) == ("Pair", "given")
    assert catalogue.default is pair
    assert catalogue.refused == ()


def test_those_that_vote_come_first_in_their_folder(folder: Path) -> None:
    write_tiny_model(folder / "a_loner.safetensors", seed=5)
    assert list(read_catalogue([folder]).models) == ["tiny_a", "tiny_b", "a_loner"]


def test_a_model_without_a_title_is_shown_by_its_name(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "eye.safetensors", title="")
    assert read_catalogue([tmp_path]).model("eye").title == "eye"


def test_folders_add_up_in_their_order(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    write_tiny_model(own / "mine.safetensors", seed=5)
    write_ensembles(own, '[ensembles.trio]\nmembers = ["tiny_a", "mine"]\nweights = [1, 3]\n')
    catalogue = read_catalogue([folder, own])
    assert list(catalogue.models) == ["tiny_a", "tiny_b", "mine"]
    assert list(catalogue.ensembles) == ["pair", "trio"]
    assert catalogue.default.name == "pair"
    assert catalogue.ensemble("trio").weights == (0.25, 0.75)


def test_no_weights_at_all_say_where_to_put_some(tmp_path: Path) -> None:
    for folders in ([], [tmp_path], [tmp_path / "missing"]):
        catalogue = read_catalogue(folders)
        assert catalogue == Catalogue({}, {})
        with pytest.raises(EnsembleError, match="No weights are installed") as caught:
            _ = catalogue.default
        assert str(user_data_dir() / "weights") in str(caught.value)


def test_the_shipped_weights_and_ones_own_are_read_by_default() -> None:
    assert weights_dirs() == (weights_dir(), user_data_dir() / "weights")
    assert read_catalogue() == read_catalogue(weights_dirs())


def test_nothing_that_is_shipped_is_refused() -> None:
    catalogue = read_catalogue([weights_dir()])
    assert catalogue.refused == ()
    for model in catalogue.models.values():
        assert load_checkpoint(model.path).card == model.card


def test_a_single_model_is_the_default_where_no_ensemble_is_named(folder: Path) -> None:
    (folder / "ensembles.toml").unlink()
    assert read_catalogue([folder]).default.members == ("tiny_a",)


# What cannot be used ------------------------------------------------------------------------------


def test_a_damaged_file_is_named_and_the_others_stay(folder: Path) -> None:
    (folder / "cut.safetensors").write_bytes(b"cut")
    (folder / "folder.safetensors").mkdir()
    (folder / "notes.txt").write_text("not weights")
    catalogue = read_catalogue([folder])
    assert list(catalogue.models) == ["tiny_a", "tiny_b"]
    assert list(catalogue.ensembles) == ["pair"]
    assert len(catalogue.refused) == 2
    assert catalogue.refused[0].startswith("Weights file cut.safetensors was refused: ")
    assert catalogue.refused[1].startswith("Weights file folder.safetensors was refused: ")


WRONG = "Its table lacks a setting or holds an impossible one ("
GOOD = '[ensembles.good]\nmembers = ["tiny_b"]\nweights = [1]\n'


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('members = ["tiny_a", "tiny_c"]\nweights = [1, 1]', "The model 'tiny_c' is not installed"),
        ('members = ["tiny_a", "tiny_a"]\nweights = [1, 1]', "The ensemble 'bad' names a model tw"),
        ('members = ["tiny_a", "tiny_b"]\nweights = [1]', "2 models need 2 vote weights, not 1"),
        ('members = ["tiny_a", "tiny_b"]\nweights = [0, 0]', "All vote weights are 0"),
        ('members = ["tiny_a", "tiny_b"]\nweights = [1, -1]', "Vote weights must be numbers of at"),
        ('members = ["tiny_a", "tiny_b"]\nweights = [1, nan]', "Vote weights must be numbers of a"),
        ('members = ["tiny_a"]\nweights = ["much"]', WRONG),
        ("members = []\nweights = []", "The ensemble 'bad' has no members."),
        ('members = ["tiny_a"]', WRONG + "'weights')."),
        ("weights = [1]", WRONG + "'members')."),
        ("members = 3\nweights = 3", WRONG),
        ("members = [3]\nweights = [1]", "The model '3' is not installed."),
        ("members = [[1]]\nweights = [1]", WRONG),
    ],
    ids=range(13),
)
def test_an_unusable_ensemble_is_named_and_the_others_stay(
    folder: Path, entry: str, problem: str
) -> None:
    write_ensembles(folder, f"[ensembles.bad]\n{entry}\n{GOOD}")
    catalogue = read_catalogue([folder])
    assert list(catalogue.ensembles) == ["good"]
    (sentence,) = catalogue.refused
    assert sentence.startswith(f"The ensemble 'bad' of ensembles.toml is left out: {problem}")


@pytest.mark.parametrize(
    "content",
    [b"[ensembles", b"\xff\xfe", b"ensembles = 3", b"ensembles = [1]", b"\0", b"a = 1\na = 2"],
)
def test_an_unreadable_list_of_ensembles_leaves_the_models(folder: Path, content: bytes) -> None:
    (folder / "ensembles.toml").write_bytes(content)
    catalogue = read_catalogue([folder])
    assert list(catalogue.models) == ["tiny_a", "tiny_b"]
    assert catalogue.ensembles == {}
    (sentence,) = catalogue.refused
    assert sentence.startswith("ensembles.toml ")
    assert "\n" not in sentence


def test_a_list_without_ensembles_and_an_entry_that_is_none(folder: Path) -> None:
    write_ensembles(folder, "")
    assert read_catalogue([folder]).refused == ()
    write_ensembles(folder, "[ensembles]\nbad = 3")
    assert WRONG in read_catalogue([folder]).refused[0]


def test_models_of_other_classes_or_another_order_cannot_vote_together(folder: Path) -> None:
    write_tiny_model(folder / "turned.safetensors", class_names=CLASS_NAMES[::-1])
    write_ensembles(folder, '[ensembles.bad]\nmembers = ["tiny_a", "turned"]\nweights = [1, 1]\n')
    catalogue = read_catalogue([folder])
    sentence = (
        "tiny_a and turned cannot vote together: their classes are (amd, glaucoma, normal) "
        "and (normal, glaucoma, amd)."
    )
    assert catalogue.refused[0].endswith(sentence)
    with pytest.raises(EnsembleError) as caught:
        catalogue.of_models(["tiny_a", "turned"])
    assert str(caught.value) == sentence


# Choosing -----------------------------------------------------------------------------------------


def test_freely_chosen_models_vote_with_equal_weights_unless_given(tiny_weights: Path) -> None:
    catalogue = read_catalogue([tiny_weights])
    equal = catalogue.of_models(["tiny_b", "tiny_a"])
    assert (equal.name, equal.title) == ("tiny_b + tiny_a", "tiny_b + tiny_a")
    assert (equal.members, equal.weights) == (("tiny_b", "tiny_a"), (0.5, 0.5))
    assert equal.method == "equal"
    given = catalogue.of_models(["tiny_b", "tiny_a"], [3, 2])
    assert (given.weights, given.method) == ((0.6, 0.4), "given")


def test_a_choice_that_cannot_be_made_is_refused(tiny_weights: Path) -> None:
    catalogue = read_catalogue([tiny_weights])
    with pytest.raises(EnsembleError, match="Choose at least one model"):
        catalogue.of_models([])
    with pytest.raises(EnsembleError, match="names a model twice"):
        catalogue.of_models(["tiny_a", "tiny_a"])
    with pytest.raises(EnsembleError, match="2 models need 2 vote weights, not 3"):
        catalogue.of_models(["tiny_a", "tiny_b"], [1, 2, 3])


def test_an_unknown_name_suggests_the_nearest(tiny_weights: Path) -> None:
    catalogue = read_catalogue([tiny_weights])
    with pytest.raises(UnknownNameError, match=r"no model named 'tiny-a'\. Did you mean 'tiny_a'"):
        catalogue.model("tiny-a")
    with pytest.raises(UnknownNameError, match=r"no ensemble named 'pear'\. Did you mean 'pair'"):
        catalogue.ensemble("pear")
    with pytest.raises(UnknownNameError, match=r"no model named 'x'\. Known: tiny_a, tiny_b\."):
        catalogue.of_models(["x"])
    with pytest.raises(UnknownNameError, match=r"None is installed\."):
        read_catalogue([]).model("x")


def test_a_spec_normalises_its_weights_and_stays_as_it_is_when_copied() -> None:
    spec = EnsembleSpec(name="pair", members=("a", "b"), weights=(6, 4))
    assert spec.weights == (0.6, 0.4)
    assert dataclasses.replace(spec) == spec


def test_written_weights_are_the_tests_own(tmp_path: Path) -> None:
    """Two runs write the same tensors, so that stored numbers can be compared."""
    folders = [write_tiny_weights(tmp_path / name) for name in ("one", "two")]
    states = [
        load_checkpoint(folder / "tiny_a.safetensors").model.state_dict() for folder in folders
    ]
    assert all((states[0][name] == states[1][name]).all() for name in states[0])


def test_a_file_never_takes_the_name_of_an_installed_model(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for folder in (shipped, own):
        folder.mkdir()
        write_tiny_model(folder / "twin.safetensors")
    found = read_catalogue([shipped, own])
    assert found.model("twin").path == shipped / "twin.safetensors"
    assert len(found.refused) == 1
    assert "another model is named twin" in found.refused[0]
