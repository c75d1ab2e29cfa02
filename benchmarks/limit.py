"""What a processor could do at best: matrix products of as many operations as the networks need.

How far a program can leave the article's script behind depends on the processor: one that runs
torch's own products at the full speed leaves little to gain.
"""

from __future__ import annotations

import torch
from contestants import Job
from measuring import Play
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from fundus_gui.core.devices import fast_dtype
from fundus_gui.core.results import Precision

ROWS, WIDTH = 1024, 3072  # of a product: large enough for the full speed


def is_known(job: Job) -> bool:
    """Return whether the products are those that the program's layers are made of."""
    return job.device == "cpu" and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def products(job: Job, precision: Precision) -> Play:
    """Do nothing but products, on oneDNN."""
    dtype = fast_dtype(torch.device("cpu")) if precision == "fast" else torch.float32
    networks = job.networks()
    operations = len(job.photographs) * sum(operations_of(each, job.size) for each in networks)
    count = max(1, round(operations / (2 * ROWS * WIDTH**2)))
    rows = torch.randn(ROWS, WIDTH).to(dtype)
    weight = torch.ops.mkldnn._reorder_linear_weight(torch.randn(WIDTH, WIDTH).to(dtype), ROWS)

    @torch.inference_mode()
    def play() -> float:
        for _ in range(count):
            torch.ops.mkldnn._linear_pointwise(rows, weight, None, "none", (), "")
        return 0.0

    return play


@torch.no_grad()
def operations_of(network: nn.Module, size: int) -> int:
    """Return the multiplications and additions that one image takes."""
    with FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, size, size))
    return counter.get_total_flops()
