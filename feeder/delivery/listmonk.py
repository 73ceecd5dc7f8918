"""listmonk, a list manager: it keeps the subscribers and sends an edition as one campaign.

An edition's campaign is known by its name, which is made of what never changes; listmonk itself takes any name twice.
So it is searched for before it is made, and an answer that was lost is found by searching again. Whoever calls holds a
lease meanwhile. What a person did to a campaign in listmonk stands. Read against its source of July 2026.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from feeder import text
from feeder.config import Config
from feeder.delivery import go_templates
from feeder.delivery.api import Api, RefusedError
from feeder.errors import DeliveryError
from feeder.model import Digest, Edition
from feeder.model.mailboxes import mailbox, phrase, wire_address

log = logging.getLogger("feeder.deliver")

Campaign = Mapping[str, Any]

_CAMPAIGNS = "api/campaigns"
_A_PAGE = 50
_MOST_PAGES = 40
_DRAFT = "draft"
_PERMISSION = (
    "look at carriers.listmonk.username and token, and in listmonk at the role of that API user: it needs"
    " campaigns:get, campaigns:manage and the lists, to start campaigns campaigns:send too"
)
_WRONG_PLACE = "look at carriers.listmonk.url: it is where listmonk's pages begin, without /api and /admin"
_HINTS = {401: _PERMISSION, 403: _PERMISSION, 404: _WRONG_PLACE}
_EDITED = ("subject", "from_email", "body", "altbody", "content_type", "tags", "headers")
_STYLE = re.compile(r"<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_READERS_LINK = re.compile(r"[^\s\"'<>]+")


class Listmonk:
    """The configured server. A digest for it shows `unsubscribe` where the reader's own link belongs."""

    def __init__(self, config: Config) -> None:
        if config.carriers.listmonk is None:
            raise DeliveryError("[carriers.listmonk] is not set up")
        self.settings = config.carriers.listmonk
        self._config = config
        self.unsubscribe = f"https://abmelden.invalid/{secrets.token_hex(16)}"  # in nobody's text

    def hand_over(self, edition: Edition, digest: Digest) -> str:
        """Let there be one campaign of an edition, a draft or started; its number. One that a person started, stopped
        or finished is left alone. DeliveryError says what is in the way, and `retry` if later may help."""
        settings = self.settings
        credentials = (settings.username, settings.token.get_secret_value())
        wanted = self._wanted(edition, digest)
        page = go_templates.page(digest.html, self.unsubscribe)
        with Api(settings.url, credentials, settings.timeout / timedelta(seconds=1), _HINTS) as api:
            found = _found(api, str(wanted["name"]), edition.id)
            campaign = self._drafted(api, found, wanted)
            number, status = _number(campaign), campaign.get("status")
            if status != _DRAFT:
                log.info("campaign %s of edition %s is %s in listmonk already", number, edition.id, status)
            elif found is not None and self._is_edited(campaign, wanted):
                self._leave(edition, number)
            else:
                self._check(campaign, page, api.page(f"{_CAMPAIGNS}/{number}/preview"))
                if settings.mode == "send":
                    _start(api, number)
        return str(number)

    def _drafted(self, api: Api, found: Campaign | None, wanted: Campaign) -> Campaign:
        """The campaign as it stands: made, or, if it is a draft that nobody touched, made as it is wanted now."""
        if found is None:
            return _told(api, api.give("POST", _CAMPAIGNS, wanted))
        place = f"{_CAMPAIGNS}/{_number(found)}"
        there = _told(api, api.ask(place))
        if there.get("status") != _DRAFT or _is_touched(there) or not self._differences(there, wanted):
            return there
        return _told(api, api.give("PUT", place, wanted))

    def _differences(self, campaign: Campaign, wanted: Campaign) -> list[str]:
        names = [name for name in _EDITED if campaign.get(name) != wanted[name]]
        if _lists(campaign) != set(self.settings.lists):
            names.append("lists")
        if self.settings.template not in (None, campaign.get("template_id")):
            names.append("template_id")
        return names

    def _is_edited(self, campaign: Campaign, wanted: Campaign) -> bool:
        return _is_touched(campaign) and bool(self._differences(campaign, wanted))

    def _leave(self, edition: Edition, number: int) -> None:
        """Leave a draft that somebody changed: whoever did it starts it, too."""
        if self.settings.mode == "send":
            raise DeliveryError(
                f"{self._place(number)} holds edition {edition.id} and was changed there, so feeder does not start it:"
                f" start it in listmonk, or delete it there and let feeder edition send {edition.id} make it anew"
            )
        log.info("campaign %s of edition %s was changed in listmonk, and stays as it is", number, edition.id)

    def _check(self, campaign: Campaign, page: go_templates.Page, preview: str) -> None:
        """See that listmonk made of it what was meant: unknown lists and templates it leaves out without a word, and
        templates add to the mail."""
        place, settings = self._place(_number(campaign)), self.settings
        if missing := sorted(set(settings.lists) - _lists(campaign)):
            raise DeliveryError(
                f"{place} lacks the lists {missing}: there are none by these numbers, or the API user may not use"
                " them; look at carriers.listmonk.lists and at the user's role"
            )
        if campaign.get("template_id") is None or settings.template not in (None, campaign["template_id"]):
            raise DeliveryError(
                f"{place} has no such template: make one in listmonk that holds nothing but"
                ' {{ template "content" . }} (not a visual one), and name its number in carriers.listmonk.template'
            )
        if unlike := _unlike(page, preview):
            raise DeliveryError(
                f"{place} does not show the edition as it is, because its template adds to it or changes it (it shows"
                f" {unlike!a}): make a template in listmonk that holds nothing but"
                ' {{ template "content" . }}, and name its number in carriers.listmonk.template'
            )

    def _place(self, number: int) -> str:
        return f"{self.settings.url}admin/campaigns/{number}"

    def _wanted(self, edition: Edition, digest: Digest) -> dict[str, object]:
        """What is asked for: everything that listmonk compiles as a template says no more than it says."""
        settings, mail = self.settings, self._config.digest
        if any(self.unsubscribe not in words for words in (digest.html, digest.text)):
            raise DeliveryError("templates/digest.html and digest.txt must show `mailto`, the way to leave")
        wanted: dict[str, object] = {
            "name": f"{self._config.publication.tag_authority} {edition.id}",
            "subject": go_templates.line(text.one_line(digest.subject)),
            "lists": list(settings.lists),
            "from_email": _sender(mail.sender),
            "type": "regular",
            "content_type": "html",
            "body": go_templates.page(digest.html, self.unsubscribe).source,
            "altbody": go_templates.plain(digest.text, self.unsubscribe),
            "headers": [{name: go_templates.line(value)} for name, value in self._headers()],
            "tags": ["-".join(tag.split()) for tag in settings.tags],
            "messenger": "email",
        }
        return wanted if settings.template is None else wanted | {"template_id": settings.template}

    def _headers(self) -> list[tuple[str, str]]:
        """What listmonk does not write itself, ASCII, in one line each: it would encode all of another one."""
        publication, mail = self._config.publication, self._config.digest
        host = wire_address(parseaddr(mail.sender)[1]).rpartition("@")[2]
        name, address = parseaddr(mail.reply_to or mail.sender)
        values = (
            ("Reply-To", mailbox("Reply-To", name, wire_address(address))),
            ("List-Id", f"{phrase('List-Id', publication.title)} <newsletter.{host}>".lstrip()),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", publication.language),
        )
        return [(name, " ".join(value.split())) for name, value in values]


