"""Training as commands and events. Adding a field with a default keeps the protocol version."""

import msgspec

from workbench.protocol.base import Command, Event, Metrics


class Train(Command, frozen=True, tag="train"):
    """Trains a project into a new run folder, or goes on with a run.

    `project` is the text of a project file, so an unsaved document trains as it stands on the canvas.
    `runs` is the run store's folder, `name` the stem of the run's name (by default the project's title), `device`
    one of "auto", "cpu", "gpu:0", "gpu:1" and so on.

    With `resume` (the folder of a run) that run goes on after its last completed epoch, from its own project;
    `epochs_more` epochs are added to those it was planned for (or, negative, taken away). With `branch_epoch` a new
    run begins from that run's checkpoint of this epoch instead, with `project` where it is given (its settings may
    differ; layers of the network that are others by now begin anew) and otherwise with that run's.

    `weights` is the file of the project's weights, which is beside a project's file; "" looks in the user's own store.

    A run is gone on with, or branched from, only while its dataset has the content that it was trained on;
    `accept_changed_data` allows other content with the same classes.
    """

    project: str
    runs: str
    name: str = ""
    device: str = "auto"
    resume: str = ""
    epochs_more: int = 0
    branch_epoch: int = 0
    weights: str = ""
    accept_changed_data: bool = False


class Pause(Command, frozen=True, tag="pause"):
    """Holds the envelope's job between two batches; `Continue` or `Stop` ends that."""


class Continue(Command, frozen=True, tag="continue"):
    """The envelope's job goes on after `Pause`, or tries again what made it pause by itself."""


class SetLearningRate(Command, frozen=True, tag="set_learning_rate"):
    """The envelope's training takes this rate from the next batch on; None: the schedule's again.

    The schedule keeps its shape: it is multiplied by what this rate is of the schedule's at that moment.
    """

    rate: float | None = None


class FindLearningRate(Command, frozen=True, tag="find_learning_rate"):
    """Raises the rate from `lowest` to `highest` over `batches` batches and watches the loss (Smith, 2017).

    Ends with `LearningRateCurve`. Nothing is kept: no run, no weights.
    """

    project: str
    device: str = "auto"
    lowest: float = 1e-6
    highest: float = 10.0
    batches: int = 100
    weights: str = ""


class FindBatchSize(Command, frozen=True, tag="find_batch_size"):
    """Looks for the largest batch that fits in the device's memory, up to `highest`. Ends with `BatchSizeFound`."""

    project: str
    device: str = "auto"
    highest: int = 4096


class OverfitBatch(Command, frozen=True, tag="overfit_batch"):
    """Trains on one batch alone, for at most `steps` steps: a sound network learns it by heart.

    Ends with `OverfitDone`; nothing is kept.
    """

    project: str
    device: str = "auto"
    steps: int = 200
    weights: str = ""


class LayerNorms(msgspec.Struct, frozen=True):
    """Euclidean norms of a layer's weights and of their gradients over one batch; `dead` is the share of its units
    whose outputs are 0 over a batch, for layers that can die (ReLU), else None."""

    weights: float
    gradients: float
    dead: float | None = None


class Load(msgspec.Struct, frozen=True):
    """What the machine has to do: shares from 0 to 1 of all cores and of the GPU, and bytes. None: not known."""

    cpu: float | None = None
    memory: int | None = None
    """Of the engine process."""
    memory_total: int | None = None
    gpu: float | None = None
    gpu_memory: int | None = None
    gpu_memory_total: int | None = None


class Started(Event, frozen=True, tag="started"):
    """Training begins. `batches` is the number of batches in one epoch; the counts are images.

    `epochs_done` are those of a run that goes on, or of the run that this one branches from. `layers` gives, for each
    Keras layer's name, the path of its primitive; what is before the first slash is the id of the drawn node.
    """

    run: str
    name: str
    epochs: int
    batches: int
    train_images: int
    validation_images: int
    device: str
    seed: int
    epochs_done: int = 0
    layers: dict[str, str] = msgspec.field(default_factory=dict)
    monitor: str = ""
    """The number that decides which epoch is best, as `val_accuracy`."""


class InitialWeights(Event, frozen=True, tag="initial_weights"):
    """What the layers begin with, by their names: `kept` all of their weights, `partly` some or a part of them, `new`
    none. `source` says in words where the weights are from; `optimizer` counts the variables of the optimiser's state
    that were taken over, None where there was none to take. `unused` counts layers of the store that are not asked for.
    """

    source: str
    kept: tuple[str, ...]
    partly: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    unused: int = 0
    optimizer: int | None = None
    remark: str = ""
    """Why the optimiser begins anew although the weights came with a state."""


