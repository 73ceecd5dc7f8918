"""Templates, tried out before readers see what they print: each document once, and every name that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from jinja2 import nodes

from feeder.errors import RenderError
from feeder.rendering.digest import render_digest
from feeder.rendering.entries import brief, edition_entry, story_entry
from feeder.rendering.inlining import SHEET
from feeder.rendering.look import KINDS, Look
from feeder.rendering.pages import Beside, edition_page, editions_page, landing_page, story_page
from feeder.rendering.sample import ELDER, sample_edition, sample_tellings

_BUILT_IN = ("loop", "self", "super", "caller", "varargs", "kwargs")

TOLD = 14
"""So many stories of the sample are told; the others are linked."""


@dataclass(frozen=True)
class _Rehearsed(Look):
    """A look that remembers what templates were given."""

    given: dict[str, set[str]] = field(default_factory=dict)

    def render(self, template: str, **values: Any) -> str:
        self.given.setdefault(template, set()).update(values)
        return super().render(template, **values)


def rehearse(look: Look) -> tuple[str, ...]:
    """What is wrong with the templates, each sentence with its file and line; nothing for templates that will do.

    A sample with all that an edition may have is printed. Names in branches that it does not reach are looked up, too.
    """
    try:
        look.check()
    except RenderError as error:
        return (str(error),)
    tried = _Rehearsed(**{each.name: getattr(look, each.name) for each in fields(look)})
    failures = tuple(filter(None, map(_failure, _documents(tried))))
    return tuple(dict.fromkeys((*failures, *_unknown(tried))))


def prove(look: Look) -> None:
    """Refuse templates that will not do: a RenderError names everything that is wrong with them."""
    if wrong := rehearse(look):
        raise RenderError("the templates will not do:" + "".join(f"\n  {one}" for one in wrong))


def _failure(print_it: Callable[[], object]) -> str | None:
    try:
        print_it()
    except RenderError as error:
        return str(error)
    return None


def _documents(look: Look) -> Iterator[Callable[[], object]]:
    """Every document that is printed from templates."""
    topics = look.config.topics
    topic = topics[0].id if topics else None
    tellings = sample_tellings(topic)
    every = list(tellings.values())
    edition = sample_edition(tellings, topic, TOLD)
    draft = replace(edition, number=None, intro="", since=None, corrections=())
    yield partial(landing_page, look, every, [edition], topics, every[:1])
    yield partial(landing_page, look, [], [], topics)
    yield partial(editions_page, look, [edition, draft])
    yield partial(editions_page, look, [])
    for one in every:
        yield partial(story_page, look, one, [ELDER])
        yield partial(story_entry, look, one)
    yield lambda: brief(look, story_entry(look, every[0]))
    for each in (edition, draft):
        yield partial(render_digest, look, each, tellings)
        yield partial(edition_page, look, each, tellings, Beside(edition, edition))
        yield partial(edition_entry, look, each, tellings)


def _unknown(look: _Rehearsed) -> Iterator[str]:
    """Every name that a template asks for and nobody gives, whether the sample came there or not."""
    everybody = {"look", "config", "t", *_BUILT_IN, *look.environment.globals}
    anywhere = frozenset(everybody.union(*look.given.values()))
    given: Mapping[str, set[str]] = look.given | {SHEET: {"brand"}}
    for name in look.environment.list_templates(extensions=[kind[1:] for kind in KINDS]):
        source, place, _ = look.environment.loader.get_source(look.environment, name)  # type: ignore[union-attr]
        tree = look.environment.parse(source, name, place)
        known = _declared(tree) | (everybody | given[name] if name in given else anywhere)
        for asked in tree.find_all(nodes.Name):
            if asked.ctx == "load" and asked.name not in known:
                yield f"{place}:{asked.lineno}: '{asked.name}' is undefined"
        for said in tree.find_all(nodes.Getattr):
            if isinstance(said.node, nodes.Name) and said.node.name == "t" and said.attr not in look.strings:
                yield f"{place}:{said.lineno}: {{{{ t.{said.attr} }}}}: strings/ has no such words"


def _declared(tree: nodes.Template) -> set[str]:
    """Every name that a template gives to something itself, wherever in it."""
    names = {each.name for each in tree.find_all(nodes.Name) if each.ctx != "load"}
    names |= {each.name for each in tree.find_all(nodes.Macro)}
    names |= {each.target for each in tree.find_all(nodes.Import)}
    for each in tree.find_all(nodes.FromImport):
        names |= {one if isinstance(one, str) else one[1] for one in each.names}
    return names
