"""`workbench train FILE`: trains a project or goes on with a run, with a progress bar; or tries things out before."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.commands.augment import PRESET_WORDS
from workbench.cli.commands.train_trials import TRIALS, add_trials
from workbench.cli.errors import INTERRUPTED, InputError, WrongUsage
from workbench.cli.initial_weights import add_weights, choose_weights
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json, assignment, positive
from workbench.cli.output import duration, metrics_line, print_json
from workbench.cli.progress import counted, progress
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, runs_root, writable_runs_root
from workbench.data.spec import located
from workbench.project import (
    Project,
    SetAdversarial,
    SetAugmentation,
    SetDataset,
    SettingsError,
    SetTraining,
    assign,
    is_adversarial,
)
from workbench.project.file import dumps
from workbench.protocol import AnyCommand, Finished, Stopped, Train
from workbench.runs import Run, RunStore, RunStoreError

_EPILOG = """\
Ctrl-C stops at the batch and keeps the run; a second Ctrl-C ends at once. The file is not changed.
Settings are those of the project file: epochs, batch_size, optimizer, learning_rate, schedule, loss, metrics
(as accuracy,auc), label_smoothing, class_weights, precision, xla, monitor, early_stopping, patience, min_delta,
keep_epochs, tensorboard, deterministic, seed, validation_share, value_range and so on; optimizer.momentum=0.9,
schedule.warmup_epochs=2 and loss.gamma=2 set one argument. fine_tuning=two-phase trains the head, then the top;
fine_tuning="head for 5; all for 5 at 0.1" other phases; fine_tuning.rates="block1_* at 0.1".
docs/training.md lists them all. Of a GAN, loss, label_smoothing, conditional, discriminator_steps, generator_rate,
discriminator_optimizer.beta_1 and the rest of docs/gans.md."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--data SPEC] [--epochs N] [--set key=value]... [--resume RUN [--branch-epoch N]] and the trials."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a project (*.workbench)")
    parser.add_argument("--data", metavar="SPEC", help="train on this dataset instead of the project's, as digits")
    parser.add_argument("--epochs", metavar="N", type=positive, help="train for N epochs, of a resumed run N in all")
    parser.add_argument(
        "--set",
        metavar="key=value",
        dest="settings",
        type=assignment,
        action="append",
        default=[],
        help="another setting, as batch_size=64 or optimizer.momentum=0.9; may be repeated",
    )
    parser.add_argument(
        "--augment", metavar="PRESET", choices=PRESET_WORDS, help=f"an augmentation: {', '.join(PRESET_WORDS)}"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, gpu:0 and so on")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run: latest, a name or a folder")
    parser.add_argument(
        "--branch-epoch",
        metavar="N",
        type=positive,
        help="with --resume: begin a new run from that run's epoch N, with other settings if you like",
    )
    parser.add_argument(
        "--accept-changed-data",
        action="store_true",
        help="with --resume: go on although the dataset has changed since the run was trained",
    )
    add_weights(parser)
    add_trials(parser)
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Trains, or tries; 130 where it was stopped."""
    if arguments.trial is not None:
        return _run_trial(arguments)
    command = _resume(arguments) if arguments.resume is not None else _begin(arguments)
    done = _train(command)
    if arguments.json:
        print_json(record(done))
    else:
        print(*described(done), sep="\n")
    return INTERRUPTED if isinstance(done, Stopped) else 0


def train(project: Project, name: str, root: Path) -> Finished | Stopped:
    """Trains into a new run under `root`. Raises InputError."""
    return _train(Train(project=dumps(project).decode(), runs=str(root), name=name, weights=weights_file(project)))


def weights_file(project: Project) -> str:
    """The file of the project's weights, as a command names it."""
    return str(project.weights.file) if project.weights is not None and project.weights.file else ""


def _train(command: Train) -> Finished | Stopped:
    done = _done(command)
    assert isinstance(done, Finished | Stopped)
    return done


def _done(command: AnyCommand) -> Any:
    with quietened() as people, progress(people) as report:
        return run_job(command, report)


def _begin(arguments: argparse.Namespace) -> Train:
    if arguments.branch_epoch is not None:
        raise WrongUsage("--branch-epoch needs --resume RUN, the run to branch from")
    project, name = _project(arguments)
    root = writable_runs_root(arguments)
    return Train(
        project=dumps(project).decode(),
        runs=str(root),
        name=name,
        device=arguments.device,
        weights=weights_file(project),
    )


def _resume(arguments: argparse.Namespace) -> Train:
    """Raises InputError where there is no such run, WrongUsage where a run that goes on would change."""
    try:
        found = RunStore(runs_root(arguments)).resolve(arguments.resume)
    except RunStoreError as error:
        raise InputError(str(error)) from error
    root, device = str(writable_runs_root(arguments)), arguments.device
    if arguments.branch_epoch is not None:
        if arguments.weights is not None:
            raise WrongUsage("--branch-epoch begins with the weights of that epoch; it takes no --weights")
        project = _branched(arguments, found)
        return Train(
            project=project,
            runs=root,
            name="",
            device=device,
            resume=str(found.folder),
            branch_epoch=arguments.branch_epoch,
            accept_changed_data=arguments.accept_changed_data,
        )
    others = (arguments.data, arguments.augment, arguments.weights)
    if arguments.file or arguments.settings or any(each is not None for each in others):
        raise WrongUsage(
            "a run goes on with its own project and settings: --resume takes no FILE, --set, --data, --augment "
            "or --weights; with --branch-epoch a new run begins from it, which may differ"
        )
    more = 0 if arguments.epochs is None else arguments.epochs - found.record.epochs_planned
    return Train(
        project="",
        runs=root,
        device=device,
        resume=str(found.folder),
        epochs_more=more,
        accept_changed_data=arguments.accept_changed_data,
    )


