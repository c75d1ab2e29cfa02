"""The shipped weights are made of runs by a script: files, cards, vote, figures and page."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from repository import script
from tiny_photographs import photograph

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.selfcheck import check_golden
from fundus_gui.core.training import fit

COLOURS = {"blue": (60, 90, 200), "green": (60, 200, 90), "red": (210, 80, 60)}
EACH = {"train": 24, "test": 8}


page = script("publishing.page")


# The page -----------------------------------------------------------------------------------------


def test_text_between_markers_is_replaced_and_the_rest_is_kept() -> None:
    text = "# Title\n\nBy hand.\n\n<!-- generated:figures -->\nold\n<!-- end -->\n\nAfter.\n"
    assert page.rewritten(text, {"figures": r"new \1"}) == text.replace("old", r"new \1")


def test_a_part_without_markers_is_appended_under_its_heading() -> None:
    text = page.rewritten("# Title\n", {"test": "0.5"})
    assert text.startswith("# Title\n\n## Figures of the test part\n\n<!-- generated:test -->\n0.5")
    assert page.rewritten(text, {"test": "0.5"}) == text


# From runs to weights -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return photographs of colours that overlap, of two eyes a patient."""
    folder = tmp_path_factory.mktemp("coloured_eyes")
    chance = random.Random(0)
    rows = ["filename,label,patient_id,laterality,split,age,sex"]
    for part, each in EACH.items():
        for label, colour in COLOURS.items():
            for number in range(each):
                name = f"{part}_{label}_{number}.png"
                shade = tuple(min(255, max(0, c + chance.randint(-90, 90))) for c in colour)
                photograph(len(rows), shade).save(folder / name)
                person = f"{part}{label}{number // 2},{'OS' if number % 2 else 'OD'}"
                rows.append(f"{name},{label},{person},{part},{chance.randint(20, 80)},F")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def published(eyes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of weights made of two runs, the second taught by the first."""
    folder = tmp_path_factory.mktemp("published")
    config = TrainConfig(
        data=str(eyes),
        validation_fraction=0.4,
        model="tiny",
        input_size=32,
        epochs=2,
        batch_size=8,
        learning_rate=0.03,
        device="cpu",
        workers=0,
        cache="memory",
        test_time_augmentation=False,
    )
    runs = [folder / "runs" / name for name in ("first", "second")]
    list(fit(config, runs[0]))
    taught = config.changed(seed=0, zoom=0.1, teacher=str(runs[0] / "best.safetensors"))
    list(fit(taught, runs[1]))
    weights = folder / "weights"
    weights.mkdir()
    (weights / "README.md").write_text("# Mine\n\nBy hand.\n", encoding="utf-8")
    named = [word for run in runs for word in ("--run", str(run))]
    where = ["--data", str(eyes), "--out", str(weights), "--device", "cpu"]
    script("publish_weights").main([*where, *named, "--replicates", "20", "--test"])
    return weights


@pytest.mark.slow
def test_cards_say_how_they_were_made_without_naming_the_machine(
    published: Path, eyes: Path
) -> None:
    card = read_catalogue([published]).model("second").card
    assert card.licence
    assert "also learnt from the answers of tiny" in card.notes
    assert card.training["command"].startswith("fundus-gui train --out runs/second --data coloured")
    assert "--teacher runs/first/best.safetensors" in card.training["command"]
    assert len(card.training["image_hashes"]) == sum(card.training["images"]["train"].values())
    assert card.temperature != 1
    assert {"balanced_accuracy", "macro_auc"} <= card.metrics["validation"].keys()
    low, high = card.metrics["test, 95 % intervals"]["macro_auc"]
    assert low <= card.metrics["test"]["macro_auc"] <= high
    assert str(eyes.parent) not in card.to_json()


@pytest.mark.slow
def test_every_file_reproduces_its_golden_image(published: Path) -> None:
    for name in ("first", "second"):
        check = check_golden(name, read_catalogue([published]), device="cpu")
        assert (check.problem, check.difference is not None) == ("", True)


@pytest.mark.slow
def test_the_vote_is_stored_with_what_it_was_fitted_on(published: Path) -> None:
    catalogue = read_catalogue([published])
    assert not catalogue.refused
    spec = catalogue.default
    assert (spec.name, spec.members) == ("default", ("first", "second"))
    assert spec.method == "inverse_variance"
    assert spec.fitted_on.startswith("coloured_eyes")
    assert spec.images_sha256


@pytest.mark.slow
def test_the_page_keeps_its_own_words_and_has_every_part(published: Path, eyes: Path) -> None:
    text = (published / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Mine\n\nBy hand.\n")
    assert all(f"<!-- generated:{name} -->" in text for name in page.HEADINGS)
    assert "| **default** |" in text
    assert "laterality | OD" in text
    assert str(eyes.parent) not in text
    pictures = [word.split(")")[0] for word in text.split("](")[1:]]
    assert len(pictures) == 6
    assert all((published / picture).is_file() for picture in pictures)
