"""The optional fast engine: OpenVINO computes a network on the CPU, if it answers as torch does."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import sys
import threading
import warnings
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from fundus_gui.core import atomic
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.checkpoints import Checkpoint
from fundus_gui.core.errors import FundusError
from fundus_gui.core.images import file_sha256, load_image
from fundus_gui.core.paths import cache_dir, samples_dir

if TYPE_CHECKING:
    import openvino

ENGINE_VARIABLE = "FUNDUS_GUI_ENGINE"  # of the environment; "torch" leaves OpenVINO out

# How far the probabilities of a sample may move. In bfloat16, those of other photographs move
# further than the samples': up to 0.07 where the samples' moved by 0.016, 0.009 where by 0.002.
_MAY_MOVE = {torch.float32: 1e-4, torch.bfloat16: 0.01}
_XML, _WEIGHTS, _CHECK = "model.xml", "model.bin", "check.npz"
# Besides what both libraries raise: an installation that is not whole, or of another generation.
_FAILURES = (
    *(FundusError, OSError, RuntimeError, ValueError),
    *(ImportError, AttributeError, TypeError),
)
_DAMAGES = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error),
    *(KeyError, TypeError, ValueError, RuntimeError),
)
_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # torch's tracer follows one network


class _RefusedError(RuntimeError):
    """OpenVINO cannot compute the network, today or tomorrow; its text is the reason."""


class OpenVINONetwork(nn.Module):
    """A network that OpenVINO computes, batch after batch.

    Attributes:
        sha256: of the weights file.
        dtype: what it computes in, float32 or bfloat16.
    """

    def __init__(self, model: openvino.Model, sha256: str, dtype: torch.dtype) -> None:
        super().__init__()
        self.sha256 = sha256
        self.dtype = dtype
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if dtype == torch.bfloat16 else "f32",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "NUM_STREAMS": 1,
        }
        compiled = _openvino().Core().compile_model(model, "CPU", settings)
        self._request = compiled.create_infer_request()
        self._computing = threading.Lock()

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, K), float32, of inputs (N, 3, S, S)."""
        with self._computing:
            answer = self._request.infer([x.contiguous().numpy()], share_inputs=True)
        return torch.from_numpy(answer[0])


def engine_name(network: nn.Module) -> str:
    """Return which engine computes a network, empty for torch."""
    if not isinstance(network, OpenVINONetwork):
        return ""
    return f"OpenVINO {_version()}"


def _openvino() -> ModuleType:
    """Import OpenVINO without what would tell its makers about that over the network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    module: ModuleType = openvino
    return module


def _version() -> str:
    return str(_openvino().get_version()).partition("-")[0]


def kept_network(path: Path, card: ModelCard, dtype: torch.dtype) -> OpenVINONetwork | None:
    """Return what was converted of a weights file before, as `openvino_network` does.

    The file itself is only hashed, so that torch's weights are not in the memory beside OpenVINO's.

    Args:
        path: of the weights file.
        card: that it is to have.
        dtype: as `openvino_network` takes it.

    Returns:
        None where nothing is kept, or where it is not to be used.
    """
    if not _is_wanted():
        return None
    try:
        sha256 = file_sha256(path)
        with _one_at_a_time:
            return None if _refusal(sha256, dtype).exists() else _kept(sha256, card, dtype)
    except _FAILURES:  # with the network at hand they are met again, and told
        return None


def openvino_network(
    name: str, checkpoint: Checkpoint, dtype: torch.dtype = torch.float32
) -> OpenVINONetwork | None:
    """Let OpenVINO compute a network, where it is installed and answers as torch does.

    A network is converted once for each weights file, which takes seconds, and kept in the cache
    with what torch answered to the sample photographs. That is asked whenever it is loaded. What
    OpenVINO cannot compute is remembered there too, until there is another version of it.

    Args:
        name: of the model.
        checkpoint: the network is on the CPU.
        dtype: bfloat16 lets it compute in that, where its answers hardly move by it.

    Returns:
        None where torch is to compute. If that is so because something failed, it is logged.
    """
    if not _is_wanted():
        return None
    try:
        with _one_at_a_time:
            refusal = _refusal(checkpoint.sha256, dtype)
            if refusal.exists():
                raise _RefusedError(refusal.read_text("utf-8"))
            kept = _kept(checkpoint.sha256, checkpoint.card, dtype)
            return kept or _made(checkpoint, dtype)
    except _FAILURES as error:
        reason = str(error).strip().rpartition("\n")[2]
        _log.warning("OpenVINO cannot compute the model %s, PyTorch does it (%s).", name, reason)
        return None


def _is_wanted() -> bool:
    return os.environ.get(ENGINE_VARIABLE) != "torch" and find_spec("openvino") is not None


def _folder(sha256: str) -> Path:
    """Return where the present OpenVINO's version of a weights file is kept."""
    return cache_dir() / "openvino" / f"{sha256}-{_version()}"


def _refusal(sha256: str, dtype: torch.dtype) -> Path:
    """Return the file that says why the network is not computed in that."""
    return _folder(sha256) / f"refused-{str(dtype).removeprefix('torch.')}.txt"


