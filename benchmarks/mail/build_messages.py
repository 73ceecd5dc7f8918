"""What a recipient's message costs: a letter filled, beside what people use to build messages.

    python -m benchmarks.mail.build_messages [rounds]

Every way makes, of one digest of 45 kB HTML and 20 kB text, the message of each recipient: own To, Message-ID and
unsubscribe link in header and both parts. The ways take turns, CPU milliseconds are medians; compare ratios, not
milliseconds. Before it is measured, each way's message is read back and compared with the letter's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr
from functools import partial
from pathlib import Path
from statistics import median

from feeder.config import load_config
from feeder.model import Digest, Letter, Recipient
from feeder.model.mail import TOKEN_MARK
from feeder.rendering.look import Look, open_look
from feeder.rendering.message import letter, marked
from tests.rendering import samples

ROOT = Path(__file__).resolve().parent.parent.parent
LEAVE = "https://ki-news.example/leave/{token}"
HTML_SIZE, TEXT_SIZE, RECIPIENTS = 45_000, 20_000, 50
MUST = 0.1  # ms to fill a letter
Build = Callable[[Recipient], bytes]


def words(size: int, line: str) -> str:
    """German prose of this many bytes: an umlaut in every eighth word."""
    return line * (size // len(line.encode()))


def digest() -> Digest:
    """A digest as `render_digest` gives it for a letter."""
    link = marked(LEAVE)
    html = words(HTML_SIZE, '<p style="margin:0 0 16px">Die neue Fassung ändert wenig, sagen die Prüfer.</p>\n')
    text = words(TEXT_SIZE, "Die neue Fassung des Gesetzes ändert wenig, sagen die Prüfer.\n")
    return Digest("Heute: Prüfer", "", f'{html}<a href="{link}">Abmelden</a>\n', f"{text}{link}\n")


def heads(ours: Letter, recipient: Recipient) -> list[tuple[str, str]]:
    """The headers of a recipient, decoded, without those that every way writes itself."""
    mail = message_from_bytes(ours.fill(recipient), policy=policy.SMTP)
    return [(name, str(value)) for name, value in mail.items() if name not in ("MIME-Version", "Content-Type")]


def by_email_message(
    one: Digest, headers: list[tuple[str, str]], recipient: Recipient, cte: str | None = None
) -> bytes:
    """The standard library's way."""
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    for name, value in headers:
        mail[name] = value
    mail.replace_header("To", f"{recipient.name} <{recipient.address}>")
    mail.set_content(one.text.replace(TOKEN_MARK, recipient.token), cte=cte)
    mail.add_alternative(one.html.replace(TOKEN_MARK, recipient.token), subtype="html", cte=cte)
    return mail.as_bytes()


def by_mime_text(one: Digest, headers: list[tuple[str, str]], recipient: Recipient) -> bytes:
    """The older way, which encodes as base64."""
    mail = MIMEMultipart("alternative")
    for name, value in headers:
        mail[name] = value
    mail.replace_header("To", formataddr((recipient.name, recipient.address)))
    mail.attach(MIMEText(one.text.replace(TOKEN_MARK, recipient.token), "plain", "utf-8"))
    mail.attach(MIMEText(one.html.replace(TOKEN_MARK, recipient.token), "html", "utf-8"))
    return mail.as_bytes()


def recipients(count: int) -> Iterator[Recipient]:
    """Half of them with a name that must be encoded."""
    for number in range(count):
        yield Recipient(f"leser{number}@post.example", "Jörg Straße" if number % 2 else "Anna", f"token-{number:020}")


def spent(build: Build, people: list[Recipient]) -> float:
    """CPU milliseconds per message."""
    start = time.process_time()
    for one in people:
        build(one)
    return (time.process_time() - start) * 1000 / len(people)


def contents(data: bytes) -> list[bytes]:
    """Both parts, decoded; only their ends may differ in line breaks."""
    parts = [part for part in message_from_bytes(data).walk() if not part.is_multipart()]
    payloads = [part.get_payload(decode=True) for part in parts]
    return [payload.replace(b"\r\n", b"\n").rstrip(b"\n") for payload in payloads if isinstance(payload, bytes)]


def main() -> int:
    """Print CPU per message and ratio of every way, and 1 where ours misses its must."""
    look: Look = open_look(load_config(ROOT / "tests" / "data" / "config.toml", {}), ROOT / "templates")
    one = digest()
    write = partial(letter, look, samples.edition(), one, unsubscribe=LEAVE)
    start = time.process_time()
    ours = write()
    once = (time.process_time() - start) * 1000
    people = list(recipients(RECIPIENTS))
    headers = heads(ours, people[0])
    ways: dict[str, Build] = {
        "feeder: Letter.fill": ours.fill,
        "EmailMessage, as it comes": partial(by_email_message, one, headers),
        "EmailMessage, cte=base64": partial(by_email_message, one, headers, cte="base64"),
        "MIMEMultipart and MIMEText": partial(by_mime_text, one, headers),
    }
    for name, build in ways.items():
        assert contents(build(people[1])) == contents(ours.fill(people[1])), f"{name} says something else"
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, build in ways.items():
            measured[name].append(spent(build, people * 20 if build == ours.fill else people))
    fill = median(measured["feeder: Letter.fill"])
    print(
        f"{'CPU ms per message':30} {'ms':>8} {'ratio':>8}   {len(ours.fill(people[0])):,} bytes each, {rounds} rounds"
    )
    for name, times in measured.items():
        print(f"{name:30} {median(times):8.4f} {median(times) / fill:7.0f}x")
    print(f"{'written and read back, once':30} {once:8.1f}")
    print(f"a letter is filled in at most {MUST} ms: {'yes' if fill <= MUST else 'NO'}")
    return 0 if fill <= MUST else 1


if __name__ == "__main__":
    sys.exit(main())
