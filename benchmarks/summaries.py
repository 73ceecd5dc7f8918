"""How near three sentences come to what publishers put above their articles: make bench-summaries.

Articles: the recorded German ones that fundus' authors took apart (corpus, articles/gold) and that have a standfirst;
body and headings are the text, the standfirst (never seen) is what ROUGE compares with. Beside the built-in extractor
stand the first three sentences (split as ours are), and sumy's LexRank and TextRank with German stemming, in an
environment of their own, split as ours are. Stems of ROUGE are snowballstemmer's. Intervals: bootstrap over articles,
95 %. The weights of the extractor were chosen on the half of the publishers called "weights chosen on".
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from feeder.sentences import sentences
from feeder.summaries.extractive import choose, sentences_of
from feeder.summaries.language import language_of

SENTENCES = 3
ROUNDS = 10_000
SHORTEST = 900  # characters of a body of which three sentences are a choice
UNBOUNDED = 100_000

Summarise = Callable[["Story"], Sequence[str]]


@dataclass(frozen=True)
class Story:
    """An article with the standfirst that its publisher gave it."""

    name: str
    title: str
    standfirst: str
    text: str

    @property
    def is_for_choosing(self) -> bool:
        """Whether weights may be chosen by it: one half of all, by its name, publisher by publisher."""
        return hashlib.sha256(self.name.split(" ")[0].encode()).digest()[0] % 2 == 0


def stories(corpus: Path) -> list[Story]:
    """The German articles with a standfirst."""
    found = []
    for file in sorted((corpus / "articles" / "gold").glob("fundus_*.json")):
        for version, article in json.loads(file.read_text(encoding="utf-8")).items():
            body = article.get("body") if isinstance(article, dict) else None
            if isinstance(body, dict) and (story := _story(f"{file.stem} {version}", article, body)):
                found.append(story)
    return found


def _story(name: str, article: dict[str, Any], body: dict[str, Any]) -> Story | None:
    standfirst = " ".join(body.get("summary") or ())
    parts = [part for section in body["sections"] for part in (*section["headline"], *section["paragraphs"])]
    text = "\n\n".join(parts)
    if len(standfirst) < 60 or len(text) < SHORTEST or language_of(text) != "de":
        return None
    return Story(name, article.get("title") or "", standfirst, text)


def ours(story: Story) -> Sequence[str]:
    """The built-in extractor, without a teaser and without a limit of rights."""
    return choose(sentences_of(story.text), story.title, "", SENTENCES, UNBOUNDED)


def lead(story: Story) -> Sequence[str]:
    """The first sentences of the text."""
    return sentences("\n\n".join(part for part in story.text.split("\n\n") if part[-1:] in '.!?"“”«»…'))[:SENTENCES]


def rivals() -> dict[str, Summarise]:
    """Sumy's summarisers, which stand in the rivals' environment only."""
    from sumy.nlp.stemmers import Stemmer  # type: ignore[import-not-found]  # noqa: PLC0415
    from sumy.parsers.plaintext import PlaintextParser  # type: ignore[import-not-found]  # noqa: PLC0415
    from sumy.summarizers.lex_rank import LexRankSummarizer  # type: ignore[import-not-found]  # noqa: PLC0415
    from sumy.summarizers.text_rank import TextRankSummarizer  # type: ignore[import-not-found]  # noqa: PLC0415
    from sumy.utils import get_stop_words  # type: ignore[import-not-found]  # noqa: PLC0415

    def with_sumy(kind: Any) -> Summarise:
        summariser = kind(Stemmer("german"))
        summariser.stop_words = get_stop_words("german")

        def summarise(story: Story) -> Sequence[str]:
            document = PlaintextParser.from_string(story.text, _Splitter()).document
            return [str(sentence) for sentence in summariser(document, SENTENCES)]

        return summarise

    return {"sumy LexRank": with_sumy(LexRankSummarizer), "sumy TextRank": with_sumy(TextRankSummarizer)}


class _Splitter:
    """What sumy calls a tokenizer, without the data files that its own one downloads."""

    def to_sentences(self, paragraph: str) -> Sequence[str]:
        return sentences(paragraph)

    def to_words(self, sentence: str) -> Sequence[str]:
        return re.findall(r"[^\W\d_]+", sentence.lower())


@dataclass(frozen=True)
class Score:
    """F1 of single words and of pairs."""

    one: float
    two: float


def rouge(stem: Callable[[list[str]], list[str]], summary: Sequence[str], standfirst: str) -> Score:
    """ROUGE-1 and ROUGE-2 (F1) over stems, nothing left out."""
    said, expected = (stem(re.findall(r"\w+", words.lower())) for words in (" ".join(summary), standfirst))
    return Score(*(_f1(_grams(said, n), _grams(expected, n)) for n in (1, 2)))


def _grams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[at:] for at in range(n)), strict=False))


def _f1(said: Counter[tuple[str, ...]], expected: Counter[tuple[str, ...]]) -> float:
    common = (said & expected).total()
    return 2 * common / (said.total() + expected.total()) if common else 0.0


def interval(values: Sequence[float]) -> str:
    """The mean with its 95 % interval, by drawing articles with replacement."""
    chance = random.Random(20261122)
    means = sorted(statistics.fmean(chance.choices(values, k=len(values))) for _ in range(ROUNDS))
    return f"{statistics.fmean(values):+.3f} [{means[ROUNDS // 40]:+.3f}, {means[-ROUNDS // 40]:+.3f}]"


def table(chosen: Sequence[Story], scores: dict[str, dict[str, Score]], seconds: dict[str, float]) -> None:
    """Print a line for every method, and how far ours is from it, article by article."""
    names = [story.name for story in chosen]
    print("| method | ROUGE-1 F | ROUGE-2 F | ours minus it, ROUGE-1 | ms per article |")
    print("| --- | --- | --- | --- | --- |")
    for method, of in scores.items():
        ones, twos = [of[name].one for name in names], [of[name].two for name in names]
        ahead = [scores["feeder"][name].one - of[name].one for name in names]
        print(
            f"| {method} | {interval(ones).replace('+', '')} | {statistics.fmean(twos):.3f} |"
            f" {'' if method == 'feeder' else interval(ahead)} | {1000 * seconds[method]:.0f} |"
        )


def main() -> None:
    """Print the tables; where there is no corpus, say so."""
    corpus = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "corpus")
    if not (corpus / "articles" / "gold").is_dir():
        print(f"No corpus in {corpus}: nothing measured.")
        return
    import snowballstemmer  # type: ignore[import-not-found]  # noqa: PLC0415

    stem = snowballstemmer.stemmer("german").stemWords
    found = stories(corpus)
    methods: dict[str, Summarise] = {"feeder": ours, "first three sentences": lead, **rivals()}
    scores: dict[str, dict[str, Score]] = {}
    seconds: dict[str, float] = {}
    for method, summarise in methods.items():
        started = process_time()
        written = {story.name: summarise(story) for story in found}
        seconds[method] = (process_time() - started) / len(found)
        scores[method] = {story.name: rouge(stem, written[story.name], story.standfirst) for story in found}
    halves = {
        "weights chosen on": [story for story in found if story.is_for_choosing],
        "not seen before": [story for story in found if not story.is_for_choosing],
        "all": found,
    }
    for half, chosen in halves.items():
        print(f"\n{half}: {len(chosen)} articles of {len({story.name.split()[0] for story in chosen})} publishers\n")
        table(chosen, scores, seconds)


if __name__ == "__main__":
    main()
