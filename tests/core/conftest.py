"""What the tests of the core share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tiny_weights import write_tiny_weights

# A run must not depend on luck, nor on how busy the machine is.
settings.register_profile(
    "fundus", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fundus")


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two tiny models and their ensemble, for reading only."""
    return write_tiny_weights(tmp_path_factory.mktemp("weights"))
