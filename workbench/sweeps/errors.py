"""What is wrong with the description of a sweep."""


class SweepError(ValueError):
    """One line: which part, what was expected, what came."""
