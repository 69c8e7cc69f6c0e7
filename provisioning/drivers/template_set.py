"""Templates of one brand: every value goes through that brand's cleaning, none can be left undefined."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined


class TemplateSet:
    """The `templates` folder of one driver package; `clean` is applied to every value written by `{{ }}`."""

    def __init__(self, package: str, clean: Callable[[str], str], *, xml: bool = False) -> None:
        self._environment = Environment(
            loader=PackageLoader(package),
            undefined=StrictUndefined,
            finalize=lambda value: clean(str(value)),
            autoescape=xml,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, values: object) -> str:
        """Render a template; it sees one object, called `phone`."""
        return self._environment.get_template(name).render(phone=values)
