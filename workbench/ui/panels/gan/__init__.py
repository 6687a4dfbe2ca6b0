"""The GAN panel: a generator watched while it learns, sampled, walked through and measured."""

from workbench.ui.panels.gan.panel import GanPanel

__all__ = ["GanPanel"]
