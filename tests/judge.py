"""Have independent judges look at everything under feeds/: `make judge`, after `make run`.

    python tests/judge.py [--config config.toml] [--all]

The judges themselves lie beside the repository (../shared/judges, or FEEDER_JUDGES). What they need of others is set up
once in .judge/ (or FEEDER_JUDGE_HOME): a virtual environment, npm packages, two public checkouts. Nothing of it is
ever committed. Ends with 0 only if every judge could run and none found an error or a warning.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from feeder.config import load_config

ROOT = Path(__file__).resolve().parent.parent
NPM_PACKAGES = ("vnu-jar", "axe-core", "jsonfeed-schema")
CHECKOUTS = {"feedvalidator": "w3c/feedvalidator", "caniemail": "hteumeuleu/caniemail"}
FEED_FILES = ("rss.xml", "atom.xml", "sources.opml")
DIGEST_FILES = ("digest.html", "digest.txt", "digest.eml")
# Warnings that we know and live with, by judge and type; they are printed with the reason each time.
_ONE_CLICK = "one click (RFC 8058) needs a list manager's https address; digests that are files have a mailto: only"
ACCEPTED = {
    ("email_judge", "ListUnsubscribe"): _ONE_CLICK,
    ("email_judge", "ListUnsubscribePost"): _ONE_CLICK,
}


@dataclass(frozen=True)
class Finding:
    """One thing that a judge says; `level` is ERROR, WARN or INFO."""

    level: str
    type: str
    text: str
    place: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one judge says of one file; `failed` holds why it could not say all of it."""

    file: str
    judge: str
    findings: tuple[Finding, ...] = ()
    failed: str | None = None

    def accepted(self, finding: Finding) -> str | None:
        """Why a warning is lived with, None if it is not; errors never are."""
        return ACCEPTED.get((self.judge, finding.type)) if finding.level == "WARN" else None

    def count(self, level: str) -> int:
        """How many findings are of that level, without those that are accepted."""
        return sum(finding.level == level and not self.accepted(finding) for finding in self.findings)

    @property
    def is_clean(self) -> bool:
        return not (self.failed or self.count("ERROR") or self.count("WARN"))


@dataclass(frozen=True)
class Court:
    """Where judges, their tools and the output are.

    `environment` is what the judges are run with; `beside` are addresses under `base_url` that config.toml names and
    somebody else serves, such as the imprint.
    """

    judges: Path
    python: Path
    environment: Mapping[str, str]
    feeds: Path
    base_url: str
    beside: tuple[str, ...] = ()

    def address(self, file: Path) -> str:
        """The public address of a file of the output."""
        return self.base_url.rstrip("/") + "/" + quote(file.relative_to(self.feeds).as_posix())

    def hear(self, judge: str, files: Sequence[Path], *options: str, under: Path | None = None) -> list[Verdict]:
        """Run one judge over files; its JSON becomes verdicts, whatever else it says a failure."""
        command = [str(self.python), str(self.judges / f"{judge}.py"), "--json", "--strict", *options]
        ran = subprocess.run(
            [*command, *map(str, files)], capture_output=True, text=True, env=dict(self.environment), check=False
        )
        try:
            results = json.loads(ran.stdout)
        except json.JSONDecodeError:
            reason = (ran.stderr.strip() or ran.stdout.strip() or f"exit {ran.returncode}").splitlines()[-1]
            return [Verdict(self.name(file, under), judge, failed=reason) for file in files]
        return [self._verdict(result, judge, under) for result in results]

    def _verdict(self, result: Mapping[str, Any], judge: str, under: Path | None) -> Verdict:
        findings, failures = [], []
        for message in result["messages"]:
            place = message.get("path") or message.get("line") or ""
            if message["type"].endswith(".Unavailable"):
                failures.append(f"{message['type']}: {message['text']}")
            findings.append(Finding(message["level"], message["type"], message["text"], str(place)))
        name = self.name(Path(result["input"]), under)
        return Verdict(name, judge, tuple(findings), "; ".join(failures) or None)

    def name(self, file: Path, under: Path | None = None) -> str:
        """The path of a file under the output, or under a view of it."""
        return file.relative_to(under or self.feeds).as_posix()


