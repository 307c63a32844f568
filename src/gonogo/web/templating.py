"""What every template may use beside the kernel's globals: filters for values, ``asset`` and ``make_shell``."""

from __future__ import annotations

from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from gonogo.web.assets import asset
from gonogo.web.browsers import name_browser
from gonogo.web.format import FILTERS
from gonogo.web.shell import make_shell


def furnish_templates(config: TemplateConfig[JinjaTemplateEngine]) -> TemplateConfig[JinjaTemplateEngine]:
    """The same configuration, its environment furnished for the pages."""
    engine = config.engine_instance
    engine.engine.filters.update(FILTERS, browser=name_browser)
    engine.engine.globals.update(asset=asset, make_shell=make_shell)
    return config
