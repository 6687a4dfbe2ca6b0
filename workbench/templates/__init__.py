"""The classic networks as projects to start from."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.templates import (
    alexnet,
    autoencoder,
    dcgan,
    dncnn,
    emotion,
    fsrcnn,
    googlenet,
    inception_v3,
    lenet5,
    mini_xception,
    nin,
    resnet,
    unet,
    vgg,
)
from workbench.templates.template import Paper, Template, TemplateError
from workbench.text import did_you_mean

_FAMILIES = (
    lenet5,
    alexnet,
    nin,
    vgg,
    googlenet,
    resnet,
    inception_v3,
    unet,
    mini_xception,
    emotion,
    dcgan,
    autoencoder,
    fsrcnn,
    dncnn,
)

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for family in _FAMILIES for template in family.TEMPLATES}
)
"""Templates by name, about in the order in which the networks came."""


def get_template(name: str) -> Template:
    """The template with this name. Raises TemplateError, naming those there are."""
    if name not in TEMPLATES:
        raise TemplateError(
            f"Expected a template: {', '.join(TEMPLATES)}. Received: {name!r}{did_you_mean(name, TEMPLATES)}"
        )
    return TEMPLATES[name]


__all__ = ["TEMPLATES", "Paper", "Template", "TemplateError", "get_template"]
