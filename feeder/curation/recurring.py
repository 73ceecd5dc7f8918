"""What a source says again and again: a teaser under many headlines, a headline on many days. Neither is news."""

from __future__ import annotations

from collections import defaultdict

from feeder.curation.wording import WORDS_READ
from feeder.model import APART, Trace

Title = frozenset[str]
# Under so many headlines of one source, a teaser is boilerplate: two can be one piece that got another headline.
_HEADLINES = 3


class Recurring:
    """The teasers and headlines of each source; whatever is asked about counts itself, told or not."""

    def __init__(self) -> None:
        self._teasers: defaultdict[tuple[str, str], list[Title]] = defaultdict(list)
        self._titles: defaultdict[tuple[str, Title], list[Trace]] = defaultdict(list)

    def learn(self, trace: Trace, title: Title) -> None:
        """Remember an item; `title` is the stems of its headline."""
        self._teasers[_teaser(trace)].append(title)
        self._titles[trace.item.source_id, title].append(trace)

    def forget(self, trace: Trace, title: Title) -> None:
        """Undo `learn`."""
        self._teasers[_teaser(trace)].remove(title)
        self._titles[trace.item.source_id, title].remove(trace)

    def is_boilerplate(self, trace: Trace, title: Title) -> bool:
        """Whether the source has this teaser, word for word, under many headlines."""
        found = self._teasers.get(_teaser(trace), ()) if trace.words else ()
        return len(found) >= _HEADLINES - 1 and len({title, *found}) >= _HEADLINES

    def is_row(self, trace: Trace, title: Title) -> bool:
        """Whether the source has this headline on other days too, as broadcasts and columns do."""
        found = self._titles.get((trace.item.source_id, title), ())
        return any(abs(trace.at - other.at) > APART for other in found)


def have_one_teaser(one: Trace, other: Trace) -> bool:
    """Whether one source gave both the same teaser."""
    return _teaser(one) == _teaser(other) and bool(one.words)


def _teaser(trace: Trace) -> tuple[str, str]:
    return trace.item.source_id, trace.words[:WORDS_READ]
