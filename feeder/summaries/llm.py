"""A Kurzfassung by a model: asked within time and budget, remembered, and used only if it passes the gate."""

from __future__ import annotations

import hashlib
import secrets
import time
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from feeder.errors import SummaryError
from feeder.summaries import prompt
from feeder.summaries.chatter import addresses_models
from feeder.summaries.endpoint import Endpoint, Reply, unwrapped
from feeder.summaries.gate import Answer, Limits, check_answer

MOST_TOKENS = 1_200  # of an answer: four times what the longest Kurzfassung takes
FEWEST_CHARACTERS = 400  # of an article; fewer leave a model nothing but to invent
_LEAST_SECONDS = 1.0
_MOST_PARTS, _LONGEST_PART = 50, 1_000  # more is wrong anyway, and the gate would take minutes to say how
_MILLION = 1_000_000


class Ledger(Protocol):
    """Who remembers what was answered and what it cost; `feeder.store.models.Models` is one."""

    def answer(self, key: str) -> str | None: ...
    def keep(self, key: str, model: str, answer: str, at: datetime) -> None: ...
    def reserve(self, day: str, tokens: int, euros: float, limits: tuple[int, float]) -> bool: ...
    def settle(self, day: str, tokens: int, euros: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Budget:
    """What a day may cost. Prices in euros per million tokens; 0 for a model of one's own."""

    tokens: int
    euros: float
    price_in: float = 0.0
    price_out: float = 0.0

    def cost(self, asked: int, answered: int) -> float:
        """The euros for so many tokens."""
        return (asked * self.price_in + answered * self.price_out) / _MILLION


@dataclass(frozen=True, slots=True)
class Told:
    """What came of asking: the words, or why there are none. `tokens`: used by this call, 0 if it was remembered."""

    answer: Answer | None
    model: str
    tokens: int = 0
    why_not: str = ""


@dataclass
class ModelSummariser:
    """The model of one round. All calls together take no longer than `seconds`, counted from the first one.

    `now` and `day` (ISO, in the publication's zone): when answers are remembered and what day pays for them.
    """

    endpoint: Endpoint
    ledger: Ledger
    budget: Budget
    seconds: float
    now: datetime
    day: str
    _until: float | None = field(default=None, init=False)

    def summarise(self, title: str, words: str, language: str, limits: Limits, *, third_party: bool) -> Told | None:
        """Tell an article in `language`, "de" or "en"; None if it is too short to be asked about.

        `words` is plain text, in lines or not.
        """
        shown = prompt.shown(title, words)
        if len(shown) < FEWEST_CHARACTERS or language not in ("de", "en"):
            return None
        if (said := addresses_models(shown)) is not None:
            return self._none(f'not asked: the article speaks to models: "{said[:60]}"')
        key = hashlib.sha256("\0".join((self.endpoint.model, prompt.VERSION, language, shown)).encode()).hexdigest()
        tokens = 0
        if (content := self.ledger.answer(key)) is None:
            try:
                reply, tokens = self._ask(shown, language, limits)
            except SummaryError as error:
                return self._none(str(error))
            if reply.cut:
                return self._none("its answer was cut off", tokens)
            content = reply.content
            self.ledger.keep(key, self.endpoint.model, content, self.now)
        try:
            answer = _answer(content)
        except ValueError as error:
            return self._none(f"its answer cannot be used: {error}", tokens)
        complaints = check_answer(answer, shown, language, limits, third_party=third_party)
        if complaints:
            return self._none("; ".join(one.words for one in complaints[:3]), tokens)
        return Told(answer, self.endpoint.model, tokens)

    def _none(self, why: str, tokens: int = 0) -> Told:
        return Told(None, self.endpoint.model, tokens, why)

    def _ask(self, shown: str, language: str, limits: Limits) -> tuple[Reply, int]:
        """Pay first, with the most that it can cost; what was not used is given back once the endpoint has counted."""
        started = time.monotonic()
        self._until = started + self.seconds if self._until is None else self._until
        if self._until - started < _LEAST_SECONDS:
            raise SummaryError("there is no time left for models in this round; see [summaries] deadline")
        asked = prompt.messages(shown, language, secrets.token_hex(8), asdict(limits))
        most_in = prompt.tokens(asked)
        most, price = most_in + MOST_TOKENS, self.budget.cost(most_in, MOST_TOKENS)
        if not self.ledger.reserve(self.day, most, price, (self.budget.tokens, self.budget.euros)):
            raise SummaryError("the budget of the day is used up; see [summaries] tokens_per_day, euros_per_day")
        try:
            reply = self.endpoint.ask(asked, prompt.SCHEMA, MOST_TOKENS, self._until - time.monotonic())
        except SummaryError as error:
            if error.unpaid:
                self.ledger.settle(self.day, -most, -price)
            raise
        if reply.asked is None or reply.answered is None:
            return reply, most
        used = reply.asked + reply.answered
        self.ledger.settle(self.day, used - most, self.budget.cost(reply.asked, reply.answered) - price)
        return reply, used


def _answer(content: str) -> Answer:
    """The answer in what a model said; ValueError if it is not what was asked for."""
    told = unwrapped(content)
    if not isinstance(told, dict):
        raise ValueError("it is no JSON object")
    teaser, bullets = told.get("teaser"), told.get("punkte")
    if not isinstance(teaser, str) or not isinstance(bullets, list) or not all(isinstance(one, str) for one in bullets):
        raise ValueError("teaser or punkte are missing, or are no words")
    if len(bullets) > _MOST_PARTS or max(map(len, (teaser, *bullets))) > _LONGEST_PART:
        raise ValueError(f"{len(bullets)} punkte are too many, or too long")
    return Answer(_composed(teaser), tuple(_composed(bullet) for bullet in bullets))


def _composed(words: str) -> str:
    return unicodedata.normalize("NFC", words).strip(" ")
