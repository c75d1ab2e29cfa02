"""What is loaded is exactly what was saved; everything else is refused with a sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from tiny_weights import CLASS_NAMES, write_tiny_model
from torch import Tensor

from fundus_gui.core.cards import ModelCard, content_digest
from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
from fundus_gui.core.errors import CheckpointError
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing

CARD = ModelCard(architecture="tiny", class_names=CLASS_NAMES, preprocessing=Preprocessing(size=32))

State = dict[str, Tensor]


def tiny_state(num_classes: int = 3) -> State:
    torch.manual_seed(0)
    return create_model("tiny", num_classes=num_classes).state_dict()


def parted(content: bytes) -> tuple[dict[str, Any], bytes]:
    end = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:end]), content[end:]


def joined(header: dict[str, Any], tensors: bytes, *, is_sealed: bool = True) -> bytes:
    """Write a file by hand; sealed ones carry the hash of what they hold, as a forger would."""
    if is_sealed:
        header["__metadata__"]["content_sha256"] = content_digest(header, tensors)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + tensors


def forged(state: State, card: str | ModelCard = CARD) -> bytes:
    """Write tensors and card without the checks of `save_checkpoint`."""
    text = card if isinstance(card, str) else card.to_json()
    return joined(*parted(save(state, metadata={"card": text})))


def refusal(path: Path, content: bytes | None = None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"Weights file {path.name} was refused: ")
    assert message.endswith((".", "?"))
    assert "\n" not in message
    assert len(message) < 400
    return message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "eye.safetensors"


@pytest.fixture
def content(path: Path) -> bytes:
    write_tiny_model(path)
    return path.read_bytes()


# The journey --------------------------------------------------------------------------------------


def test_what_was_saved_is_loaded(path: Path) -> None:
    state = tiny_state()
    save_checkpoint(path, state, CARD)
    loaded = load_checkpoint(path)
    assert loaded.card == CARD
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    back = loaded.model.state_dict()
    assert list(back) == list(state)
    for name, tensor in state.items():
        assert torch.equal(back[name], tensor)
        assert back[name].dtype == tensor.dtype
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_loaded_network_is_ready_to_predict(path: Path) -> None:
    write_tiny_model(path)
    model = load_checkpoint(path).model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert {tensor.device.type for tensor in model.state_dict().values()} == {"cpu"}
    assert model(torch.rand(2, 3, 32, 32)).shape == (2, 3)


def test_half_precision_halves_matrices_and_spares_vectors(path: Path) -> None:
    state = tiny_state()
    state["3.running_var"][0] = 1e-9  # 0 in half precision
    save_checkpoint(path, state, CARD, half=True)
    stored = {name: entry for name, entry in parted(path.read_bytes())[0].items() if name[0] != "_"}
    assert {name for name, entry in stored.items() if entry["dtype"] == "F16"} == {
        "0.weight", "2.weight", "8.weight",
    }  # fmt: skip
    for name, tensor in load_checkpoint(path).model.state_dict().items():
        assert tensor.dtype == state[name].dtype
        expected = state[name].half().float() if tensor.ndim > 1 else state[name]
        assert torch.equal(tensor, expected)


def test_an_architecture_with_its_arguments_survives(path: Path) -> None:
    card = ModelCard(
        architecture="efficientnet_v2_s_simam",
        arguments={"attention_position": "fused-post", "dropout": 0.5},
        class_names=("a", "b"),
        preprocessing=Preprocessing(size=32),
    )
    model = create_model(card.architecture, num_classes=2, **card.arguments).eval()
    save_checkpoint(path, model.state_dict(), card, half=True)
    loaded = load_checkpoint(path)
    assert loaded.card == card
    image = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(loaded.model(image), model(image), rtol=0.05, atol=0.05)


def test_views_of_one_memory_and_other_layouts_are_saved(path: Path) -> None:
    state = tiny_state()
    state["0.weight"] = state["0.weight"].to(memory_format=torch.channels_last)
    state["3.bias"] = state["3.weight"]
    state["8.weight"] = torch.rand(8, 3).T
    save_checkpoint(path, state, CARD)
    for name, tensor in load_checkpoint(path).model.state_dict().items():
        assert torch.equal(tensor, state[name])


def test_saving_again_replaces_the_file_at_one_stroke(path: Path, content: bytes) -> None:
    with path.open("rb") as reader:
        save_checkpoint(path, tiny_state(), CARD)
        assert reader.read() == content  # whoever reads the old file goes on reading it
    assert path.read_bytes() != content
    assert load_checkpoint(path).card == CARD


# Failing to save ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["0.weight", "3.running_var"])
def test_values_that_are_not_finite_are_never_written(
    path: Path, content: bytes, name: str, value: float
) -> None:
    state = tiny_state()
    state[name].view(-1)[-1] = value
    with pytest.raises(CheckpointError, match=f"'{name}' holds values that are not finite"):
        save_checkpoint(path, state, CARD)
    assert path.read_bytes() == content


def test_what_overflows_half_precision_is_never_written(path: Path) -> None:
    state = tiny_state()
    state["0.weight"][0] = 70_000
    with pytest.raises(CheckpointError, match="not finite"):
        save_checkpoint(path, state, CARD, half=True)
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.open"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    path: Path, content: bytes, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(CheckpointError, match=r"it cannot be written \(No space left"):
            save_checkpoint(path, tiny_state(), CARD)
    assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


# Refusing to load ---------------------------------------------------------------------------------


def test_one_altered_byte_anywhere_is_noticed(path: Path, content: bytes) -> None:
    numbers = random.Random(2)
    header = 8 + int.from_bytes(content[:8], "little")
    spans = ((0, 8), (8, header), (header - 8, header), (header, len(content)))
    for position in (numbers.randrange(*span) for span in spans for _ in range(60)):
        altered = bytearray(content)
        altered[position] ^= numbers.randrange(1, 256)
        refusal(path, bytes(altered))


def test_one_flipped_bit_anywhere_is_noticed(path: Path, content: bytes) -> None:
    numbers = random.Random(3)
    for _ in range(200):
        altered = bytearray(content)
        altered[numbers.randrange(len(content))] ^= 1 << numbers.randrange(8)
        refusal(path, bytes(altered))


def test_white_space_cannot_hide_in_the_padding(path: Path) -> None:
    header, tensors = parted(forged(tiny_state()))
    text = json.dumps(header).encode() + b" " * 4
    sound = len(text).to_bytes(8, "little") + text + tensors
    path.write_bytes(sound)
    load_checkpoint(path)
    for blank in (b"\t", b"\n", b"\r"):
        at = len(text) + 6
        assert "its header is damaged" in refusal(path, sound[:at] + blank + sound[at + 1 :])


def test_a_cut_or_lengthened_file_is_refused(path: Path, content: bytes) -> None:
    for length in {*range(0, len(content), 37), 7, 8, 9, len(content) - 1}:
        refusal(path, content[:length])
    refusal(path, content + b"\0")
    assert "truncated or not a safetensors file" in refusal(path, b"")
    assert "do not match the hash" in refusal(path, content[:-1])


def test_a_file_that_is_not_there_is_refused(path: Path) -> None:
    assert "it cannot be read (No such file or directory)." in refusal(path)
    path.mkdir()
    assert "it cannot be read (" in refusal(path)


class Burglar:
    """Runs a command when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f'echo > "{self.canary}"',)


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("is_hostile", [True, False])
def test_a_renamed_pickle_is_refused_and_never_run(
    path: Path, tmp_path: Path, is_zip: bool, is_hostile: bool
) -> None:
    canary = tmp_path / "canary"
    state = {"weights": Burglar(canary)} if is_hostile else tiny_state()
    torch.save(state, path, _use_new_zipfile_serialization=is_zip)
    assert "it is a pickle file (.pth, .pt), which could run code" in refusal(path)
    assert not canary.exists()


