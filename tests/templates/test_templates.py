"""Every template: builds without problems, always the same bytes, and refuses what does not fit."""

import subprocess
import sys

import pytest

from tests.templates.reference import REFERENCE
from workbench.project import LiveAnalysis, loads
from workbench.project.file import dumps
from workbench.templates import TEMPLATES, TemplateError, get_template

PRINT_DIGEST = """
import hashlib, sys
from workbench.project.file import dumps
from workbench.templates import get_template
print(hashlib.sha256(dumps(get_template(sys.argv[1]).build())).hexdigest())
"""

every_template = pytest.mark.parametrize("template", list(TEMPLATES.values()), ids=lambda template: template.name)


@pytest.mark.parametrize("name", REFERENCE)
def test_has_the_published_number_of_parameters(name):
    project = get_template(name).build()
    totals = [LiveAnalysis(project).of(graph).totals for graph in project.graphs]
    assert (sum(t.params for t in totals), sum(t.trainable_params for t in totals)) == REFERENCE[name]


@every_template
def test_has_no_errors_and_comes_back_from_its_file(template):
    project = template.build()
    assert not LiveAnalysis(project).errors
    loaded = loads(dumps(project), "template")
    assert loaded.problems == ()
    assert dumps(loaded.project) == dumps(project)
    assert project.title == template.name


@every_template
def test_gives_the_same_bytes_in_every_process(template):
    digests = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST, template.name],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@every_template
def test_two_builds_share_nothing(template):
    one, two = template.build(), template.build()
    graph = next(iter(one.graphs.values()))
    assert graph is not next(iter(two.graphs.values()))


@every_template
def test_is_laid_out_from_left_to_right(template):
    for graph in template.build().graphs.values():
        assert len({node.position for node in graph}) == len(graph)


@every_template
def test_says_where_it_was_published_and_what_it_taught(template):
    assert template.paper.year > 1980
    assert template.paper.url.startswith("https://")
    assert template.implementation.startswith("https://")
    assert str(template.paper).endswith(f"({template.paper.year})")
    assert len(template.lesson) > 40
    assert all(param.doc and param.problem(param.default) is None for param in template.parameters)


@every_template
@pytest.mark.parametrize("value", [None, "x", -1, [], {}, 10**30, 0.5], ids=repr)
def test_refuses_a_value_that_does_not_fit(template, value):
    for param in template.parameters:
        if param.problem(value) is not None:
            with pytest.raises(TemplateError, match=rf"^{template.name}: Expected .* Received: {param.name}="):
                template.build({param.name: value})


@every_template
def test_refuses_an_unknown_parameter(template):
    with pytest.raises(TemplateError, match=r"has the parameters .* Received: 'no such'"):
        template.build({"no such": 3})


def test_lenet5_takes_other_sizes_classes_and_activations():
    project = get_template("lenet5").build({"input": [28, 28, 3], "classes": 7, "activation": "relu"})
    analysis = LiveAnalysis(project).of("model")
    assert analysis.totals.params == (75 + 1) * 6 + 2416 + (4 * 4 * 16 + 1) * 120 + 10164 + 85 * 7
    activations = [node.params.get("activation") for node in project.graphs["model"]]
    assert activations.count("relu") == 4
    assert activations[-1] == "softmax"


def test_lenet5_on_the_digits_is_ready_to_train():
    project = get_template("lenet5").build()
    assert project.dataset.spec == "digits"
    assert (project.training.epochs, project.training.schedule) == (30, "cosine")


def test_an_unknown_template_names_those_there_are():
    with pytest.raises(TemplateError, match=r"Expected a template: lenet5.* Received: 'lenet6'"):
        get_template("lenet6")
