"""What is converted is an ordinary model with an honest card; what does not fit is refused."""

from __future__ import annotations

import dataclasses
import hashlib
from functools import partial
from pathlib import Path

import pytest
import torch
from public_networks import randomised
from torch import Tensor, nn

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.conversion import ConversionReport, Preset, convert, find_preset
from fundus_gui.core.conversion.fitting import fit_state
from fundus_gui.core.errors import CheckpointError, ConfigError, ExportError
from fundus_gui.core.models import create_model

CLASSES = ("amd", "glaucoma", "normal")
TINY = find_preset("tiny")


def tiny(class_count: int = 3) -> nn.Module:
    return randomised(lambda: create_model("tiny", num_classes=class_count))


@pytest.fixture(autouse=True)
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's weights folder, empty."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "weights"


def saved(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "best_model.pth"
    torch.save(content, path)
    return path


def test_a_converted_file_is_an_ordinary_model(tmp_path: Path, weights: Path) -> None:
    original = tiny()
    path = saved(tmp_path, original.state_dict())
    out, report = convert(path, TINY, CLASSES)
    assert out == weights / "best_model.safetensors"
    assert report.has_head
    model = read_catalogue().model("best_model")
    assert (model.title, model.card.class_names) == ("best_model", CLASSES)
    images = torch.randn(2, 3, 64, 64)
    assert load_checkpoint(out).model(images).equal(original(images))


def test_the_card_says_where_the_weights_come_from(tmp_path: Path) -> None:
    path = saved(tmp_path, {"model": tiny().state_dict()})
    preset = dataclasses.replace(find_preset("retfound_mae"), architecture="tiny", arguments={})
    card = load_checkpoint(convert(path, preset, CLASSES, name="eye")[0]).card
    assert card.training == {
        "converted_from": "best_model.pth",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "preset": "retfound_mae",
    }
    assert card.licence == "CC BY-NC 4.0"
    assert card.preprocessing == preset.preprocessing
    assert (card.preprocessing.size, card.preprocessing.crop_fraction) == (224, 0.875)
    assert card.notes == ""


@pytest.mark.parametrize(
    "name", ["retfound_mae", "retfound_dinov2", "visionfm", "retizero", "retfound_green"]
)
def test_weights_that_are_not_free_say_so(name: str) -> None:
    assert any(words in find_preset(name).licence for words in ("NC", "non-commercial"))


def test_a_head_for_other_classes_becomes_a_fresh_one(tmp_path: Path) -> None:
    path = saved(tmp_path, tiny(1000).state_dict())
    out, report = convert(path, TINY, CLASSES)
    assert report.new == report.dropped == ("8.weight", "8.bias")
    assert not report.has_head
    checkpoint = load_checkpoint(out)
    assert checkpoint.card.notes == "The head is untrained: train before use."
    assert checkpoint.model(torch.randn(1, 3, 32, 32)).shape == (1, 3)


def test_the_same_file_gives_the_same_fresh_head(tmp_path: Path) -> None:
    path = saved(tmp_path, tiny(1000).state_dict())
    first, _ = convert(path, TINY, CLASSES, name="first")
    drawn = torch.rand(1)
    second, _ = convert(path, TINY, CLASSES, name="second")
    heads = [load_checkpoint(out).model.state_dict()["8.weight"] for out in (first, second)]
    assert heads[0].equal(heads[1])
    assert not drawn.equal(torch.rand(1))  # the caller's random numbers go on


def test_a_head_that_is_half_there_is_not_used() -> None:
    state = tiny().state_dict()
    del state["8.bias"]
    _, report = fit_state(state, tiny(), tiny())
    assert not report.has_head
    assert report.new == ("8.weight", "8.bias")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path, tiny().state_dict())
    out, _ = convert(path, TINY, CLASSES)
    before = out.read_bytes()
    with pytest.raises(ExportError, match=r"model named 'best_model' already. Choose another"):
        convert(saved(tmp_path, tiny(4).state_dict()), TINY, ("a", "b", "c", "d"))
    assert out.read_bytes() == before


def test_the_name_of_a_shipped_model_is_taken(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundus_gui.core.conversion import converter

    monkeypatch.setattr(converter, "weights_dirs", lambda: (tmp_path, weights))
    (tmp_path / "eye.safetensors").touch()
    with pytest.raises(ExportError, match="a model named 'eye' already"):
        convert(saved(tmp_path, tiny().state_dict()), TINY, CLASSES, name="eye")


@pytest.mark.parametrize("name", ["../eye", "a/b", "/eye"])
def test_a_name_stays_in_the_weights_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="without a folder"):
        convert(saved(tmp_path, tiny().state_dict()), TINY, CLASSES, name=name)