def test_duplicate_keys_in_the_header_are_refused(path: Path, content: bytes) -> None:
    header, tensors = parted(content)
    text = json.dumps(header).encode()
    text = text[:-1] + b', "8.bias": ' + json.dumps(header["8.bias"]).encode() + b"}"
    assert "duplicate keys" in refusal(path, len(text).to_bytes(8, "little") + text + tensors)


def test_a_file_without_card_or_hash_is_refused(path: Path, content: bytes) -> None:
    assert "it has no model card" in refusal(path, save(tiny_state()))
    assert "it has no model card" in refusal(path, save(tiny_state(), metadata={"a": "b"}))
    assert "do not match the hash" in refusal(
        path, save(tiny_state(), metadata={"card": CARD.to_json()})
    )
    header, tensors = parted(content)
    header["__metadata__"]["content_sha256"] = "0" * 64
    assert "do not match the hash" in refusal(path, joined(header, tensors, is_sealed=False))


def card_with(**fields: object) -> str:
    return json.dumps(json.loads(CARD.to_json()) | fields)


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (card_with(format_version=2), "its card has format 2, and this program reads format 1"),
        (card_with(class_names=["a", "b"]), "the tensor '8.weight' has shape [3, 8], but its "),
        (card_with(class_names=["a", "b", "c", "d"]), "asks for [4, 8]."),
        (card_with(class_names=["a", "b", "a"]), "The class names of a model must differ"),
        (card_with(architecture="tinny"), "There is no architecture named 'tinny'. Did you mean"),
        (card_with(architecture="vit_ti_16"), "the tensor '0.bias' is unknown to the architecture"),
        (card_with(arguments={"depth": 3}), "has no 'depth'. Leave it out."),
        (card_with(arguments={"num_classes": 3}), "its card contradicts itself ("),
        (card_with(arguments={"name": "tiny"}), "its card contradicts itself ("),
        (card_with(architecture="efficientnet_v2_s", arguments={"dropout": 7}), "wrong arguments"),
        (card_with(architecture="efficientnet_v2_s", arguments={"dropout": "x"}), "refused: "),
        (card_with(temperature=0), "The temperature must be above 0, not 0."),
        (card_with(preprocessing={"size": 5}), "The input size must be 16 to 4096 pixels, not 5."),
        ("[" * 50_000, "its card cannot be read ("),
    ],
    ids=range(14),
)
def test_a_card_that_does_not_fit_is_refused(path: Path, card: str, problem: str) -> None:
    assert problem in refusal(path, forged(tiny_state(), card))