class Checked(Event, frozen=True, tag="checked"):
    """One batch was tried before the run began: its loss, and what is odd (a line each).

    `unreached` are the trainable layers that no gradient reaches.
    """

    loss: float
    seconds: float
    unreached: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class BatchProgress(Event, frozen=True, tag="batch"):
    """Progress within an epoch, at most about twenty a second.

    `epoch` and `batch` count from 1 and say what is done. Metrics are running means over the epoch.
    `seconds_left` is for the whole training; None until it can be told. `load` comes about once a second.
    """

    epoch: int
    batch: int
    batches: int
    epochs: int
    metrics: Metrics
    images_per_second: float
    seconds_left: float | None = None
    learning_rate: float | None = None
    load: Load | None = None


class EpochEnd(Event, frozen=True, tag="epoch"):
    """An epoch is done and on disk: metrics of training and validation, the learning rate of its last batch.

    `norms` are by Keras layer name, for layers with weights; empty where they are not watched. `waited` counts the
    epochs since the best one, where early stopping is on.
    """

    epoch: int
    epochs: int
    metrics: Metrics
    learning_rate: float
    seconds: float
    seconds_left: float
    best: bool
    images_per_second: float = 0.0
    norms: dict[str, LayerNorms] = msgspec.field(default_factory=dict)
    waited: int | None = None


class Paused(Event, frozen=True, tag="paused"):
    """Training holds after this batch. `problem` is "" on request; else what has to be put right first, as a full
    disk, and `hint` how. `Continue` goes on, `Stop` ends."""

    epoch: int
    batch: int
    problem: str = ""
    hint: str = ""


class Continued(Event, frozen=True, tag="continued"):
    """Training goes on."""


class LearningRateSet(Event, frozen=True, tag="learning_rate_set"):
    """The rate was changed by hand and holds from this batch on; `by_hand` is False where the schedule's is back."""

    rate: float
    epoch: int
    batch: int
    by_hand: bool = True


class LayerAlarm(Event, frozen=True, tag="layer_alarm"):
    """Something is wrong in a layer, the first of those concerned.

    `what` is "not finite" (output or weights), "dead" (its ReLU gives 0 for a whole batch) or "no gradient".
    `layer` is the Keras layer's name, `path` its primitive's path (the drawn node's id before the first slash).
    """

    layer: str
    path: str
    what: str
    message: str
    epoch: int
    batch: int


class Finished(Event, frozen=True, tag="finished"):
    """Every epoch is done, or early stopping ended it. `best` holds the metrics of the best epoch, `last` those of
    the last one; `unreadable` counts images that could not be read and were left out."""

    run: str
    name: str
    best: Metrics
    best_epoch: int
    last: Metrics
    epochs: int
    seconds: float
    stopped_early: bool = False
    unreadable: int = 0
    monitor: str = ""
    """The metric that decided which epoch is best."""


class Stopped(Event, frozen=True, tag="stopped"):
    """The job ended on request; its run is kept ("" where none had begun), `epochs` were completed."""

    run: str = ""
    name: str = ""
    best: Metrics = msgspec.field(default_factory=dict)
    best_epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    monitor: str = ""


class RateTried(Event, frozen=True, tag="rate_tried"):
    """A batch of the learning-rate finder: its rate, and its loss, which may be no finite number."""

    rate: float
    loss: float


class LearningRateCurve(Event, frozen=True, tag="learning_rate_curve"):
    """The loss (smoothed in `smoothed`) at each rate. `suggestion` is None where it is unclear which rate
    makes the loss fall, and `message` says how it was chosen."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None
    message: str
    diverged: float | None = None
    """The rate at which the loss went out of bounds."""


class BatchTrial(msgspec.Struct, frozen=True):
    """A batch size that was tried."""

    batch_size: int
    fits: bool
    images_per_second: float = 0.0


class BatchSizeFound(Event, frozen=True, tag="batch_size_found"):
    """`largest` fits (0: not even one image does); `limit` says what it was measured against."""

    largest: int
    tried: tuple[BatchTrial, ...]
    limit: str


class OverfitDone(Event, frozen=True, tag="overfit_done"):
    """The losses and accuracies step by step; `ok` where the batch was learned by heart."""

    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    ok: bool
    message: str
