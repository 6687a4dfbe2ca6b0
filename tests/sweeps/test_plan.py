"""From a description to trials, and from trials to projects."""

import itertools

import pytest

from workbench.project import LiveAnalysis
from workbench.project.file import dumps
from workbench.sweeps import Sweep, SweepError, find_place, parse_values, plan_sweep, sweep_places, trial_project
from workbench.templates import get_template


@pytest.fixture(scope="module")
def lenet():
    return dumps(get_template("lenet5").build()).decode()


def sweep(project, grid=None, drawn=None, **facts):
    return Sweep(
        "test",
        project,
        grid={key: parse_values(key, value) for key, value in (grid or {}).items()},
        random={key: parse_values(key, value) for key, value in (drawn or {}).items()},
        **facts,
    )


def test_a_grid_is_every_combination(lenet):
    plan = plan_sweep(sweep(lenet, {"learning_rate": "1e-2,1e-3", "optimizer": "SGD,Adam", "node.c1.filters": "4,6"}))
    assert [trial.number for trial in plan.trials] == list(range(1, 9))
    assert [tuple(trial.values.values()) for trial in plan.trials] == list(
        itertools.product((0.01, 0.001), ("SGD", "Adam"), (4, 6))
    )


def test_a_trial_is_the_project_with_its_values_and_nothing_else_changed(lenet):
    plan = plan_sweep(sweep(lenet, {"learning_rate": "0.5", "node.c1.filters": "4", "validation_share": "0.3"}))
    project = trial_project(plan.sweep, plan.trials[0])
    assert (project.training.learning_rate, project.dataset.validation_share) == (0.5, 0.3)
    node = project.graph("model").node(project.graph("model").find_name("c1"))
    assert node.params["filters"] == 4
    analysis = LiveAnalysis(project)
    assert analysis.of("model").totals.params == 60_854  # as counted in a run of it by Keras
    analysis.close()


def test_random_trials_depend_on_the_seed_and_more_of_them_keep_the_first(lenet):
    drawn = {"learning_rate": "log:1e-4:1e-1", "batch_size": "16:64", "optimizer": "SGD,Adam"}
    few = plan_sweep(sweep(lenet, drawn=drawn, trials=3, seed=1)).trials
    many = plan_sweep(sweep(lenet, drawn=drawn, trials=8, seed=1)).trials
    other = plan_sweep(sweep(lenet, drawn=drawn, trials=3, seed=2)).trials
    assert many[:3] == few
    assert few != other
    assert all(isinstance(trial.values["batch_size"], int) for trial in many)


def test_random_choices_are_not_tried_twice_and_end_when_there_are_no_more(lenet):
    plan = plan_sweep(sweep(lenet, drawn={"optimizer": "SGD,Adam,AdamW"}, trials=10))
    assert sorted(trial.values["optimizer"] for trial in plan.trials) == ["Adam", "AdamW", "SGD"]


def test_grid_and_random_together(lenet):
    plan = plan_sweep(sweep(lenet, {"optimizer": "SGD,Adam"}, {"learning_rate": "log:1e-3:1e-1"}, trials=2))
    assert [trial.values["optimizer"] for trial in plan.trials] == ["SGD", "SGD", "Adam", "Adam"]


def test_a_template_is_built_anew_for_each_trial():
    plan = plan_sweep(
        Sweep(
            "t", template="lenet5", grid={"template.classes": parse_values("", "3,5"), "epochs": parse_values("", "1")}
        )
    )
    sizes = [trial_project(plan.sweep, trial).graph("model") for trial in plan.trials]
    assert [graph.node(graph.find_name("output")).params["units"] for graph in sizes] == [3, 5]


@pytest.mark.parametrize(
    ("grid", "drawn", "facts", "told"),
    [
        ({}, {}, {}, "at least one value to vary"),
        ({"learnin_rate": "1"}, {}, {}, "did you mean learning_rate"),
        ({"node.c9.filters": "1"}, {}, {}, "nothing of this name; did you mean"),
        ({"node.c1.filter": "1"}, {}, {}, "did you mean node.c1.filters"),
        ({"learning_rate": "0.1,-1"}, {}, {}, r"^learning_rate: .*Received: -1"),
        ({"optimizer": "SGD,Sgdd"}, {}, {}, "Received: 'Sgdd'"),
        ({"node.c1.filters": "4,0"}, {}, {}, "^node.c1.filters: .*Received: filters=0"),
        ({"learning_rate": "0:1"}, {}, {}, "expected listed values in a grid"),
        ({}, {"learning_rate": "0.1:1"}, {}, "a number of trials"),
        ({}, {"learning_rate": "-1:1"}, {"trials": 1}, "^learning_rate: "),
        ({}, {"batch_size": "1.2:1.8"}, {"trials": 1}, "a range with a whole number in it"),
        ({"epochs": "1"}, {"epochs": "1:2"}, {"trials": 1}, "in more than one place"),
        ({"epochs": "1"}, {}, {"fixed": {"epochs": 2}}, "in more than one place"),
        ({"epochs": "1"}, {}, {"fixed": {"epoch": 2}}, "did you mean epochs"),
        ({"template.classes": "3"}, {}, {}, "begins with a template"),
    ],
)
def test_what_is_wrong_is_one_line(lenet, grid, drawn, facts, told):
    with pytest.raises(SweepError, match=told) as raised:
        plan_sweep(sweep(lenet, grid, drawn, **facts))
    assert "\n" not in str(raised.value)


def test_too_many_trials_are_refused_before_any_is_made(lenet):
    many = ",".join(map(str, range(1, 200)))
    with pytest.raises(SweepError, match="at most 10,000 trials"):
        plan_sweep(sweep(lenet, {"epochs": many, "batch_size": many}))


def test_every_place_of_a_project_can_be_found_by_its_key_and_set_to_what_it_is():
    project = get_template("dcgan").build()
    for place in sweep_places(project):
        found = find_place(project, place.key)
        assert found == place
        current = place.current(project)
        if current is not None:
            before = dumps(project)
            project.apply(place.edit(project, current))
            assert dumps(project) == before, place.key


def test_the_adversarial_settings_of_a_gan_can_be_varied():
    project = get_template("dcgan").build({"size": 16, "width": 0.1})
    place = find_place(project, "adversarial.discriminator_steps")
    assert place.whole
    assert place.current(project) == 1
    project.apply(place.edit(project, 5))
    assert project.adversarial.discriminator_steps == 5
    assert find_place(project, "adversarial.loss").choices[0] == "non_saturating"
    assert "adversarial.loss" not in {place.key for place in sweep_places(get_template("lenet5").build())}