@pytest.mark.parametrize("classes", [["a"], ["a", "a"], ["a", ""]])
def test_bad_class_names_are_refused_before_the_file_is_opened(
    tmp_path: Path, classes: list[str]
) -> None:
    with pytest.raises(ConfigError, match="class names"):
        convert(saved(tmp_path, "no weights"), TINY, classes)


def test_weights_with_values_that_are_not_numbers_are_refused(
    tmp_path: Path, weights: Path
) -> None:
    state = tiny().state_dict()
    state["0.bias"][0] = float("nan")
    with pytest.raises(CheckpointError, match="not finite"):
        convert(saved(tmp_path, state), TINY, CLASSES)
    assert not list(weights.glob("*"))


def test_half_precision_becomes_full(tmp_path: Path) -> None:
    halves = {n: t.half() if t.is_floating_point() else t for n, t in tiny().state_dict().items()}
    out, _ = convert(saved(tmp_path, halves), TINY, CLASSES)
    assert {p.dtype for p in load_checkpoint(out).model.parameters()} == {torch.float32}


# --- how much is enough -----------------------------------------------------------------------


def state_of(preset: Preset) -> dict[str, Tensor]:
    return dict(randomised(partial(create_model, preset.architecture, num_classes=3)).state_dict())


def test_a_file_with_less_than_95_percent_of_the_backbone_is_refused(
    tmp_path: Path, weights: Path
) -> None:
    preset = find_preset("timm:test_efficientnet")
    state = state_of(preset)
    backbone = [n for n in state if "classifier" not in n and "num_batches" not in n]
    few = int(0.05 * len(backbone))
    assert few >= 1
    for name in backbone[:few]:
        del state[name]
    _, report = convert(saved(tmp_path, state), preset, CLASSES, name="enough")
    assert report.missing == tuple(backbone[:few])
    assert 0.95 <= report.backbone_share < 1
    del state[backbone[few]]
    with pytest.raises(CheckpointError) as caught:
        convert(saved(tmp_path, state), preset, CLASSES, name="too_little")
    assert f"holds 94 % of the network's backbone; missing are {backbone[0]}" in str(caught.value)
    assert not (weights / "too_little.safetensors").exists()


def test_another_networks_file_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, state_of(find_preset("timm:test_resnet")))
    with pytest.raises(
        CheckpointError, match="it holds 0 % of the network's backbone; missing are"
    ):
        convert(path, find_preset("timm:test_vit"), CLASSES)


def test_counters_of_batches_may_be_absent() -> None:
    state = {n: t for n, t in tiny().state_dict().items() if "num_batches" not in n}
    fitted, report = fit_state(state, tiny(), tiny())
    assert (report.backbone_share, report.new) == (1.0, ())
    assert fitted.keys() == state.keys()


def test_integers_do_not_pass_for_weights() -> None:
    state = {n: t.long() for n, t in tiny().state_dict().items()}
    _, report = fit_state(state, tiny(), tiny())
    assert report.backbone_share == 0


def test_what_the_report_counts_is_complete() -> None:
    state = tiny(5).state_dict() | {"optimizer_step": torch.ones(1)}
    fitted, report = fit_state(state, tiny(), tiny())
    weights = {name for name in tiny().state_dict() if "num_batches" not in name}
    assert {*report.matched} | {*report.new} == weights
    assert {*report.dropped} == {"8.weight", "8.bias", "optimizer_step"}
    assert isinstance(report, ConversionReport)
    assert {*report.matched} <= fitted.keys()


# --- another input size -----------------------------------------------------------------------


def test_positions_are_resampled_to_the_input_size(tmp_path: Path) -> None:
    from timm.models.vision_transformer import checkpoint_filter_fn

    preset = find_preset("timm:test_vit")
    state = state_of(preset)
    out, report = convert(saved(tmp_path, state), preset, CLASSES, input_size=224)
    assert (report.new, report.dropped) == ((), ())
    checkpoint = load_checkpoint(out)
    assert checkpoint.card.preprocessing.size == 224
    by_timm = checkpoint_filter_fn(state, checkpoint.model)["pos_embed"]
    assert by_timm.shape != state["pos_embed"].shape
    assert checkpoint.model.state_dict()["pos_embed"].equal(by_timm)


def test_positions_that_are_no_square_are_left() -> None:
    preset = find_preset("timm:test_vit")
    network = create_model(preset.architecture, num_classes=3)
    for tokens in (1, 7):
        state = state_of(preset) | {"pos_embed": torch.ones(1, tokens, 64)}
        _, report = fit_state(state, network, network)
        assert report.missing == ("pos_embed",)
