"""What the tests of the core share."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from tiny_weights import write_tiny_weights

# A run must not depend on luck, nor on how busy the machine is.
settings.register_profile(
    "fundus",
    max_examples=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fundus")

# Threads that wait for each other make small networks a hundred times slower on a busy machine.
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two tiny models and their ensemble, for reading only."""
    return write_tiny_weights(tmp_path_factory.mktemp("weights"))
