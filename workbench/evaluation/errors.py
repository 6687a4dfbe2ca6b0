"""What can be wrong with predictions, and with generated images."""


class PredictionsError(Exception):
    """Predictions that cannot be read or judged. The message is one line: what was expected, what came, where."""


class GenerativeError(Exception):
    """Generated images that cannot be judged. The message is one line: what was expected, what came."""
