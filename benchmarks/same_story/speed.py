"""What looking up costs: a window of many stories, 500 new items, in CPU seconds and megabytes."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from time import process_time

from feeder.curation.same_story import Window
from feeder.model import ItemKey, Trace

NEW = 500


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU to read the window and to look 500 items up in it; `megabytes` that it holds."""

    size: int
    build: float
    lookup: float
    megabytes: float


def cost(traces: Sequence[Trace], size: int, rounds: int = 3) -> Cost:
    """Measure a window of `size` items; above what the week holds, headlines are mixed anew from its words."""
    kept = enlarged(traces, size + NEW)
    builds, lookups = [], []
    for _ in range(rounds):
        start = process_time()
        window = Window(kept[:size])
        built = process_time()
        for trace in kept[size:]:
            window.match(trace)
        builds.append(built - start)
        lookups.append(process_time() - built)
    tracemalloc.start()
    window = Window(kept[:size])
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return Cost(size, median(builds), median(lookups), held)


def enlarged(traces: Sequence[Trace], size: int) -> list[Trace]:
    """The traces, and as many more as needed: halves of two headlines and of two teasers, one word in ten unheard."""
    chance = random.Random(7)
    found = list(traces[:size])
    while len(found) < size:
        one, other = chance.choice(traces), chance.choice(traces)
        key = f"mixed-{len(found)}"
        at = one.at + timedelta(minutes=chance.randrange(60))
        title, words = _mixed(chance, one.title, other.title), _mixed(chance, one.words, other.words)
        found.append(replace(one, story_id=key, item=ItemKey(one.item.source_id, key), title=title, words=words, at=at))
    chance.shuffle(found)
    return found


def _mixed(chance: random.Random, one: str, other: str) -> str:
    head, tail = one.split(), other.split()
    words = head[: len(head) // 2] + tail[len(tail) // 2 :]
    return " ".join(f"{word}{chance.randrange(10**6):x}" if chance.random() < 0.1 else word for word in words)
