"""A network learns from another's answers: rightly mixed into the loss, recorded and repeatable."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from tiny_weights import write_tiny_model
from torch import Tensor
from torch.nn import functional

from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
from fundus_gui.core.ensemble import normalise
from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import RunFolder, StepReport, TrainConfig
from fundus_gui.core.training import fit, resume
from fundus_gui.core.training.distillation import (
    Distillation,
    Teacher,
    load_teachers,
    teacher_files,
)
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.processes import make_fabric

if TYPE_CHECKING:
    from conftest import Trained

Train = Callable[[TrainConfig, Path], "Trained"]
GoOn = Callable[[Path], "Trained"]

CLASSES = ("blue", "green", "red")  # of the data
SIZE = 32
OTHER_COLOURS = Preprocessing(size=SIZE, mean=(0.4, 0.3, 0.2), std=(0.3, 0.2, 0.1))


def write_teacher(path: Path, **card: object) -> Path:
    write_tiny_model(path, **{"class_names": CLASSES, "preprocessing": OTHER_COLOURS} | card)
    return path


@pytest.fixture(scope="module")
def teacher(config: TrainConfig, train: Train, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a network that knows the colours."""
    run = train(config, tmp_path_factory.mktemp("teacher") / "run")
    assert run.epochs[-1].validation["accuracy"] == 1
    return run.path / "best.safetensors"


# Which teachers -----------------------------------------------------------------------------------


def test_several_files_stand_between_semicolons() -> None:
    assert teacher_files(TrainConfig()) == []
    config = TrainConfig(teacher="a, b.safetensors; runs/c.safetensors;")
    assert teacher_files(config) == [Path("a, b.safetensors"), Path("runs/c.safetensors")]


def test_a_teacher_of_other_classes_is_refused(tmp_path: Path) -> None:
    path = write_teacher(tmp_path / "t.safetensors", class_names=("green", "blue", "red"))
    with pytest.raises(CheckpointError, match=r"\(blue, green, red\); it knows \(green, blue, re"):
        load_teachers(TrainConfig(teacher=str(path)), CLASSES)


