"""docs/design.md, sections 3 and 9, as tables: floors, homes of third-party names, what pure means."""

from __future__ import annotations

ROOMS = ("sources", "curation", "editing", "summaries", "rendering", "delivery", "store")

# From the ground up; what stands on the same floor does not import each other.
FLOORS: dict[str, int] = {
    "errors": 0,
    "logs": 0,
    "cutting": 1,
    "text": 1,
    "sentences": 1,
    "addresses": 2,
    "model": 2,
    "config": 3,
    **dict.fromkeys(ROOMS, 4),
    "pipeline": 5,
    "engine": 6,
    "web": 7,
    "service": 8,
    "cli": 9,
    "__main__": 10,
}

THIRD_PARTY: dict[str, tuple[str, ...]] = {
    "PIL": ("feeder.sources",),
    "alembic": ("feeder.store",),
    "apscheduler": ("feeder.service",),
    "brotli": ("feeder.delivery.packing", "feeder.web.folder"),
    "babel": ("feeder.rendering",),
    "click": ("feeder.cli",),
    "cssselect": ("feeder.config", "feeder.rendering", "feeder.sources"),
    "css_inline": ("feeder.rendering",),
    "feedgen": ("feeder.rendering",),
    "dkim": ("feeder.delivery",),
    "feedparser": ("feeder.sources",),
    "granian": ("feeder.web.child",),
    "holidays": ("feeder.config",),
    "idna": ("feeder.model.mailboxes",),
    "jinja2": ("feeder.rendering",),
    "lxml": ("feeder.sources", "feeder.rendering"),
    "markdown_it": ("feeder.sources",),
    "nh3": ("feeder.editing",),
    "prometheus_client": ("feeder.web.metrics",),
    "protego": ("feeder.sources",),
    "pydantic": ("feeder.config",),
    "pydantic_core": ("feeder.config",),
    "requests": (
        "feeder.cutting",
        "feeder.delivery.api",
        "feeder.delivery.posting",
        "feeder.sources",
        "feeder.summaries",
    ),
    "rich": ("feeder.cli",),
    "sqlalchemy": ("feeder.store",),
    "tldextract": ("feeder.sources.sites",),
    "tomlkit": ("feeder.config.editing",),
    "trafilatura": ("feeder.sources",),
    "urllib3": ("feeder.cutting", "feeder.sources"),
    "yaml": ("feeder.sources",),
}

# Imported by nobody by name, and needed all the same: by what other name they are needed.
NEEDED_UNSEEN = {
    "tzdata": "zoneinfo, on machines without a time zone database",
    "psycopg": "sqlalchemy, for postgresql:// addresses",
    "lxml-html-clean": "trafilatura, through justext",
}

PURE = ("curation", "editing", "model", "text", "sentences", "addresses", "errors")

_NETWORK = (
    "asyncio",
    "ftplib",
    "http",
    "imaplib",
    "poplib",
    "requests",
    "select",
    "selectors",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib.request",
    "urllib3",
)
_MACHINE = (
    "glob",
    "multiprocessing",
    "os",
    "pathlib.Path",
    "random",
    "secrets",
    "shutil",
    "signal",
    "sqlite3",
    "sqlalchemy",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "uuid",
)
BANNED_IN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(PURE, (*_NETWORK, *_MACHINE, "pathlib")),
    # Pure but for the templates that it reads.
    "rendering": (
        *_NETWORK,
        "multiprocessing",
        "os",
        "random",
        "secrets",
        "sqlite3",
        "sqlalchemy",
        "subprocess",
        "time",
    ),
    "config": (*_NETWORK, "sqlite3", "sqlalchemy", "subprocess"),
}

IMPURE_CALLS = frozenset(
    {"open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today"}
    | {"datetime.date.today"}
)

MODULE_LINES = 300
FUNCTION_LINES = 40
VAGUE = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"})
