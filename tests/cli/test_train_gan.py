"""A GAN from the command line: made by `new`, checked, trained, exported."""

import pytest

from workbench.project import Project, load_project, save_project
from workbench.runs import RunStore

SMALL = ("-p", "size=16", "-p", "channels=1", "-p", "width=0.1", "-p", "latent=8", "-p", "data=digits")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gan.workbench"


@pytest.fixture
def new(workbench, path):
    def make(*parameters, **where):
        done = workbench("new", "dcgan", *SMALL, *parameters, "-o", where.get("at", path))
        assert done.code == 0
        return path

    return make


def test_a_template_is_ready_to_train_and_its_generator_to_export(workbench, new, path, tmp_path):
    new("-p", "conditional=true")
    runs = tmp_path / "runs"
    made = load_project(path).project
    assert (made.dataset.spec, made.dataset.value_range) == ("digits", "-1..1")
    assert made.adversarial.conditional
    assert workbench("check", path).code == 0
    given = ("--set", "batch_size=256", "--set", "loss=hinge", "--set", "generator_optimizer.beta_2=0.9")
    trained = workbench("train", path, "--epochs", "2", *given, "--runs", runs, "--json")
    assert trained.code == 0
    done = trained.document
    assert (done["status"], done["epochs"], done["best"]) == ("finished", 2, {})
    assert set(done["last"]) == {"generator_loss", "discriminator_loss", "real_score", "fake_score", "diversity"}
    assert "epoch 2/2  generator_loss " in trained.err
    kept = load_project(RunStore(runs).resolve("latest").project_file).project
    assert kept.adversarial.loss == "hinge"
    assert kept.adversarial.generator_optimizer_params == {"beta_1": 0.5, "beta_2": 0.9}
    exported = workbench("export", "latest", "--format", "savedmodel", "-o", tmp_path / "e", "--runs", runs)
    assert exported.code == 0
    assert (tmp_path / "e" / "saved_model.pb").is_file()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("loss=wasserstein", "loss: Expected one of non_saturating, least_squares, hinge, wgan, wgan_gp"),
        ("ema=2", "ema"),
        ("adversarial.discriminator_steps=0", "discriminator_steps"),
    ],
)
def test_a_setting_that_does_not_fit_is_wrong_usage(workbench, new, setting, told):
    done = workbench("train", new(), "--set", setting)
    assert done.code == 2
    assert told in done.err


def test_a_latent_vector_of_no_numbers_is_refused(workbench, path):
    done = workbench("new", "dcgan", "-p", "latent=0", "-o", path)
    assert done.code == 2
    assert "latent" in done.err


def test_a_latent_size_of_0_in_a_file_is_told_with_its_place(workbench, new, path):
    new()
    path.write_text(path.read_text().replace('"shape": [8]', '"shape": [0]'))
    done = workbench("train", path)
    assert done.code == 1
    assert any(f"{path}: generator/latent: error: param.invalid: " in line for line in done.complaints)


@pytest.mark.parametrize("command", ["check", "train"])
def test_networks_that_do_not_fit_are_told_by_check_and_by_train(workbench, new, path, tmp_path, command):
    project = load_project(new()).project
    assert workbench("new", "dcgan", "-p", "size=32", "-p", "channels=1", "-o", tmp_path / "other.workbench").code == 0
    larger = load_project(tmp_path / "other.workbench").project.graph("discriminator")
    save_project(Project([project.graph("generator"), larger], project.dataset, project.training), path)
    done = workbench(command, path)
    assert done.code == 1
    told = "discriminator/image: error: gan.shapes: Expected the image that the generator gives, 16x16x1"
    assert told in done.out + done.err
