"""What can be wrong with predictions."""


class PredictionsError(Exception):
    """Predictions that cannot be read or judged. The message is one line: what was expected, what came, where."""
