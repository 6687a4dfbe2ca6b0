"""What only a training of two networks against each other has to tell."""

from workbench.protocol.base import Event


class TrainingAlarm(Event, frozen=True, tag="training_alarm"):
    """Something is wrong with the training as a whole; it goes on.

    `what` is "discriminator wins", "mode collapse", "oscillation" or, where the training is at its end, "not finite".
    `epoch` and `batch` count from 1.
    """

    what: str
    message: str
    epoch: int
    batch: int
    hint: str = ""


class Samples(Event, frozen=True, tag="samples"):
    """The grid of images from the fixed noise was written after this epoch (0: before the first) to `path`, a PNG."""

    epoch: int
    path: str
