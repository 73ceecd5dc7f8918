"""Which addresses belong to one site, by the public suffix list that tldextract brings; nothing is fetched."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from feeder import addresses

if TYPE_CHECKING:
    from tldextract import TLDExtract


def same_site(a: str, b: str) -> bool:
    """Whether two web addresses lie under one registrable domain; people who share a host (github.io) are several."""
    one, other = _host(a), _host(b)
    if not one or not other:
        return False
    return one == other or (_domain(one) == _domain(other) != "")


def canonical(page_url: str, found: str | None) -> str:
    """The address of a page, cleaned: the one that it names itself (rel=canonical, og:url), if that can be true.

    It cannot where it lies on another site, or is the home page though the page is not.
    """
    try:
        named = addresses.web_address(urljoin(page_url, found.strip())) if found else None
    except ValueError:
        named = None
    page = addresses.clean(page_url)
    if named is None or not same_site(page_url, named) or (_is_home(named) and not _is_home(page)):
        return page
    named = addresses.clean(named)
    return page if addresses.identity(named) == addresses.identity(page) else named


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".") if addresses.is_web_address(url) else ""
    except ValueError:
        return ""


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


@cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - 0.1 s that few rounds need

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _domain(host: str) -> str:
    """The registrable domain; "" for what has none, an IP address or a single name. Where the list does not know the
    last label, that is the suffix, as the list's own default rule says."""
    found = _extract()(host)
    if found.suffix or found.ipv4 or ":" in host:
        return found.top_domain_under_public_suffix
    return ".".join(host.rsplit(".", 2)[-2:]) if "." in host else ""
