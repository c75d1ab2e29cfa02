"""Whatever a foreign weights file contains, none of it runs; sound ones are unwrapped."""

from __future__ import annotations

import argparse
import io
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from fundus_gui.core.conversion import read_foreign
from fundus_gui.core.errors import CheckpointError

WEIGHT = {"weight": torch.arange(6.0).reshape(2, 3)}


class Command:
    """Runs a shell command when it is unpickled in the ordinary way."""

    def __init__(self, line: str) -> None:
        self.line = line

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.line,)


class Code:
    """Runs Python when it is unpickled in the ordinary way."""

    def __init__(self, line: str) -> None:
        self.line = line

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return exec, (self.line,)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "best_model.pth"


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """Return a file that exists once hostile code has run."""
    return tmp_path / "ran"


def hostile_contents(proof: Path) -> dict[str, object]:
    command = Command(f"echo > {proof}")
    code = Code(f"import pathlib; pathlib.Path({str(proof)!r}).touch()")
    return {
        "bare command": command,
        "bare code": code,
        "among the tensors": WEIGHT | {"bias": command},
        "beside the state dict": {"model": WEIGHT, "args": command},
        "deep inside": {"model": WEIGHT, "config": {"a": [1, (2, {"b": code})]}},
        "in a namespace": {"model": WEIGHT, "args": argparse.Namespace(hook=command)},
        "as a key": {"model": WEIGHT, command: 1},
    }


KINDS = list(hostile_contents(Path()))


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_foreign(path)
    message = str(caught.value)
    assert message.startswith(f"Weights file {path.name} was refused: ")
    assert "\n" not in message
    return message


# --- nothing runs -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bare command", "bare code"])
def test_the_hostile_files_of_these_tests_are_hostile(kind: str, proof: Path) -> None:
    pickle.loads(pickle.dumps(hostile_contents(proof)[kind]))
    assert proof.exists()


@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_code_in_a_pytorch_file_never_runs(
    path: Path, proof: Path, kind: str, protocol: int, is_zip: bool
) -> None:
    content = hostile_contents(proof)[kind]
    torch.save(content, path, pickle_protocol=protocol, _use_new_zipfile_serialization=is_zip)
    assert "could run code" in refusal(path)
    assert not proof.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_code_in_a_plain_pickle_never_runs(
    path: Path, proof: Path, kind: str, protocol: int
) -> None:
    path.write_bytes(pickle.dumps(hostile_contents(proof)[kind], protocol=protocol))
    refusal(path)
    assert not proof.exists()


def test_code_in_the_oldest_tar_format_never_runs(path: Path, proof: Path) -> None:
    hostile = pickle.dumps(Command(f"echo > {proof}"), protocol=2)
    with tarfile.open(path, "w") as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            entry = tarfile.TarInfo(name)
            entry.size = len(hostile)
            archive.addfile(entry, io.BytesIO(hostile))
    refusal(path)
    assert not proof.exists()


def test_code_in_a_hand_made_zip_never_runs(path: Path, proof: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Command(f"echo > {proof}"), protocol=2))
        archive.writestr("archive/version", "3\n")
    refusal(path)
    assert not proof.exists()


def test_a_hostile_pickle_named_safetensors_never_runs(tmp_path: Path, proof: Path) -> None:
    path = tmp_path / "eye.safetensors"
    torch.save(Command(f"echo > {proof}"), path)
    assert "damaged" in refusal(path)
    assert not proof.exists()


def test_a_whole_network_is_refused(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), path)
    assert "Save the network's state_dict" in refusal(path)


def test_a_compiled_network_is_refused(path: Path) -> None:
    program = torch.export.export(torch.nn.Linear(2, 2), (torch.ones(1, 2),))
    torch.export.save(program, path.with_suffix(".pt2"))
    path.with_suffix(".pt2").rename(path)
    refusal(path)


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04" + bytes(99), b"\x80"])
def test_rubbish_is_refused_in_one_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "it is damaged" in refusal(path)


def test_a_cut_file_is_refused(path: Path) -> None:
    torch.save(WEIGHT, path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "it is damaged" in refusal(path)


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    assert "No such file" in refusal(path)
    assert "cannot be read" in refusal(path.with_suffix(".safetensors"))


# --- what is sound is read --------------------------------------------------------------------


@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("protocol", [2, 3])
def test_a_state_dict_is_read(path: Path, protocol: int, is_zip: bool) -> None:
    torch.save(WEIGHT, path, pickle_protocol=protocol, _use_new_zipfile_serialization=is_zip)
    assert read_foreign(path)["weight"].equal(WEIGHT["weight"])


def test_safetensors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "eye.safetensors"
    save_file(WEIGHT, path)
    assert read_foreign(path)["weight"].equal(WEIGHT["weight"])


def test_parameters_come_without_their_history(path: Path) -> None:
    torch.save({"weight": torch.nn.Parameter(torch.ones(2))}, path)
    assert not read_foreign(path)["weight"].requires_grad


def test_the_command_line_of_a_script_does_no_harm(path: Path) -> None:
    torch.save({"model": WEIGHT, "args": argparse.Namespace(lr=0.1, data="x")}, path)
    assert read_foreign(path).keys() == {"weight"}


@pytest.mark.parametrize("key", ["model", "teacher", "model_state_dict", "state_dict"])
def test_a_checkpoint_is_unwrapped(path: Path, key: str) -> None:
    torch.save({"epoch": 3, "optimizer": {"lr": torch.ones(1)}, key: WEIGHT}, path)
    assert read_foreign(path).keys() == {"weight"}


def test_of_a_training_checkpoint_the_averaged_weights_are_taken(path: Path) -> None:
    averaged = {"weight": torch.full((2, 3), 7.0)}
    torch.save({"arch": "x", "state_dict": WEIGHT, "state_dict_ema": averaged}, path)
    assert read_foreign(path)["weight"].equal(averaged["weight"])


@pytest.mark.parametrize("content", [{"epoch": 3}, [torch.ones(1)], torch.ones(1), {"model": {}}])
def test_a_file_without_a_state_dict_is_refused(path: Path, content: object) -> None:
    torch.save(content, path)
    assert "no state dict" in refusal(path)