def judge_feeds(court: Court) -> list[Verdict]:
    """RSS, Atom, OPML and JSON Feed, each under its own public address."""
    verdicts = []
    files = sorted(file for name in FEED_FILES for file in court.feeds.rglob(name))
    if files:
        verdicts += court.hear("feed_judge", files, *(f"--self-url={court.address(file)}" for file in files))
    for file in sorted(court.feeds.rglob("feed.json")):
        verdicts += court.hear("jsonfeed_judge", [file], f"--self-url={court.address(file)}")
    return verdicts


def judge_pages(court: Court, pages: Iterable[Path]) -> list[Verdict]:
    """Pages, with every link between them followed, in a view of the site that shows only these pages."""
    wanted = {court.name(page) for page in pages}
    with tempfile.TemporaryDirectory() as folder:
        view = Path(folder) / "site"
        show(court.feeds, view, frozenset(pages))
        for address in court.beside:
            stand_in(view, unquote(address.removeprefix(court.base_url)))
        verdicts = court.hear("page_judge", [view], f"--base={court.base_url.rstrip('/')}", under=view)
    return [verdict for verdict in verdicts if verdict.file in wanted]


def judge_digests(court: Court) -> list[Verdict]:
    """Every edition's mail, as mail and as HTML."""
    files = sorted(file for name in DIGEST_FILES for file in court.feeds.rglob(name))
    if not files:
        return []
    documents = [file for file in files if file.suffix == ".html"]
    return [*court.hear("email_judge", files), *court.hear("page_judge", documents, "--email")]


def show(site: Path, view: Path, pages: frozenset[Path]) -> None:
    """Lay out `site` again with symbolic links, so that a walk through it meets only `pages`.

    Folders without a wanted page are links, which a walk does not enter but a link check does.
    """
    view.mkdir()
    for entry in sorted(site.iterdir()):
        if entry.is_dir() and any(page.is_relative_to(entry) for page in pages):
            show(entry, view / entry.name, pages)
        else:
            (view / entry.name).symlink_to(entry)


def stand_in(view: Path, path: str) -> None:
    """Let a link to `path` find something; in folders that feeder writes, only what it wrote is there."""
    file = view / path / "index.html" if path.endswith("/") or not path else view / path
    if not file.exists() and file.parent.resolve().is_relative_to(view.resolve()):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def named_addresses(value: object) -> Iterator[str]:
    """Every text in a configuration, however deep."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from named_addresses(one)


def choose_pages(feeds: Path) -> list[Path]:
    """The landing page, an article of ours, one of somebody else's, the editions and the newest of them."""
    stories = sorted(feeds.glob("stories/*/index.html"))
    foreign = [page for page in stories if b"noindex" in page.read_bytes()]
    ours = [page for page in stories if page not in foreign]
    editions = sorted(feeds.glob("editions/*/index.html"))
    chosen = [feeds / "index.html", *ours[:1], *foreign[:1], feeds / "editions" / "index.html", *editions[-1:]]
    return [page for page in chosen if page.is_file()]


def all_pages(feeds: Path) -> list[Path]:
    """Every HTML page that is not a mail."""
    return sorted(page for page in feeds.rglob("*.html") if page.name not in DIGEST_FILES)


def report(verdicts: Sequence[Verdict]) -> str:
    """One table, then every error, warning and failure in words."""
    width = max((len(verdict.file) for verdict in verdicts), default=4)
    lines = [f"{'file':{width}}  {'judge':14}  errors  warnings  recommendations"]
    for verdict in verdicts:
        row = f"{verdict.file:{width}}  {verdict.judge:14}"
        if verdict.failed and not verdict.findings:
            lines.append(f"{row}  could not be judged")
        else:
            counts = f"{verdict.count('ERROR'):6}  {verdict.count('WARN'):8}  {verdict.count('INFO'):15}"
            lines.append(f"{row}  {counts}{'  (in part)' if verdict.failed else ''}")
    for verdict in verdicts:
        if verdict.failed:
            lines.append(f"\n{verdict.file}: {verdict.judge} could not run: {verdict.failed}")
        for finding in verdict.findings:
            if finding.level in ("ERROR", "WARN"):
                why = verdict.accepted(finding)
                accepted = f"\n    accepted: {why}" if why else ""
                place = f"{verdict.file}:{finding.place}"
                lines.append(f"\n{place} {finding.level} {finding.type}: {finding.text}{accepted}")
    return "\n".join(lines)


