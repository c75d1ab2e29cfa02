"""What is to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fundus_gui.core.errors import ConfigError

Laterality = Literal["OD", "OS"]
Framing = Literal["full_disc", "cut", "fills_frame"]

CONDITIONS = (
    "amd",
    "cataract",
    "diabetic_retinopathy",
    "glaucoma",
    "normal",
    "pathologic_myopia",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundusSpec:
    """One drawing; equal specs give equal pixels.

    Attributes:
        condition: one of `CONDITIONS`.
        size: height in pixels, 512 to 3000.
        laterality: right (OD, optic disc to the right of the macula) or left eye (OS).
        framing: the whole disc on black, the disc cut at top and bottom by a 3:2 frame, or
            retina up to the edges of a 4:3 frame.
        severity: 0 (slight) to 1 (severe); without meaning for `normal`.
        seed: of everything random.
    """

    condition: str = "normal"
    size: int = 1024
    laterality: Laterality = "OD"
    framing: Framing = "full_disc"
    severity: float = 0.7
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 512 <= self.size <= 3000:
            raise ConfigError(f"A drawing is 512 to 3000 pixels high, not {self.size}.")
        if not 0 <= self.severity <= 1:
            raise ConfigError(f"The severity must be 0 to 1, not {self.severity:g}.")
        if self.seed < 0:
            raise ConfigError(f"The seed must be at least 0, not {self.seed}.")
        choices = (
            ("condition", self.condition, CONDITIONS),
            ("laterality", self.laterality, get_args(Laterality)),
            ("framing", self.framing, get_args(Framing)),
        )
        for field, value, known in choices:
            if value not in known:
                raise ConfigError(f"{field} must be one of {', '.join(known)}, not '{value}'.")
