"""Web addresses: made fit to use, cleaned of trackers, compared. Pure functions, no I/O."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from feeder.text import fit

# What names a campaign, a channel or a click and never a page. The names that begin the list are those of
# miniflux' urlcleaner (Apache-2.0); German houses add Webtrekk/Mapp (wt_*, heise and zeit), AT Internet (at_*, xtor,
# ns_*), Matomo (pk_*, piwik_*), the ARD's sara_ref and the Deutsche Welle's maca.
_TRACKERS = frozenset(
    "fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id gclid dclid gbraid wbraid gclsrc "
    "campaign_medium campaign_name campaign_source campaign_term campaign_content srsltid yclid ysclid "
    "twclid msclkid mc_cid mc_eid mc_tc wickedid _hsenc __hssc __hstc __hsfp _hsmi hsctatracking rb_clickid mkt_tok "
    "sc_cid _bhlid _branch_match_id _branch_referrer __readwiselocation igsh igshid ttclid li_fat_id epik s_kwcid "
    "ref_src cmpid ns_campaign ns_mchannel ns_source sa-ns_mchannel sa-ns_source __twitter_impression xtor icid ncid "
    "smid sara_ref maca eref traffic_source mkwid pcrid _ga _gl ga_source ga_medium ga_campaign ga_content ga_term "
    "guce_referrer guce_referrer_sig guccounter wtmc wt_mc wt_zmc echobox".split()
)
_TRACKERS_BEGIN = (
    "utm_", "mtm_", "pk_", "piwik_", "wt_", "at_", "itm_", "hsa_", "hmb_", "oly_", "vero_", "sc_src", "matomo_",
)  # fmt: skip
# Names that may select content: theirs only where they say that a feed was the way here.
_MAYBE = frozenset(("ref", "src", "source", "from", "partner", "_location", "publisher", "medium"))
_BY_FEED = re.compile(r"rss(?:[-_.].*)?|atom|feedburner|newsstand", re.IGNORECASE | re.DOTALL)
# Names that track on these hosts (and those below) and may select content on others.
_TRACKERS_AT = {
    "youtube.com": ("si", "feature", "pp"),
    "youtu.be": ("si", "feature", "pp"),
    "open.spotify.com": ("si",),
    "news.google.com": ("oc",),
    "theguardian.com": ("cmp",),
    "wsj.com": ("mod",),
    "biorxiv.org": ("rss",),
    "medrxiv.org": ("rss",),
    "twitter.com": ("s", "t"),
    "x.com": ("s", "t"),
}
_SOMEWHERE = frozenset(name for names in _TRACKERS_AT.values() for name in names)

# Nothing to take apart: host and path in ASCII, without port, query and fragment.
_SIMPLE = re.compile(r"https?://(?:www\.)?+([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(/[!-\"$->@-~]*)?")
# The same with a query and a fragment.
_USUAL = re.compile(r"https?://(?:www\.)?+([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(/[!-\"$->@-~]*)?([?#][!-~]*)?")

_LOGIN = re.compile(r"((?:[a-z][a-z0-9+.-]*:)?//)[^/?#]*@", re.IGNORECASE)

# The names of parameters whose values let somebody in, whole or behind a stroke or a dot: api_key, X-Amz-Signature.
_LETS_IN = re.compile(
    r"(?:^|[^a-z0-9])(?:api)?(?:key|auth|secret|sig|signature|pass|passwor[dt]|passwd|pwd|pw|access|jwt|session|credentials?)"
    r"(?:$|[^a-z0-9])|token|auth_?key",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What no address may hold, and what taking apart one that does would move (RFC 3986, section 2).
_BLANK = re.compile(r"[\s\x00-\x20\x7f]")


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http or https address with a host."""
    if _SIMPLE.fullmatch(url):
        return True
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


def without_login(url: str) -> str:
    """An address without user and password, which belong into no file, list or message; whatever else it is, stays."""
    return _LOGIN.sub(r"\1", url, count=1) if _LOGIN.match(url) else url


def holds_secret(url: str) -> bool:
    """Whether an address seems to let in whoever knows it: by a login, or a parameter that is named like a key."""
    try:
        names = [name for name, value in parse_qsl(urlsplit(url).query) if value]
    except ValueError:
        return True
    return without_login(url) != url or any(_LETS_IN.search(_CAMEL.sub("_", name)) for name in names)


def public_address(url: str | None) -> str | None:
    """A web address as it may be published; None if it is none, or holds what looks like a secret."""
    return None if url is None or holds_secret(url) else web_address(url)


def clean(url: str) -> str:
    """Drop the parameters that only track the reader, from query and fragment; all else stays byte for byte.

    What might select content stays: an unknown parameter is not a tracker. Nothing is followed.
    """
    if "?" not in url and "#" not in url:
        return url
    page, mark, fragment = url.partition("#")
    page, asked, query = page.partition("?")
    told = _without_trackers(url, query)
    noted = _without_trackers(url, fragment) if "=" in fragment else fragment
    if (told == query and noted == fragment) or not _has_place(url):
        return url
    return page + (asked + told if told or told == query else "") + (mark + noted if noted or noted == fragment else "")


def identity(url: str) -> str:
    """A web address as a name that lasts: https, without `www.`, default port, closing slash and trackers.

    A fragment stays, because some sources name several things on a page by it. Two names that are the same have the
    same `url_key`. What is no web address comes back as it is.
    """
    if usual := _USUAL.fullmatch(url):
        host, path, rest = usual.groups("")
        if not rest or clean(url) == url:
            return f"https://{host}{path.rstrip('/')}{rest}"
    if not _has_place(url):
        return url
    cleaned = clean(url)
    host, port, path = _place(cleaned)
    start = re.search(r"[?#]", cleaned)
    return f"https://{host}{port}{path}{cleaned[start.start() :] if start else ''}"


def url_key(url: str) -> str:
    """What two addresses of the same page have in common; for comparing, never for display.

    Scheme, `www.`, fragment, tracking parameters, their order and a closing slash do not count.
    """
    if simple := _SIMPLE.fullmatch(url):
        return simple[1] + (simple[2] or "").rstrip("/")
    url = url.strip()
    try:
        host, port, path = _place(url)
        query = sorted(
            pair
            for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True)
            if not _is_tracker(url, pair[0], pair[1])
        )
    except ValueError:
        return url
    return f"{host}{port}{path}" + (f"?{urlencode(query, errors='replace')}" if query else "")


def _has_place(url: str) -> bool:
    """Whether `_place` can say where a web address leads."""
    if _USUAL.fullmatch(url):
        return True
    try:
        return is_web_address(url) and not _BLANK.search(url) and bool(_place(url))
    except ValueError:
        return False


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    return host, f":{parts.port}" if parts.port not in (None, 80, 443) else "", parts.path.rstrip("/")


def _without_trackers(url: str, parameters: str) -> str:
    if not parameters:
        return parameters
    kept = [part for part in parameters.split("&") if not _is_tracker(url, *part.partition("=")[::2])]
    return "&".join(kept)


def _is_tracker(url: str, name: str, value: str) -> bool:
    name = name.lower().removeprefix("amp;")
    if name in _TRACKERS or name.startswith(_TRACKERS_BEGIN):
        return True
    if name in _MAYBE:
        return _BY_FEED.fullmatch(value) is not None
    return name in _SOMEWHERE and any(
        name in names and (host == place or host.endswith(f".{place}"))
        for host in (_host(url),)
        for place, names in _TRACKERS_AT.items()
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
