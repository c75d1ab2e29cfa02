"""A training begins from whatever weights fit, and says where they come from."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import safetensors.torch
import timm
import torch
from public_networks import randomised
from tiny_weights import CLASS_NAMES, write_tiny_model
from torch import nn

from fundus_gui.core.conversion import InitialWeights, initial_weights
from fundus_gui.core.conversion.presets import find_preset, presets
from fundus_gui.core.errors import CheckpointError, ConfigError, UnknownNameError
from fundus_gui.core.models import create_model

OTHER_CLASSES = ("dr", "healthy", "myopia")


def ours(architecture: str, class_count: int = 3, **arguments: Any) -> nn.Module:
    return randomised(partial(create_model, architecture, num_classes=class_count, **arguments))


def public(name: str, **arguments: Any) -> nn.Module:
    return randomised(partial(timm.create_model, name, **arguments))


def saved(path: Path, network: nn.Module) -> str:
    torch.save({"state_dict": network.state_dict()}, path)
    return str(path)


def start(
    source: str | Path,
    architecture: str,
    arguments: Mapping[str, Any] | None = None,
    input_size: int = 64,
) -> InitialWeights:
    return initial_weights(
        str(source),
        architecture,
        arguments or {},
        class_names=CLASS_NAMES,
        input_size=input_size,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "weights.pth"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every look-up of a machine fail, as without a network; return the names looked up."""
    hosts: list[str] = []

    def fail(host: str, *_arguments: object, **_settings: object) -> None:
        hosts.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return hosts


# --- a file of ours ---------------------------------------------------------------------------


def test_a_file_of_ours_is_taken_with_its_head_and_licence(tmp_path: Path) -> None:
    path = tmp_path / "eye.safetensors"
    write_tiny_model(path, licence="CC BY 4.0")
    found = start(path, "tiny")
    assert (found.report.new, found.report.dropped) == ((), ())
    assert (found.title, found.licence) == ("eye", "CC BY 4.0")
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.preprocessing.size == 32
    network = create_model("tiny", num_classes=3)
    assert network.load_state_dict(found.state, strict=False) == ([], [])


def test_the_head_for_other_classes_is_left_even_when_they_are_as_many(tmp_path: Path) -> None:
    path = tmp_path / "eye.safetensors"
    write_tiny_model(path, class_names=OTHER_CLASSES)
    report = start(path, "tiny").report
    assert report.new == report.dropped == ("8.weight", "8.bias")


def test_a_file_of_ours_that_was_altered_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "eye.safetensors"
    write_tiny_model(path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="do not match the hash"):
        start(path, "tiny")


# --- a foreign file ---------------------------------------------------------------------------


def test_the_kind_of_a_foreign_file_is_found_from_the_architecture(
    file: Path, asked: list[str]
) -> None:
    network = public("vit_tiny_patch16_224", num_classes=9)
    found = start(saved(file, network), "vit_ti_16", input_size=32)
    assert found.report.new == found.report.dropped == ("head.weight", "head.bias")
    assert found.state["pos_embed"].shape == (1, 5, 192)
    assert found.licence.startswith("not known")
    assert asked == []  # nothing is looked up that was not asked for
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_state_dict_in_our_names_needs_no_preset(file: Path) -> None:
    assert start(saved(file, ours("tiny")), "tiny").report.new == ()


def test_a_kind_can_be_named(file: Path) -> None:
    name, settings = "vit_small_patch14_reg4_dinov2", {"global_pool": "avg", "fc_norm": False}
    source = saved(file, public(name, img_size=28, num_classes=0))
    found = start(f"retfound_green:{source}", f"timm:{name}", settings, input_size=28)
    assert found.report.new == ("head.weight", "head.bias")
    assert found.title == "RETFound-Green"
    assert "non-commercial" in found.licence
    assert found.preprocessing.mean == (0.5, 0.5, 0.5)


def test_a_network_of_timm_is_a_kind_too(file: Path) -> None:
    network = public("test_resnet", num_classes=9)
    for source in (saved(file, network), f"timm:test_resnet:{file}"):
        assert start(source, "timm:test_resnet").report.backbone_share == 1


def test_an_unknown_kind_is_answered_with_the_nearest(file: Path) -> None:
    saved(file, ours("tiny"))
    with pytest.raises(UnknownNameError, match="Did you mean 'visionfm'"):
        start(f"visionfn:{file}", "vit_b_16")


def test_a_file_with_a_colon_in_its_name_is_a_file(tmp_path: Path) -> None:
    source = saved(tmp_path / "run:3.pth", ours("tiny"))
    assert start(source, "tiny").report.backbone_share == 1


def test_another_networks_weights_are_refused(file: Path) -> None:
    source = saved(file, public("test_resnet"))
    with pytest.raises(CheckpointError, match="it holds 0 %"):
        start(source, "vit_ti_16")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="No such file"):
        start(tmp_path / "nothing.pth", "tiny")


# --- networks that add attention --------------------------------------------------------------


