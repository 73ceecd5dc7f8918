"""What a source's own server wants to see: a login, headers, cookies. Never sent anywhere else, never printed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from feeder.config.sourcing import SourceSettings

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Access:
    """Credentials for the origin (scheme, host and port) of `location`, and for nothing else."""

    location: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: str | None = field(default=None, repr=False)

    def headers_for(self, url: str) -> dict[str, str]:
        """What to send along to `url`: nothing, unless it is of the same origin."""
        if not (self.username or self.password or self.headers or self.cookies) or origin(url) != origin(self.location):
            return {}
        sent = dict(self.headers)
        if self.username or self.password:
            login = b64encode(f"{self.username or ''}:{self.password or ''}".encode()).decode()
            sent["Authorization"] = f"Basic {login}"
        if self.cookies:
            sent["Cookie"] = self.cookies
        return sent


def access_of(settings: SourceSettings) -> Access:
    """What the configuration gives for a source; a login in its address counts where no other is given."""
    plain, own = split_login(settings.location)
    password = settings.password.get_secret_value() if settings.password else None
    named = own if settings.username is None and password is None else (settings.username, password)
    return Access(
        plain,
        *named,
        headers=tuple(_header(each.get_secret_value()) for each in settings.headers),
        cookies=settings.cookies.get_secret_value() if settings.cookies else None,
    )


def split_login(url: str) -> tuple[str, tuple[str | None, str | None]]:
    """An address without user and password, and these."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, (None, None)
    host = parts.netloc.rpartition("@")[2]
    login = tuple(None if each is None else unquote(each) for each in (parts.username, parts.password))
    return urlunsplit(parts._replace(netloc=host)), (login[0], login[1])


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port, in the spelling in which two of them may be compared (RFC 6454)."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(scheme)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()