def _branched(arguments: argparse.Namespace, run: Run) -> str:
    opened = open_project(arguments.file or run.project_file)
    apply_settings(opened.project, arguments)
    return dumps(opened.project).decode()


def _project(arguments: argparse.Namespace) -> tuple[Project, str]:
    """The project to train with what the command line says of it, and the run's name. Raises InputError, WrongUsage."""
    if arguments.file is None:
        raise WrongUsage("expected FILE, a project; or --resume RUN")
    opened = open_project(arguments.file, lambda project: apply_settings(project, arguments))
    if opened.errors:
        raise InputError(*opened.error_lines())
    choose_weights(opened.project, arguments)
    data = opened.project.dataset
    given = arguments.data is not None or "spec" in dict(arguments.settings)
    folder = Path.cwd() if given else opened.path.parent
    opened.project.apply(SetDataset(assign(data, {"spec": located(data.spec, folder)})))
    return opened.project, opened.project.title or opened.path.stem


def _run_trial(arguments: argparse.Namespace) -> int:
    if arguments.resume is not None:
        raise WrongUsage(f"--{arguments.trial} takes a FILE, not --resume")
    trial = TRIALS[arguments.trial]
    project, _ = _project(arguments)
    done = _done(trial.command(dumps(project).decode(), arguments.device, weights_file(project)))
    if isinstance(done, Stopped):
        if arguments.json:
            print_json({"status": "stopped"})
        else:
            print("stopped; nothing was found")
        return INTERRUPTED
    if arguments.json:
        print_json(trial.record(done))
    else:
        print(*trial.lines(done), sep="\n")
    return trial.exit_code(done)


def record(done: Finished | Stopped) -> dict[str, Any]:
    """The result as data; `run` is the run's folder, "" where training had not begun."""
    finished = isinstance(done, Finished)
    return {
        "run": done.run,
        "name": done.name,
        "status": "finished" if finished else "stopped",
        "best": done.best,
        "best_epoch": done.best_epoch,
        "last": done.last if isinstance(done, Finished) else {},
        "epochs": done.epochs,
        "seconds": done.seconds,
        "stopped_early": isinstance(done, Finished) and done.stopped_early,
        "unreadable": done.unreadable if isinstance(done, Finished) else 0,
    }


def described(done: Finished | Stopped) -> list[str]:
    """The result in lines."""
    if not done.run:
        return ["stopped before training began"]
    early = isinstance(done, Finished) and done.stopped_early
    how = "trained" if isinstance(done, Finished) else "stopped after"
    ended = ", ended early" if early else ""
    lines = [f"{how} {counted(done.epochs, 'epoch')} in {duration(done.seconds)}{ended}; the run is {done.run}"]
    if done.best:
        lines.append(f"best epoch {done.best_epoch}: {metrics_line(done.best)}")
    elif isinstance(done, Finished) and done.last:
        lines.append(f"last epoch: {metrics_line(done.last)}")
    if isinstance(done, Finished) and done.unreadable:
        lines.append(f"{done.unreadable:,} images could not be read; the run's log names them")
    return lines


def apply_settings(project: Project, arguments: argparse.Namespace) -> None:
    """What the command line says goes before what the file says. Raises WrongUsage."""
    values: dict[str, Any] = dict(arguments.settings)
    if arguments.epochs is not None:
        _check(project, {"epochs": values.get("epochs", arguments.epochs)})  # a wrong one is not hidden by --epochs
        values["epochs"] = arguments.epochs
    values |= {"spec": arguments.data} if arguments.data is not None else {}
    dataset = {name: values.pop(name) for name in project.dataset.__struct_fields__ if name in values}
    try:
        if is_adversarial(project):
            _apply_adversarial(project, values)
        project.apply(SetDataset(assign(project.dataset, dataset)))
        project.apply(SetTraining(assign(project.training, values, project.dataset.__struct_fields__)))
    except SettingsError as error:
        raise WrongUsage(str(error)) from error
    if arguments.augment is not None:
        from workbench.project.augmentation_presets import PRESETS

        project.apply(SetAugmentation(PRESETS[PRESET_WORDS[arguments.augment]]))


def _check(project: Project, values: dict[str, Any]) -> None:
    try:
        assign(project.training, values)
    except SettingsError as error:
        raise WrongUsage(str(error)) from error


def _apply_adversarial(project: Project, values: dict[str, Any]) -> None:
    """Takes the adversarial settings out of the values: where training has one of the same name, a GAN does not use it.

    Raises SettingsError.
    """
    fields = (*project.adversarial.__struct_fields__, "adversarial")
    named = [name for name in values if name.partition(".")[0] in fields]
    own = {name.removeprefix("adversarial."): values.pop(name) for name in named}
    project.apply(SetAdversarial(assign(project.adversarial, own)))
