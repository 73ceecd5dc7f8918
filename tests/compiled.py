"""Compiled once per process of the tests: a thousand small publications have the same templates and statements."""

from __future__ import annotations

from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL


class CompiledOnce(BytecodeCache):
    """Keeps what a template of that path and those words became; another word is another template."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


class EnginesOfOneDialect:
    """Makes engines as SQLAlchemy does, but those of one kind share what their statements were compiled to.

    A statement is kept under its dialect, so each gets the dialect of the first; connections stay each engine's own.
    """

    def __init__(self) -> None:
        self._first: dict[str, Engine] = {}

    def __call__(self, url: URL, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=5000, **options)
        first = self._first.setdefault(url.drivername, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine
