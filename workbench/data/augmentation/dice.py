"""Chance for one image and one step: as many draws as wanted from 64 bits, the same on every machine."""

from __future__ import annotations

from math import cos, log, pi, sqrt

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15


class Dice:
    """SplitMix64 (Steele, Lea and Flood, 2014) in plain Python: what an image needs is a handful of draws, and a
    numpy generator takes longer to make than they do.
    """

    __slots__ = ("_state",)

    def __init__(self, bits: int) -> None:
        self._state = bits

    def bits(self) -> int:
        """64 random bits."""
        self._state = state = (self._state + _GOLDEN) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return state ^ (state >> 31)

    def unit(self) -> float:
        """From 0 on, below 1."""
        return (self.bits() >> 11) * 2.0**-53

    def uniform(self, one: float, other: float) -> float:
        """Between two numbers, whichever of them is the larger."""
        return one + (other - one) * self.unit()

    def around(self, middle: float, reach: float) -> float:
        """At most `reach` from the middle."""
        return middle + reach * (2 * self.unit() - 1)

    def chance(self, probability: float) -> bool:
        """True in this share of all cases."""
        return self.unit() < probability

    def index(self, count: int) -> int:
        """From 0 to count - 1."""
        return min(int(self.unit() * count), count - 1)

    def normal(self) -> float:
        """Standard normal (Box and Muller, 1958)."""
        return sqrt(-2 * log(1 - self.unit())) * cos(2 * pi * self.unit())

    def gamma(self, shape: float) -> float:
        """Gamma of scale 1 (Marsaglia and Tsang, 2000)."""
        if shape < 1:
            return self.gamma(shape + 1) * float((1 - self.unit()) ** (1 / shape))
        d = shape - 1 / 3
        while True:
            x = self.normal()
            v = (1 + x / sqrt(9 * d)) ** 3
            if v > 0 and log(1 - self.unit()) < x * x / 2 + d * (1 - v + log(v)):
                return d * v

    def beta(self, alpha: float) -> float:
        """Beta(alpha, alpha)."""
        one, other = self.gamma(alpha), self.gamma(alpha)
        return one / (one + other) if one + other > 0 else float(self.chance(0.5))
