"""The way of one request from redirect to redirect, and what of it is worth remembering."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

from feeder.sources.access import split_login

MAX_REDIRECTS = 5
REDIRECTS = frozenset((301, 302, 303, 307, 308))
_FOR_GOOD = frozenset((301, 308))


class LostError(Exception):
    """Redirects that lead nowhere; the message fits behind the URL."""


class Trail:
    """Where a request went. `moved_to`: how far its redirects were for good (301, 308), from the first on.

    A redirect from https to http is followed, as browsers and the best feed readers do: what stands
    in a feed is public, and no login goes with it. But it is never remembered.
    """

    def __init__(self) -> None:
        self.moved_to: str | None = None
        self._asked: list[str] = []
        self._for_good = True

    def after(self, url: str, status: int, location: str) -> str:
        """Where to go on from `url`, which answered `status`: an address without login and fragment."""
        self._asked.append(url)
        try:
            target = split_login(urldefrag(urljoin(url, _utf8(location)))[0])[0]
            downgrade = urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http"
        except ValueError as error:
            raise LostError("redirects to what is no address") from error
        self._for_good = self._for_good and status in _FOR_GOOD and not downgrade
        if self._for_good:
            self.moved_to = target
        if target in self._asked:
            raise LostError("redirects in a circle: look for the final address")
        if len(self._asked) > MAX_REDIRECTS:
            raise LostError(f"comes after more than {MAX_REDIRECTS} redirects: look for the final address")
        return target


def _utf8(header: str) -> str:
    """Headers arrive as Latin-1, but servers write addresses in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