def test_a_teacher_that_sees_other_contrast_is_refused_before_anything_is_read(
    config: TrainConfig, tmp_path: Path
) -> None:
    path = write_teacher(
        tmp_path / "t.safetensors", preprocessing=Preprocessing(size=SIZE, contrast="ben-graham")
    )
    with pytest.raises(CheckpointError, match="trained with contrast=ben-graham"):
        next(fit(config.changed(teacher=str(path)), tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_missing_teacher_is_named_before_anything_is_read(
    config: TrainConfig, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=r"Weights file none\.safetensors was refused"):
        next(fit(config.changed(teacher=str(tmp_path / "none.safetensors")), tmp_path / "run"))


# The loss -----------------------------------------------------------------------------------------


def loaded(path: Path, **settings: object) -> tuple[Teacher, ...]:
    return load_teachers(TrainConfig(teacher=str(path), input_size=SIZE, **settings), CLASSES)


def learner_of(teachers: tuple[Teacher, ...], **settings: object) -> Learner:
    config = TrainConfig(
        model="tiny",
        input_size=SIZE,
        batch_size=4,
        device="cpu",
        optimizer="sgd",
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
    ).changed(**settings)
    fabric = make_fabric(config)
    fabric.launch()
    torch.manual_seed(0)
    network = create_model("tiny", num_classes=3)
    return Learner(config, fabric, network, Preprocessing(size=SIZE), None, 3, teachers)


def photographs(count: int, size: int = SIZE) -> Tensor:
    noise = np.random.default_rng(0).integers(0, 256, (count, 3, size, size), np.uint8)
    return torch.from_numpy(noise)


def course(rate: float = 0.1, size: int = SIZE) -> Course:
    return Course(update=1, learning_rate=rate, size=size, strength=1.0, is_frozen=False)


@pytest.mark.parametrize("parts", [1, 2])
def test_the_update_follows_the_gradient_of_hinton(tmp_path: Path, parts: int) -> None:
    """The head's bias moves by the mean of (1-a)(q - y) + a T (q_T - p_T): KL's own gradient."""
    share, hot = 0.7, 3.0
    teachers = loaded(write_teacher(tmp_path / "t.safetensors", temperature=1.5))
    some = learner_of(
        teachers,
        distillation=share,
        distillation_temperature=hot,
        label_smoothing=0.0,
        batch_size=8,
        accumulation=parts,
    )
    views, labels = photographs(8), torch.arange(8) % 3
    logits = []
    some.network.register_forward_hook(lambda *call: logits.append(call[2].detach()))
    before = some.network[-1].bias.detach().clone()
    some.update(views, labels, course())

    student = torch.cat(logits)
    inputs = normalise(views, OTHER_COLOURS, channels_last=False)
    with torch.no_grad():
        p = (teachers[0].network(inputs) / (1.5 * hot)).softmax(1)
    y = functional.one_hot(labels, 3)
    rows = (1 - share) * (student.softmax(1) - y) + share * hot * ((student / hot).softmax(1) - p)
    moved = before - some.network[-1].bias.detach()
    torch.testing.assert_close(moved, 0.1 * rows.mean(0), rtol=1e-4, atol=1e-6)


def test_several_teachers_answer_with_their_mean(tmp_path: Path) -> None:
    files = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    write_teacher(files[0], seed=1)
    write_teacher(files[1], seed=2, preprocessing=Preprocessing(size=SIZE))
    config = TrainConfig(teacher=";".join(map(str, files)), input_size=SIZE, device="cpu")
    both = load_teachers(config, CLASSES)
    fabric = make_fabric(config)
    inputs = normalise(photographs(5), Preprocessing(size=SIZE), channels_last=True)

    def answers(*teachers: Teacher) -> Tensor:
        return Distillation(teachers, config, Preprocessing(size=SIZE), fabric).answers(inputs)

    one, other = answers(both[0]), answers(both[1])
    assert not torch.allclose(one, other)
    torch.testing.assert_close(answers(*both), (one + other) / 2)
    torch.testing.assert_close(one.sum(1), torch.ones(5))
    assert not one.requires_grad


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_teacher_sees_the_mixed_photographs_that_the_student_sees(
    tmp_path: Path, precision: str
) -> None:
    path = write_teacher(tmp_path / "t.safetensors", preprocessing=Preprocessing(size=SIZE))
    teachers = loaded(path)
    some = learner_of(teachers, cutmix=1.0, mixup=1.0, precision=precision)
    seen: dict[str, Tensor] = {}
    for name, network in (("student", some.network), ("teacher", teachers[0].network)):
        network.register_forward_pre_hook(
            lambda _, inputs, name=name: seen.update({name: inputs[0].float()})
        )
    views, labels = photographs(4), torch.tensor([0, 1, 2, 0])
    outcome = some.update(views, labels, course())

    assert outcome.right is None
    plain = normalise(views, Preprocessing(size=SIZE), channels_last=False)
    assert not torch.allclose(seen["teacher"], plain)
    rtol, atol = (1e-2, 1e-2) if precision == "bf16" else (0, 0)
    torch.testing.assert_close(seen["teacher"], seen["student"], rtol=rtol, atol=atol)


def test_the_teacher_does_not_learn(tmp_path: Path) -> None:
    teachers = loaded(write_teacher(tmp_path / "t.safetensors"))
    before = {n: value.clone() for n, value in teachers[0].network.state_dict().items()}
    some = learner_of(teachers)
    some.update(photographs(4), torch.tensor([0, 1, 2, 0]), course())
    after = teachers[0].network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_teacher_of_one_size_only_is_given_it(tmp_path: Path) -> None:
    path = tmp_path / "vit.safetensors"
    write_vision_transformer(path)
    grows = load_teachers(TrainConfig(teacher=str(path), input_size=64, initial_size=SIZE), CLASSES)
    assert grows[0].only_size == SIZE
    assert loaded(path)[0].only_size is None
    some = learner_of(grows, input_size=64)
    outcome = some.update(photographs(4, 64), torch.tensor([0, 1, 2, 0]), course(size=64))
    assert np.isfinite(outcome.loss)


def write_vision_transformer(path: Path) -> None:
    network = create_model("timm:test_vit", num_classes=3, input_size=SIZE)
    card = ModelCard(
        architecture="timm:test_vit", class_names=CLASSES, preprocessing=Preprocessing(size=SIZE)
    )
    save_checkpoint(path, network.state_dict(), card)


# A whole run --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shuffled(eyes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the photographs of the data under labels that mean nothing, true in validation."""
    folder = tmp_path_factory.mktemp("shuffled")
    chance = random.Random(1)
    rows = ["filename,label,split"]
    for path in sorted(eyes.rglob("*.png")):
        name = f"{path.parent.name}_{path.name}"
        shutil.copy(path, folder / name)
        is_training = int(path.stem) < 12
        label = chance.choice(CLASSES) if is_training else path.parent.name
        rows.append(f"{name},{label},{'train' if is_training else 'val'}")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_student_follows_its_teacher_where_the_labels_are_noise(
    config: TrainConfig, teacher: Path, shuffled: Path, train: Train, tmp_path: Path
) -> None:
    noise = config.changed(data=str(shuffled), epochs=8)
    taught = train(noise.changed(teacher=str(teacher), distillation=1.0), tmp_path / "taught")
    alone = train(noise, tmp_path / "alone")
    assert taught.epochs[-1].validation["accuracy"] > 0.9
    assert alone.epochs[-1].validation["accuracy"] < 0.9


def test_card_and_report_name_the_teacher_and_its_licence(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    path = write_teacher(tmp_path / "t.safetensors", title="Eye teacher", licence="CC BY-NC 4.0")
    run = train(config.changed(teacher=str(path), epochs=1), tmp_path / "run")
    card = read_card(run.path / "best.safetensors")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert card.training["teachers"] == [
        {"title": "Eye teacher", "licence": "CC BY-NC 4.0", "sha256": digest}
    ]
    assert "teacher" not in card.training["config"]
    assert card.is_non_commercial
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert f"<dt>Taught by</dt><dd>Eye teacher ({digest[:12]})</dd>" in page
    assert "<dt>Licence</dt><dd>CC BY-NC 4.0</dd>" in page


def test_a_teacher_that_knows_the_validation_part_is_told_of(
    config: TrainConfig, train: Train, tmp_path: Path
) -> None:
    known = config.changed(duplicates="join", epochs=1)
    taught_by = {"teacher": str(train(known, tmp_path / "teacher").path / "best.safetensors")}
    same = train(known.changed(**taught_by), tmp_path / "same")
    other = train(known.changed(**taught_by, seed=8), tmp_path / "other")
    assert not [text for text in same.notices if "overlap" in text]
    (told,) = [text for text in other.notices if "overlap" in text]
    assert told.startswith("Teacher and validation part overlap: tiny was trained on ")


def stop_after(steps: int, config: TrainConfig, out: Path) -> None:
    done = 0
    for event in fit(config, out):
        done += isinstance(event, StepReport)
        if done == steps:
            RunFolder(out).ask("stop")


def test_stopped_and_resumed_it_ends_with_the_same_bits(
    config: TrainConfig, teacher: Path, train: Train, go_on: GoOn, tmp_path: Path
) -> None:
    exact = config.changed(
        teacher=str(teacher), epochs=2, deterministic=True, mixup=0.4, cutmix=0.4
    )
    whole = train(exact, tmp_path / "whole")
    stop_after(2, exact, tmp_path / "run")
    go_on(tmp_path / "run")
    one, other = (
        load_checkpoint(path / "last.safetensors").model.state_dict()
        for path in (whole.path, tmp_path / "run")
    )
    assert all(torch.equal(one[name], other[name]) for name in one)
    cards = [read_card(path / "last.safetensors") for path in (whole.path, tmp_path / "run")]
    assert cards[0].training["teachers"] == cards[1].training["teachers"]


def test_a_run_does_not_go_on_with_another_teacher(config: TrainConfig, tmp_path: Path) -> None:
    path = write_teacher(tmp_path / "t.safetensors", title="First")
    stop_after(2, config.changed(teacher=str(path)), tmp_path / "run")
    write_teacher(path, seed=4)
    with pytest.raises(ConfigError, match="since its teacher First is another file now"):
        list(resume(tmp_path / "run"))


def test_a_teacher_is_found_from_another_working_directory(
    config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_teacher(tmp_path / "t.safetensors")
    monkeypatch.chdir(tmp_path)
    stop_after(1, config.changed(teacher=path.name, epochs=1), tmp_path / "run")
    monkeypatch.chdir("/")
    assert list(resume(tmp_path / "run"))[-1].ending == "finished"
