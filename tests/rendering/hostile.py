"""What somebody may write into a title, a name or an address to get a header or a recipient of their own."""

from __future__ import annotations

BREAKS = (
    "\r\n", "\n", "\r", "\n\r", "\r\r\n", "\r\n ", "\r\n\t", "\n ", "\r\n\r\n", "\n\n", "\x0b", "\x0c", "\x1c", "\x1d",
    "\x1e", "\x85", "\u2028", "\u2029", "\x00", "\x00\r\n", "\x01", "\x02", "\x03", "\ufeff\n", "\u202e\n", "\u2066\r",
    "\udc0a", "\ud800\r\n", "%0d%0a", "%0A", "\\r\\n", "\uff0d\uff0a", "\u560d\u560a", "&#13;&#10;", "=0D=0A",
    "?=\r\n", "=?utf-8?q?=0D=0A?=", "=?utf-8?b?DQo=?=", "=?UTF-16?Q?=00=0D=00=0A?=", ">\r\n", '"\r\n',
    "\\\r\n", "(\r\n",
)  # fmt: skip
WISHES = (
    "Bcc: opfer@boese.example",
    "To: opfer@boese.example",
    "Cc: a@boese.example, b@boese.example",
    "Subject: Gewonnen!",
    "From: Bank <bank@boese.example>",
    "Content-Type: text/html\r\n\r\n<h1>Neu</h1>",
    "X-Anything: 1",
    "\r\n--=_0\r\n\r\n.\r\nMAIL FROM:<a@boese.example>\r\n",
)
WORDS = (
    "",
    " ",
    "=?",
    "?=",
    "=?utf-8?q?",
    "=?utf-8?q?a?=",
    "=?utf-8?q?a?= =?utf-8?b?Yg==?=",
    "=?x-unknown?z?abc?=",
    "a" * 75 + "=?utf-8?q?=42cc?=",
    "\u202egnp.exe",
    "\u2066links\u2069 \u200frechts",
    "\ud800 halb",
    "\udfff\ud800",
    "e\u0301 \u1e9e \ufb01",
    "9" * 5000,
    "ä" * 5000,
    "🤖" * 300,
    "👩‍💻" * 90,
    "Viele kurze Worte, " * 200,
    "a@boese.example, b@boese.example",
    "<opfer@boese.example>",
    '" <opfer@boese.example>',
    "Gruppe: a@boese.example, b@boese.example;",
    "(Kommentar) \\ \" ' ; : , < > [ ] @",
    "undisclosed-recipients:;",
    ".",
    "..\r\n.\r\n",
    "From da war",
    "FEEDERTOKENMARK",
    "{token}",
    "https://ki-news.example/leave/FEEDERTOKENMARK",
)

TEXTS = tuple(f"Titel{line}{wish}" for line in BREAKS for wish in WISHES) + WORDS
ADDRESSES = tuple(
    address
    for line in BREAKS
    for address in (
        f"a@b.example{line}Bcc: x@boese.example",
        f"a{line}@b.example",
        f"a@b{line}.example",
        f"{line}a@b.de",
    )
    if line not in ("%0d%0a", "%0A", "=0D=0A", "\uff0d\uff0a", "\u560d\u560a") or "Bcc" in address
)
