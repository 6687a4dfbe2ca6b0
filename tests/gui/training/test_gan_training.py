"""A GAN in the Training panel: its own settings, what does not apply to it, curves and alarms."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.training.scripted_engine import COLLAPSED
from tests.gui.training.test_settings_form import write
from workbench.templates import get_template
from workbench.ui.notices import Level


@pytest.fixture
def gan(bench):
    def open_gan(script="quick"):
        b = bench(script)
        b.document.replace(get_template("dcgan").build({"width": 0.1, "data": "fashion_mnist"}))
        return b

    return open_gan


def unfold(b, title):
    b.qtbot.mouseClick(b.panel.form.sections[title].fold, Qt.MouseButton.LeftButton)
    assert b.panel.form.sections[title].fold.isChecked()


def test_the_form_has_the_settings_of_a_gan_and_leaves_out_those_of_a_classifier(gan):
    b = gan()
    shown = [title for title, section in b.panel.form.sections.items() if not section.isHidden()]
    assert shown[:5] == ["Adversarial", "Stabilising", "Generator", "Discriminator", "Samples"]
    assert "Optimiser" not in shown
    assert "Loss and metrics" not in shown
    assert not b.panel.form.rows["learning_rate"].field.isVisible()
    assert not b.panel.form.weights.isVisible()
    assert b.panel.form.rows["epochs"].field.isVisible()
    assert set(b.panel.form.sections["Stopping and checkpoints"].rows) == {"keep_epochs", "checkpoint_budget"}
    b.document.replace(get_template("lenet5").build())
    assert b.panel.form.sections["Adversarial"].isHidden()
    assert not b.panel.form.sections["Optimiser"].isHidden()
    assert b.panel.form.rows["learning_rate"].field.isVisible()


def test_a_written_adversarial_setting_is_one_undoable_edit(gan):
    b = gan()
    unfold(b, "Generator")
    write(b, "adversarial.generator_rate", "0.001")
    assert b.document.project.adversarial.generator_rate == 0.001
    write(b, "adversarial.generator_optimizer.beta_1", "0.3")
    assert b.document.project.adversarial.generator_optimizer_params == {"beta_1": 0.3}
    assert b.panel.form.sections["Generator"].mark.text() == "● 2 changed"
    b.document.history.undo()
    b.document.history.undo()
    assert b.document.project.adversarial.generator_rate == 0.0002
    assert not b.document.history.can_undo


def test_the_loss_is_picked_and_set_back(gan):
    b = gan()
    unfold(b, "Adversarial")
    combo = b.panel.form.fields["adversarial.loss"].combo
    b.qtbot.mouseClick(combo, Qt.MouseButton.LeftButton)
    b.qtbot.waitUntil(combo.view().isVisible)
    b.qtbot.keyClick(combo.view(), Qt.Key.Key_End)
    b.qtbot.keyClick(combo.view(), Qt.Key.Key_Return)
    assert b.document.project.adversarial.loss == "wgan_gp"
    b.qtbot.mouseClick(b.panel.form.sections["Adversarial"].reset, Qt.MouseButton.LeftButton)
    assert b.document.project.adversarial.loss == "non_saturating"


def test_a_value_that_does_not_fit_is_told_beside_it(gan):
    b = gan()
    unfold(b, "Stabilising")
    write(b, "adversarial.label_flips", "0.9")
    assert b.document.project.adversarial.label_flips == 0
    assert b.panel.form.rows["adversarial.label_flips"].problem.isVisible()


def test_trials_say_why_they_are_not_for_gans(gan):
    b = gan()
    for name in ("overfit-batch", "find-rate", "find-batch"):
        assert not b.training.actions[name].isEnabled()
        assert "a GAN has two" in b.training.actions[name].toolTip()
    assert b.training.actions["train"].isEnabled()


def test_the_train_button_trains_it_with_curves_of_both_losses_and_scores_and_alarms_are_noticed(gan):
    b = gan("gan")
    b.qtbot.mouseClick(b.panel.train_button, Qt.MouseButton.LeftButton)
    b.wait_for("Trained 2 epochs")
    measured = ("generator_loss", "discriminator_loss", "real_score", "fake_score", "diversity")
    assert b.panel.curves.history.names[:5] == measured
    b.wait(lambda: [chart.title for chart in b.panel.curves.charts][:2] == ["Generator loss", "Discriminator loss"])
    alarms = [notice for notice in b.notices if notice.message.startswith(COLLAPSED)]
    assert [(notice.level, notice.message) for notice in alarms] == [(Level.WARNING, f"{COLLAPSED} Lower the rates.")]
