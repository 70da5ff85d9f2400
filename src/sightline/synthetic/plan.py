"""What one made-up school is made from: its number, size, phase and seed."""

from dataclasses import dataclass
from datetime import date

import numpy as np

__all__ = ["DEMO_NUMBER", "Plan", "Random"]

Random = np.random.Generator
DEMO_NUMBER = 0
"""Ordinary schools are numbered from 1."""


@dataclass(frozen=True)
class Plan:
    """One school. Everything about it follows from these values and from nothing else."""

    seed: int
    number: int
    pupils: int
    phase: str
    until: date | None = None

    @property
    def school_id(self) -> str:
        """Begins every id of the school, so that ids are unique over schools."""
        return f"S{self.number:04d}"

    @property
    def is_demo(self) -> bool:
        """Whether the fixed cast goes to this school."""
        return self.number == DEMO_NUMBER

    @property
    def primary(self) -> bool:
        """A primary school has one class a group, no lesson registers and no two-week cycle."""
        return self.phase == "primary"

    def random(self, part: str) -> Random:
        """A stream of its own for each part, so that parts can change one at a time."""
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([self.seed, self.number, *part.encode()]))
        )