def _found(api: Api, name: str, edition_id: str) -> Campaign | None:
    """The campaign of exactly this name; the search finds whatever contains the edition's id. Of several, one that has
    been begun."""
    named: list[Campaign] = []
    for number in range(1, _MOST_PAGES + 1):
        told = _data(api.ask(_CAMPAIGNS, query=edition_id, no_body="true", page=number, per_page=_A_PAGE), api.url)
        results = [_campaign(one, api.url) for one in told.get("results") or []]
        named += [one for one in results if one.get("name") == name]
        if len(results) < _A_PAGE:
            break
    begun = [one for one in named if one.get("status") != _DRAFT]
    numbers = sorted({_number(one) for one in named})
    if len(numbers) > 1 and not begun:
        raise DeliveryError(
            f"{api.url} has the drafts {numbers}, all called {name!a}: delete all but one of them there"
        )
    return begun[0] if begun else named[0] if named else None


def _start(api: Api, number: int) -> None:
    place = f"{_CAMPAIGNS}/{number}"
    try:
        api.give("PUT", f"{place}/status", {"status": "running"})
    except RefusedError:
        if _told(api, api.ask(place)).get("status") == _DRAFT:
            raise
        log.info("campaign %s was begun by somebody in listmonk meanwhile", number)


def _data(told: object, url: str) -> Mapping[str, Any]:
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        raise DeliveryError(f"{url} answered with something that listmonk does not say; {_WRONG_PLACE}")
    return data


def _told(api: Api, answer: object) -> Campaign:
    return _campaign(_data(answer, api.url), api.url)


def _campaign(told: object, url: str) -> Campaign:
    if not isinstance(told, dict) or not isinstance(told.get("id"), int):
        raise DeliveryError(f"{url} answered with something that is no campaign of listmonk's; {_WRONG_PLACE}")
    return told


def _number(campaign: Campaign) -> int:
    return int(campaign["id"])


def _lists(campaign: Campaign) -> set[int]:
    """The numbers of its lists; a list that was deleted since has none."""
    lists = campaign.get("lists")
    numbers = [one.get("id") for one in lists if isinstance(one, dict)] if isinstance(lists, list) else []
    return {number for number in numbers if isinstance(number, int)}


def _is_touched(campaign: Campaign) -> bool:
    return campaign.get("updated_at") != campaign.get("created_at")


def _sender(sender: str) -> str:
    """The From line, readable: listmonk encodes it."""
    name, address = parseaddr(sender)
    quoted = text.one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{wire_address(address)}>' if quoted else wire_address(address)


def _bare(html: str) -> str:
    """A page without what html/template leaves out of style sheets."""
    return " ".join(re.split(r"\s+", _STYLE.sub(lambda style: _CSS_COMMENT.sub(" ", style[0]), html)))


def _unlike(page: go_templates.Page, preview: str) -> str | None:
    """A few words from where a preview parts from the page, but for the reader's link; None if it does not."""
    shown, at = _bare(preview), 0
    for n, piece in enumerate(map(_bare, page.seen)):
        if n:
            link = _READERS_LINK.match(shown, at)
            at = link.end() if link else at
        if not shown.startswith(piece, at):
            same = next(m for m in range(len(piece)) if shown[at + m : at + m + 1] != piece[m])
            return shown[max(0, at + same - 20) :][:80] or "nothing"
        at += len(piece)
    return shown[at:][:80] or None
