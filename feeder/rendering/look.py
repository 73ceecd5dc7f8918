"""How everything looks: templates, strings and dates in the publication's language."""

from __future__ import annotations

import hashlib
import tomllib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jinja2
from babel.dates import format_date, format_time

from feeder.config import Config
from feeder.config.branding import Brand
from feeder.config.sections import Topic
from feeder.errors import RenderError
from feeder.model import Story
from feeder.rendering.inlining import SHEET, MailLoader, Sheet
from feeder.rendering.logo import Logo, read_logo
from feeder.rendering.units import unbroken

KINDS = (".html", ".txt", ".xml", ".css")
"""How the names of templates end."""


@dataclass(frozen=True)
class Look:
    """Everything that rendering needs and that is not a story.

    `digest` names the look: it changes with every change of templates or of what they are given.
    """

    config: Config
    strings: Mapping[str, str]
    environment: jinja2.Environment
    digest: str
    logo: Logo | None = None

    @property
    def brand(self) -> Brand:
        """Colours, fonts, and the order of the calls to action."""
        return self.config.brand

    @property
    def mail_sheet(self) -> Sheet:
        """The mail's style sheet, taken apart."""
        loader = self.environment.loader
        if not isinstance(loader, MailLoader):
            raise TypeError("the templates were not opened by open_look")
        return loader.sheet

    def render(self, template: str, **values: Any) -> str:
        """Render `templates/<template>`; a mistake in it is a RenderError that names file and line."""
        try:
            return self.environment.get_template(template).render(
                look=self, config=self.config, t=self.strings, **values
            )
        except (jinja2.TemplateError, UnicodeDecodeError) as error:
            raise _mistake(template, error) from error
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            place = _place(error) or f"templates/{template}"
            raise RenderError(f"{place}: {type(error).__name__}: {error}") from error

    def check(self) -> None:
        """Compile every template; a RenderError names file and line of the first mistake."""
        for name in self.environment.list_templates(extensions=[kind[1:] for kind in KINDS]):
            try:
                self.environment.get_template(name)
            except (jinja2.TemplateError, UnicodeDecodeError) as error:
                raise _mistake(name, error) from error

    def url(self, path: str) -> str:
        """The public address of a path under feeds/; what is absolute already stays."""
        is_plain = path[:1].isalnum() and ":" not in path  # nearly all are, and joining costs ten times as much
        return self.config.output.base_url + path if is_plain else urljoin(self.config.output.base_url, path)

    def story_url(self, story: Story) -> str:
        """Where a story's headline leads: its own address, or our page."""
        return story.url or self.page_url(story)

    def page_url(self, story: Story) -> str:
        """The address of our page of a story."""
        return self.url(f"stories/{story.slug}/")

    def date(self, moment: datetime) -> str:
        """A day in words: 22. November 2026."""
        return self._in_words(moment, "long")

    def short_date(self, moment: datetime) -> str:
        """A day in figures: 22.11.2026."""
        return self._in_words(moment, "dd.MM.yyyy" if self.config.publication.language == "de" else "medium")

    def day_and_month(self, moment: datetime) -> str:
        """A day of a year that goes without saying: 22.11."""
        return self._in_words(moment, "dd.MM." if self.config.publication.language == "de" else "d MMM")

    def weekday(self, moment: datetime) -> str:
        """The day of the week: Sonntag."""
        return self._in_words(moment, "EEEE")

    def days_between(self, first: datetime, last: datetime) -> int:
        """How many days of the publication's calendar lie between: 0 on the same day."""
        return (self._local(last).date() - self._local(first).date()).days

    def time(self, moment: datetime) -> str:
        """A time of day: 07:00."""
        return str(format_time(self._local(moment), "HH:mm", locale=self.config.publication.language))

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, None if the configuration no longer has it."""
        return next((topic for topic in self.config.topics if topic.id == topic_id), None)

    def _in_words(self, moment: datetime, pattern: str) -> str:
        return _worded(self._local(moment).date(), pattern, self.config.publication.language)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.config.publication.zone)


def open_look(config: Config, folder: Path, shipped: Path | None = None) -> Look:
    """Read templates and strings from `folder`; they are compiled when first used.

    What it lacks is taken from `shipped`, file by file, and string by string.
    """
    folders = tuple(dict.fromkeys((folder, shipped or folder)))
    loader = MailLoader(str(folder), lambda: _mail_css(config, environment))
    loader.searchpath = [str(one) for one in folders]
    strings = _strings(folders, f"{config.publication.language}.toml")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=jinja2.select_autoescape(("html", "xml"), default_for_string=True, default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    logo = read_logo(config.base / config.brand.logo) if config.brand.logo else None
    return Look(config, strings, environment, _digest(config, folders, logo), logo)


def _strings(folders: Sequence[Path], name: str) -> dict[str, str]:
    """What readers see, in the words of the first folder that has some."""
    strings: dict[str, str] = {}
    files = [folder / "strings" / name for folder in folders]
    for file in [one for one in files if one.exists()] or files[:1]:
        try:
            strings = tomllib.loads(file.read_text(encoding="utf-8")) | strings
        except (OSError, ValueError) as error:
            raise RenderError(f"cannot read the strings in {file}: {error}") from error
    return strings


def _mail_css(config: Config, environment: jinja2.Environment) -> str:
    """The mail's style sheet in the brand's colours."""
    try:
        return environment.get_template(SHEET).render(brand=config.brand, config=config)
    except (jinja2.TemplateError, UnicodeDecodeError) as error:
        raise _mistake(SHEET, error) from error


@lru_cache(maxsize=4096)
def _worded(day: date, pattern: str, language: str) -> str:
    """A day as people write it; the same few days are written in every story."""
    return str(format_date(day, pattern, locale=language))


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
            return RenderError(f"{_place(error) or f'templates/{template}'}: {error.message}")


def _place(error: Exception) -> str | None:
    """File and line of the template in which an error rose; jinja2 puts its templates into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f"{one.filename}:{one.lineno}" for one in reversed(frames) if one.filename.endswith(KINDS)), None)


def _digest(config: Config, folders: Sequence[Path], logo: Logo | None) -> str:
    """Name what decides how a story looks, besides the story: settings, templates, and this room's code."""
    unseen = {"base", "store", "gathering", "retention", "schedule", "carriers", "webhooks", "alerts"}
    digest = hashlib.sha256(repr(config.model_dump(exclude=unseen)).encode())
    for root, pattern in (*((folder, "*") for folder in folders), (Path(__file__).parent, "*.py")):
        for file in sorted(root.rglob(pattern)):
            if file.is_file():
                digest.update(str(file.relative_to(root)).encode() + b"\0" + _bytes(file))
    digest.update(logo.file.path.encode() if logo else b"")
    return digest.hexdigest()[:16]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RenderError(f"cannot read {file}: {error.strerror}") from error