@pytest.fixture(scope="module")
def densenet(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("densenet121") / "weights.pth"
    return saved(path, public("densenet121", num_classes=3))


@pytest.fixture(scope="module")
def efficientnet(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("tf_efficientnetv2_s") / "weights.pth"
    return saved(path, public("tf_efficientnetv2_s", num_classes=3))


@pytest.fixture(scope="module")
def relative(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("efficientnetv2_rw_s") / "weights.pth"
    return saved(path, public("efficientnetv2_rw_s", num_classes=3))


@pytest.mark.parametrize(
    ("architecture", "arguments", "added"),
    [
        ("densenet121_se", {}, 2),
        ("densenet121_se_pre_norm5", {}, 4),
        ("densenet121_se", {"se_position": "per_layer", "se_bias": True}, 4 * 58),
    ],
)
def test_added_attention_is_not_missed(
    densenet: str, architecture: str, arguments: dict[str, Any], added: int
) -> None:
    report = start(f"torchvision_densenet121:{densenet}", architecture, arguments).report
    assert (report.backbone_share, report.missing, report.dropped) == (1.0, (), ())
    assert len(report.new) == added
    assert all("se." in name for name in report.new)


@pytest.mark.parametrize(
    ("architecture", "arguments", "added"),
    [
        ("efficientnet_v2_s_simam", {}, 0),
        ("efficientnet_v2_s_simam", {"attention_position": "all-mid"}, 0),
        ("efficientnet_v2_s_se", {}, 4 * 10),
    ],
)
def test_public_efficientnets_start_those_with_more_attention(
    efficientnet: str, architecture: str, arguments: dict[str, Any], added: int
) -> None:
    settings = arguments | {"same_padding": True}
    report = start(f"tf_efficientnetv2_s:{efficientnet}", architecture, settings).report
    assert (report.backbone_share, len(report.new)) == (1.0, added)
    assert len(report.dropped) == (4 * 30 if "attention_position" in arguments else 0)


def test_weights_of_timm_start_the_1792_article(relative: str) -> None:
    report = start(relative, "efficientnet_v2_s_aihao").report
    assert report.backbone_share == 1
    assert len([name for name in report.new if ".branch.1.fc" in name]) == 4 * 10
    assert len([name for name in report.new if ".branch.2.fc" in name]) == 3 * 14  # 72 for 68


def test_weights_for_another_padding_are_refused_with_the_right_setting(efficientnet: str) -> None:
    with pytest.raises(ConfigError, match=r"another padding\. Choose efficientnet_v2_s with same_"):
        start(f"tf_efficientnetv2_s:{efficientnet}", "efficientnet_v2_s")


def test_weights_of_another_size_are_refused(efficientnet: str) -> None:
    with pytest.raises(CheckpointError, match="of the network's backbone"):
        start(f"tf_efficientnetv2_m:{efficientnet}", "efficientnet_v2_m", {"same_padding": True})


def test_weights_that_fit_most_blocks_but_not_all_are_refused(relative: str) -> None:
    with pytest.raises(CheckpointError, match="of the network's backbone"):
        start(f"efficientnetv2_rw_s:{relative}", "efficientnet_v2_s", {"same_padding": True})


# --- public weights ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "architecture", "weights"),
    [
        ("hub", "densenet121_se", "DenseNet121_Weights.IMAGENET1K_V1"),
        ("hub:torchvision_densenet121", "densenet121_se", "DenseNet121_Weights.IMAGENET1K_V1"),
        ("hub", "vit_ti_16", "vit_tiny_patch16_224.augreg_in21k_ft_in1k"),
        ("hub", "rdnet_tiny", "rdnet_tiny.nv_in1k"),
    ],
)
def test_offline_one_sentence_says_what_to_do(
    source: str,
    architecture: str,
    weights: str,
    asked: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ConfigError) as caught:
        start(source, architecture)
    assert str(caught.value) == (
        f"The public weights {weights} cannot be reached. Go on from scratch by leaving the "
        "pretrained weights out (no --pretrained), or give a local file."
    )
    assert 1 <= len(asked) <= 2  # one attempt, not a minute of them
    assert caplog.text == ""


def test_public_weights_of_torchvision_fetched_earlier_need_no_network(
    tmp_path: Path, asked: list[str]
) -> None:
    file = tmp_path / "torch" / "hub" / "checkpoints" / "densenet121-a639ec97.pth"
    file.parent.mkdir(parents=True)
    torch.save(public("densenet121").state_dict(), file)
    found = start("hub", "densenet121_se")
    assert (found.report.backbone_share, found.report.has_head) == (1.0, False)
    assert found.licence == "Apache-2.0"
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_public_weights_of_timm_fetched_earlier_need_no_network(tmp_path: Path) -> None:
    name = "vit_tiny_patch16_224.augreg_in21k_ft_in1k"
    repository = tmp_path / "hub" / f"models--timm--{name}"
    file = repository / "snapshots" / ("0" * 40) / "model.safetensors"
    file.parent.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    network = public("vit_tiny_patch16_224")
    safetensors.torch.save_file(network.state_dict(), file)
    found = start("hub", "vit_ti_16")
    weight = "blocks.3.attn.qkv.weight"
    assert found.state[weight].equal(network.state_dict()[weight])
    assert found.licence == "Apache-2.0"  # the exceptions are other files
    assert found.preprocessing.mean == (0.5, 0.5, 0.5)


def test_what_is_not_public_cannot_be_had() -> None:
    with pytest.raises(ConfigError, match=r"RETFound .* not public\. Give a local file"):
        start("hub:retfound_mae", "vit_l_16")
    with pytest.raises(ConfigError, match="no public weights for this architecture"):
        start("hub", "tiny")


def test_public_weights_exist_in_the_libraries() -> None:
    import torchvision

    for preset in presets().values():
        library, _, name = preset.public.partition(":")
        if library == "torchvision":
            assert torchvision.models.get_weight(name).url
        elif library:
            assert library == "timm"
            assert timm.get_pretrained_cfg(name).has_weights, name


def test_mean_and_std_are_those_of_the_public_weights() -> None:
    for preset in presets().values():
        library, _, name = preset.public.partition(":")
        if library == "timm":
            published = timm.get_pretrained_cfg(name)
            own = preset.preprocessing
            assert (own.mean, own.std) == (published.mean, published.std), name
            assert own.interpolation == published.interpolation, name
    torchvisions = find_preset("torchvision_efficientnet_v2_l").preprocessing
    assert (torchvisions.size, torchvisions.mean) == (480, (0.5, 0.5, 0.5))
