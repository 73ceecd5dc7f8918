"""Web addresses: made fit to use, cleaned of trackers, compared. Pure functions, no I/O."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from feeder.text import fit

_TRACKING = re.compile(
    r"^(utm_.*|mtm_.*|pk_.*|piwik_.*|wt_.*|at_.*|itm_.*|hsa_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid"
    r"|sara_ref|ref_src|cmpid|ns_campaign|ns_mchannel|ns_source|__twitter_impression|xtor|icid|ncid|smid)$"
)


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http or https address with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def web_address(url: str | None) -> str | None:
    """Percent-encode what a URI may not hold (RFC 3986); None if it is no http(s) address."""
    if not url:
        return None
    url = fit(url).strip()
    if not is_web_address(url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (UnicodeError, ValueError):
        return None
    if ":" in host:
        host = f"[{host}]"
    return urlunsplit(
        (
            parts.scheme.lower(),
            host + port,
            quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/",
            quote(parts.query, safe="/?%:@!$&'()*+,;=~-._"),
            quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._"),
        )
    )


def url_key(url: str) -> str:
    """What two addresses of the same page have in common; for comparing, never for display.

    Scheme, `www.`, fragment, tracking parameters, their order and a closing slash do not count.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    query = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k.lower()))
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{urlencode(query, errors='replace')}" if query else "")
