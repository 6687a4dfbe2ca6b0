"""The training settings as a form: rows of data, sections that fold, and the schedule as a curve."""

from workbench.ui.training.form.form import SettingsForm

__all__ = ["SettingsForm"]