def without(name: str) -> State:
    return {other: tensor for other, tensor in tiny_state().items() if other != name}


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (without("8.bias"), "the tensor '8.bias' is missing."),
        ({}, "the tensor '0.bias' is missing."),
        ({**tiny_state(), "9.bias": torch.ones(3)}, "the tensor '9.bias' is unknown to the archi"),
        ({**tiny_state(), "8.bias": torch.ones(1, 3)}, "'8.bias' has shape [1, 3], but its card"),
        ({**tiny_state(), "8.bias": torch.ones(())}, "'8.bias' has shape [], but its card"),
        ({**tiny_state(), "8.bias": torch.tensor((0, 1, torch.nan))}, "'8.bias' holds values that"),
        ({**tiny_state(), "8.bias": torch.tensor((0, 1, -torch.inf))}, "values that are not finit"),
        (
            {**tiny_state(), "8.bias": torch.full((3,), 1e300, dtype=torch.double)},
            "values that are not finit",
        ),
        ({**tiny_state(), "8.bias": torch.arange(3)}, "'8.bias' holds torch.int64 values."),
        ({**tiny_state(), "8.bias": torch.ones(3, dtype=torch.complex64)}, "holds torch.complex64"),
        (
            {**tiny_state(), "3.num_batches_tracked": torch.tensor(torch.nan)},
            "'3.num_batches_tracked' holds torch.float32 values.",
        ),
    ],
    ids=range(11),
)
def test_tensors_that_do_not_fit_are_refused(path: Path, state: State, problem: str) -> None:
    assert problem in refusal(path, forged(state))


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 2**40]},
        {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 12]},
        {"dtype": "F32", "shape": [-3], "data_offsets": [0, 12]},
        {"dtype": "F32", "shape": [3], "data_offsets": [12, 0]},
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]},
        {"dtype": "F99", "shape": [3], "data_offsets": [0, 12]},
        {"dtype": "F4", "shape": [24], "data_offsets": [0, 12]},
        {"dtype": "F8_E8M0", "shape": [12], "data_offsets": [0, 12]},
        {"dtype": "F32"},
        "F32",
        None,
    ],
    ids=range(11),
)
def test_a_forged_table_of_tensors_is_refused(path: Path, content: bytes, entry: object) -> None:
    header, tensors = parted(content)
    refusal(path, joined(header | {"8.bias": entry}, tensors))


@pytest.mark.parametrize(
    ("dtype", "length"),
    [
        ("BOOL", 12), ("U8", 12), ("I8", 12), ("F8_E5M2", 12), ("F8_E4M3", 12), ("F8_E8M0", 12),
        ("F4", 24), ("F6_E2M3", 16), ("U16", 6), ("I16", 6), ("F16", 6), ("BF16", 6), ("I32", 3),
        ("U32", 3),
    ],
)  # fmt: skip
def test_bytes_declared_as_another_type_are_refused(
    path: Path, content: bytes, dtype: str, length: int
) -> None:
    header, tensors = parted(content)
    header["8.bias"] |= {"dtype": dtype, "shape": [length]}
    refusal(path, joined(header, tensors))