def _kept(sha256: str, card: ModelCard, dtype: torch.dtype) -> OpenVINONetwork | None:
    """Return the kept network, None if there is none, or one that is damaged or answers wrongly."""
    folder = _folder(sha256)
    try:
        with (folder / _CHECK).open("rb") as stream, np.load(stream) as check:
            images, answers = torch.from_numpy(check["images"]), torch.from_numpy(check["answers"])
            is_whole = str(check["sha256"]) == _sha256(folder)
            is_of_card = str(check["card"]) == card.to_json()
        if not is_whole or not is_of_card:
            return None
        model = _openvino().Core().read_model(folder / _XML)  # maps the weights, which saves memory
        return _agreeing(model, sha256, images, answers, dtype)
    except _DAMAGES:
        return None


def _sha256(folder: Path) -> str:
    """Return a hash over both files of a converted network."""
    digests = []
    for name in (_XML, _WEIGHTS):
        with (folder / name).open("rb") as stream:
            digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return " ".join(digests)


def _made(checkpoint: Checkpoint, dtype: torch.dtype) -> OpenVINONetwork:
    """Convert a network, and keep it, or why that cannot be.

    Raises:
        _RefusedError: it answers otherwise than in torch, or holds what OpenVINO does not know.
    """
    how = checkpoint.card.preprocessing
    samples = sorted(samples_dir().glob("*.jpg"))
    images = torch.stack([torch.from_numpy(how.apply(load_image(each))) for each in samples])
    answers = _answers(checkpoint.model, images)
    try:
        model = _converted(checkpoint.model, images[:3])
        made = _agreeing(model, checkpoint.sha256, images, answers, dtype)
    except _RefusedError as error:
        with contextlib.suppress(OSError):  # then it is tried again next time
            atomic.write_bytes(_refusal(checkpoint.sha256, dtype), str(error).encode())
            _forget_other_versions(checkpoint.sha256)
        raise
    with contextlib.suppress(OSError, RuntimeError):  # then it is converted again next time
        _keep(model, images, answers, checkpoint)
        _forget_other_versions(checkpoint.sha256)
    return made


def _agreeing(
    model: openvino.Model, sha256: str, images: Tensor, answers: Tensor, dtype: torch.dtype
) -> OpenVINONetwork:
    """Compile a network as fast as it may be.

    Raises:
        _RefusedError: it answers otherwise than torch did.
    """
    expected = answers.softmax(dim=1)
    for precision in dict.fromkeys((dtype, torch.float32)):
        network = OpenVINONetwork(model, sha256, precision)
        moved = _answers(network, images).softmax(dim=1) - expected
        if float(moved.abs().max()) <= _MAY_MOVE[precision]:
            return network
        del network  # its memory goes before the next one takes as much
    raise _RefusedError("it answers otherwise")


@torch.inference_mode()
def _answers(network: nn.Module, images: Tensor) -> Tensor:
    # By twos, since three were traced: what holds for another number of images holds for all.
    return torch.cat([network(part) for part in torch.split(images, 2)])


def _converted(network: nn.Module, images: Tensor) -> openvino.Model:
    """Return a network as OpenVINO knows it, for any number of images.

    Raises:
        _RefusedError: it holds what OpenVINO does not know.
    """
    openvino = _openvino()
    from openvino import frontend

    root = logging.getLogger()  # which the converter leaves changed when it fails
    level, filters, handlers = root.level, root.filters.copy(), root.handlers.copy()
    try:
        with warnings.catch_warnings():
            # torch means to give its tracer up, but torch.export takes seven times as long.
            warnings.simplefilter("ignore")
            trace: Callable[..., object] = torch.jit.trace
            model = openvino.convert_model(trace(network, images, check_trace=False))
    except (
        frontend.GeneralFailure,
        frontend.InitializationFailure,
        frontend.NotImplementedFailure,
        frontend.OpConversionFailure,
        frontend.OpValidationFailure,
    ) as error:
        root.setLevel(level)
        root.filters, root.handlers = filters, handlers
        raise _RefusedError(str(error).strip().rpartition("\n")[2]) from error
    model.reshape([-1, *images.shape[1:]])
    return model


def _keep(model: openvino.Model, images: Tensor, answers: Tensor, checkpoint: Checkpoint) -> None:
    """Put a converted network into the cache."""
    folder = _folder(checkpoint.sha256)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = atomic.temporary_beside(folder)
    try:
        draft.mkdir()
        _openvino().save_model(model, draft / _XML, compress_to_fp16=False)
        np.savez(
            draft / _CHECK,
            images=images.numpy(),
            answers=answers.numpy(),
            card=np.array(checkpoint.card.to_json()),
            sha256=np.array(_sha256(draft)),
        )
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _forget_other_versions(sha256: str) -> None:
    """Remove what other versions of OpenVINO have left of a weights file."""
    folder = _folder(sha256)
    for other in folder.parent.glob(f"{sha256}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
