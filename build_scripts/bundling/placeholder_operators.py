"""Runtime hook of test bundles: names two operators whose library does not fit this torch.

Where only the CUDA build of torchvision and a CPU build of torch are at hand, torchvision's own
library cannot be loaded, and its import ends with an error for want of two names. Here they get
their signatures and no code: whoever calls them gets an error, never a wrong number.
"""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class BeforeTorchvision(importlib.abc.MetaPathFinder):
    """Defines the operators when torchvision is first imported, so that torch can wait as well."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Find nothing."""
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            import torch

            library = torch.library.Library("torchvision", "FRAGMENT")
            for operator in ("nms", "qnms"):
                library.define(operator + SIGNATURE)
            torch._placeholder_operators = library  # type: ignore[attr-defined] # keeps them
        return None


sys.meta_path.insert(0, BeforeTorchvision())
