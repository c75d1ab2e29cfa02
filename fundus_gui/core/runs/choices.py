"""The words between which settings of a training choose."""

from __future__ import annotations

from typing import Literal

Optimizer = Literal["adamw", "sgd", "rmsprop"]
Schedule = Literal["cosine", "one-cycle", "step"]
Loss = Literal["cross-entropy", "focal"]
Balance = Literal["none", "loss", "sampling"]
Flips = Literal["both", "horizontal", "none"]
Policy = Literal["none", "randaugment", "trivialaugment"]
Precision = Literal["fp32", "bf16", "fp16"]
Cache = Literal["auto", "memory", "disk", "none"]
DuplicateAnswer = Literal["join", "refuse", "ignore"]
Normalisation = Literal["imagenet", "measured"]
Contrast = Literal["none", "ben-graham"]
