"""Small GANs on the bundled digits, and their training, for tests."""

import threading

from workbench.engine import run_job
from workbench.project import AdversarialSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.file import dumps
from workbench.protocol import Train
from workbench.templates.builder import NetworkBuilder

LATENT = 6


def generator(conditional=False, activation="tanh"):
    build = NetworkBuilder("generator")
    x = build.input([LATENT], "latent")
    if conditional:
        x = build.layer("Concatenate", "labelled", x, build.input([10], "label"))
    x = build.layer("Dense", "wide", x, units=32)
    x = build.layer("BatchNormalization", "norm", x, momentum=0.9)
    x = build.layer("ReLU", "relu", x)
    x = build.layer("Dense", "pixels", x, units=64, activation=activation)
    build.layer("Reshape", "image", x, target_shape=[8, 8, 1])
    return build.finish()


def discriminator(conditional=False):
    build = NetworkBuilder("discriminator")
    x = build.layer("Flatten", "flat", build.input([8, 8, 1], "image"))
    if conditional:
        x = build.layer("Concatenate", "labelled", x, build.input([10], "label"))
    x = build.layer("Dense", "wide", x, units=32)
    x = build.layer("LeakyReLU", "relu", x, negative_slope=0.2)
    x = build.layer("Dropout", "drop", x, rate=0.2)
    build.layer("Dense", "logit", x, units=1)
    return build.finish()


def gan(training=None, **adversarial):
    conditional = adversarial.get("conditional", False)
    return Project(
        [generator(conditional), discriminator(conditional)],
        DatasetSettings(spec="digits", value_range="-1..1", validation_share=0.5),
        TrainingSettings(**{"epochs": 2, "batch_size": 64, "seed": 5, **(training or {})}),
        title="small gan",
        adversarial=AdversarialSettings(**{"sample_count": 12, **adversarial}),
    )


def train(runs, project=None, report=lambda event: None, stop=None, **command):
    """Trains in this process; returns the last event and those before it."""
    events = []

    def hear(event):
        events.append(event)
        report(event)

    text = dumps(project).decode() if project is not None else ""
    done = run_job(Train(project=text, runs=str(runs), device="cpu", **command), hear, stop or threading.Event())
    return done, events
