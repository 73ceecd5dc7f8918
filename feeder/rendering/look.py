"""How everything looks: templates, strings and dates in the publication's language."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jinja2
from babel.dates import format_date, format_datetime, format_time

from feeder.config import Config
from feeder.config.sections import Topic
from feeder.errors import RenderError
from feeder.model import Story


@dataclass(frozen=True)
class Look:
    """Everything that rendering needs and that is not a story.

    `digest` names the look: it changes with every change of templates or of what they are given.
    """

    config: Config
    strings: Mapping[str, str]
    environment: jinja2.Environment
    digest: str

    def render(self, template: str, **values: Any) -> str:
        """Render `templates/<template>`; a mistake in it is a RenderError that names file and line."""
        try:
            return self.environment.get_template(template).render(
                look=self, config=self.config, t=self.strings, **values
            )
        except (jinja2.TemplateError, UnicodeDecodeError) as error:
            raise _mistake(template, error) from error
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise RenderError(f"templates/{template}: {type(error).__name__}: {error}") from error

    def check(self) -> None:
        """Compile every template; a RenderError names file and line of the first mistake."""
        for name in self.environment.list_templates(extensions=["html", "txt", "xml"]):
            try:
                self.environment.get_template(name)
            except (jinja2.TemplateError, UnicodeDecodeError) as error:
                raise _mistake(name, error) from error

    def url(self, path: str) -> str:
        """The public address of a path under feeds/; what is absolute already stays."""
        return urljoin(self.config.output.base_url, path)

    def story_url(self, story: Story) -> str:
        """Where a story's headline leads: its own address, or our page."""
        return story.url or self.page_url(story)

    def page_url(self, story: Story) -> str:
        """The address of our page of a story."""
        return self.url(f"stories/{story.slug}/")

    def date(self, moment: datetime) -> str:
        """A day in words: 22. November 2026."""
        return str(format_date(self._local(moment), "long", locale=self.config.publication.language))

    def short_date(self, moment: datetime) -> str:
        """A day in figures: 22.11.2026."""
        return str(
            format_date(
                self._local(moment),
                "dd.MM.yyyy" if self.config.publication.language == "de" else "medium",
                locale=self.config.publication.language,
            )
        )

    def day_and_month(self, moment: datetime) -> str:
        """A day of a year that goes without saying: 22.11."""
        locale = self.config.publication.language
        return str(format_date(self._local(moment), "dd.MM." if locale == "de" else "d MMM", locale=locale))

    def weekday(self, moment: datetime) -> str:
        """The day of the week: Sonntag."""
        return str(format_datetime(self._local(moment), "EEEE", locale=self.config.publication.language))

    def time(self, moment: datetime) -> str:
        """A time of day: 07:00."""
        return str(format_time(self._local(moment), "HH:mm", locale=self.config.publication.language))

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, None if the configuration no longer has it."""
        return next((topic for topic in self.config.topics if topic.id == topic_id), None)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.config.publication.zone)


def open_look(config: Config, folder: Path) -> Look:
    """Read templates and strings from `folder`; they are compiled when first used."""
    strings_file = folder / "strings" / f"{config.publication.language}.toml"
    try:
        strings = tomllib.loads(strings_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RenderError(f"cannot read the strings in {strings_file}: {error}") from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=jinja2.select_autoescape(("html", "xml"), default_for_string=True, default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Look(config, strings, environment, _digest(config, folder))


def _mistake(template: str, error: jinja2.TemplateError | UnicodeDecodeError) -> RenderError:
    """Say what is wrong with a template, and in which line where that is known."""
    match error:
        case jinja2.TemplateSyntaxError():
            return RenderError(f"{error.filename or template}:{error.lineno}: {error.message}")
        case jinja2.TemplateNotFound():
            return RenderError(f"templates/{error.name}: there is no such template; `feeder init` lays out all of them")
        case UnicodeDecodeError():
            return RenderError(f"templates/{template}: must be saved as UTF-8, and what it includes, too")
        case _:
            return RenderError(f"templates/{template}: {error.message}")


def _digest(config: Config, folder: Path) -> str:
    """Name what decides how a story looks, besides the story: settings, templates, and this room's code."""
    unseen = {"base", "store", "gathering", "retention", "schedule", "carriers"}
    digest = hashlib.sha256(repr(config.model_dump(exclude=unseen)).encode())
    for root, pattern in ((folder, "*"), (Path(__file__).parent, "*.py")):
        for file in sorted(root.rglob(pattern)):
            if file.is_file():
                digest.update(str(file.relative_to(root)).encode() + b"\0" + _bytes(file))
    return digest.hexdigest()[:16]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RenderError(f"cannot read {file}: {error.strerror}") from error