def tools(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What the judges are told of their tools; what the environment names already wins."""
    modules = home / "npm" / "node_modules"
    return {
        "FEEDVALIDATOR_HOME": str(home / "feedvalidator"),
        "CANIEMAIL_HOME": str(home / "caniemail"),
        "VNU_JAR": str(modules / "vnu-jar" / "build" / "dist" / "vnu.jar"),
        "AXE_JS": str(modules / "axe-core" / "axe.min.js"),
        "JSONFEED_SCHEMA": str(modules / "jsonfeed-schema" / "schema-v1.1.json"),
        **environ,
        "PATH": f"{home / 'venv' / 'bin'}{os.pathsep}{environ.get('PATH', '')}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def set_up(home: Path, judges: Path, told: Mapping[str, str]) -> list[str]:
    """Install by name what is missing; return, in words, what a person has to bring."""
    home.mkdir(parents=True, exist_ok=True)
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(judges / "requirements.txt")], check=True)
    if not all(Path(told[name]).exists() for name in ("VNU_JAR", "AXE_JS", "JSONFEED_SCHEMA")) and shutil.which("npm"):
        (home / "npm").mkdir(exist_ok=True)
        quietly = ("--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "install", "--prefix", str(home / "npm"), *quietly, *NPM_PACKAGES], check=True)
    for name, repository in CHECKOUTS.items():
        mirror = ROOT.parent / ".mirror" / repository.replace("/", "+") / "repo"
        if not Path(told[f"{name.upper()}_HOME"]).exists() and mirror.is_dir():
            subprocess.run(["git", "clone", "-q", str(mirror), str(home / name)], check=True)
    return wanting(home, told)


def wanting(home: Path, told: Mapping[str, str]) -> list[str]:
    """What is still not there, and what to do about it."""
    words = [
        f"a checkout of the public GitHub repository {repository} is missing: put it at {home / name},"
        f" or name its place in {name.upper()}_HOME"
        for name, repository in CHECKOUTS.items()
        if not Path(told[f"{name.upper()}_HOME"]).exists()
    ]
    if not all(Path(told[name]).exists() for name in ("VNU_JAR", "AXE_JS", "JSONFEED_SCHEMA")):
        words.append(f"npm packages are missing: install npm, or put {', '.join(NPM_PACKAGES)} under {home / 'npm'}")
    if not shutil.which("java"):
        words.append("there is no Java runtime for the HTML checker; on Debian: apt-get install default-jre-headless")
    if not Path(told.get("CHROMIUM", "/usr/bin/chromium")).exists():
        words.append("there is no Chromium for the accessibility checks; on Debian: apt-get install chromium")
    return words


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, judge, print; 0 if all is clean, 1 if not, 2 if there is nothing to judge or nobody to do it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", type=Path, default=ROOT / "config.toml")
    parser.add_argument("--all", action="store_true", help="every page, not one of each kind")
    chosen = parser.parse_args(arguments)
    config = load_config(chosen.config, os.environ)
    feeds = config.base / config.output.folder
    judges = Path(os.environ.get("FEEDER_JUDGES") or ROOT.parent / "shared" / "judges")
    home = Path(os.environ.get("FEEDER_JUDGE_HOME") or ROOT / ".judge").resolve()
    if not judges.is_dir():
        print(f"There are no judges in {judges}; name their folder in FEEDER_JUDGES.")
        return 2
    if not (feeds / "rss.xml").is_file():
        print(f"There is nothing to judge in {feeds}; write it first: make run")
        return 2
    told = tools(home, os.environ)
    lacking = set_up(home, judges, told)
    base_url = config.output.base_url
    beside = tuple(text for text in named_addresses(config.model_dump()) if text.startswith(base_url))
    court = Court(judges, home / "venv" / "bin" / "python", told, feeds, base_url, beside)
    pages = all_pages(feeds) if chosen.all else choose_pages(feeds)
    verdicts = [*judge_feeds(court), *judge_pages(court, pages), *judge_digests(court)]
    print(report(verdicts))
    for words in lacking:
        print(f"\nNot everything could be judged: {words}.")
    return 0 if not lacking and all(verdict.is_clean for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
