"""Devices, precision and processes of a training, through Lightning Fabric."""

from __future__ import annotations

import os
from datetime import timedelta

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from lightning_fabric.strategies.ddp import DDPStrategy

from fundus_gui.core.devices import resolve_device
from fundus_gui.core.errors import ConfigError, DeviceError
from fundus_gui.core.runs import TrainConfig

_PRECISIONS = {"fp32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}
_PATIENCE = timedelta(hours=12)  # the first process may compare many photographs before it joins


def make_fabric(config: TrainConfig) -> Fabric:
    """Return what runs one network on one or more devices, not launched yet.

    Under `torchrun` the number of processes is torchrun's; otherwise `config.devices` of them are
    started on this machine.

    Raises:
        DeviceError: there are fewer devices.
        ConfigError: the device cannot compute in the precision.
    """
    device = resolve_device(config.device)
    if config.precision == "fp16" and device.type == "cpu":
        raise ConfigError("fp16 needs a GPU. Choose fp32, or bf16 on recent processors.")
    if config.freeze_epochs and process_count(config) > 1:
        raise ConfigError("freeze_epochs works with one process only. Set it to 0.")
    if config.batch_size % process_count(config):
        raise ConfigError(
            f"batch_size must be a multiple of the {process_count(config)} processes, "
            f"not {config.batch_size}."
        )
    local = int(os.environ.get("LOCAL_WORLD_SIZE", config.devices))
    if device.type == "cuda" and local > torch.cuda.device_count():
        raise DeviceError(
            f"{local} devices were asked for, but there are {torch.cuda.device_count()}."
        )
    chosen = [device.index] if device.index is not None and local == 1 else local
    several = process_count(config) > 1
    return Fabric(
        accelerator=device.type,
        devices=chosen,
        num_nodes=process_count(config) // local,
        strategy=DDPStrategy(timeout=_PATIENCE) if several else "auto",
        precision=_PRECISIONS[config.precision],  # type: ignore[arg-type]
        plugins=_environment(),
    )


def _environment() -> LightningEnvironment | TorchElasticEnvironment:
    """Return who starts the processes: torchrun or Fabric.

    Left to choose, Fabric takes the tasks of SLURM for processes, and warns wherever `srun` is
    installed and not used.
    """
    if TorchElasticEnvironment.detect():
        return TorchElasticEnvironment()
    return LightningEnvironment()


def process_count(config: TrainConfig) -> int:
    """Return the number of processes over all machines."""
    return int(os.environ.get("WORLD_SIZE", config.devices))


def is_first_process() -> bool:
    """Return whether this process writes the run, known before the others are there."""
    return int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0
