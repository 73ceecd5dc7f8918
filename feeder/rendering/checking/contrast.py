"""Whether everything can be read: in light colours, in dark ones, and where <style> was removed."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.model import EditionFinding
from feeder.rendering.checking.cascade import Cascade, Mode
from feeder.rendering.checking.colours import over, ratio, shown
from feeder.rendering.checking.printed import HTML, Printed, error, short
from feeder.rendering.checking.stylesheet import declarations

CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, level AA; large text could do with 3, but ours need not."""

# What shapes a mail: where it stands in <style> alone, GMX and WEB.DE show something else.
_SHAPING = frozenset(
    "background background-color border-collapse color display float font font-family font-size font-weight height"
    " letter-spacing line-height list-style margin max-width min-width padding position text-align text-decoration"
    " text-transform vertical-align visibility width".split()
)


def contrast(printed: Printed) -> Iterator[EditionFinding]:
    """Text and ground of each run of text that is shown; alt texts stand for their pictures."""
    cascade = Cascade(printed.mail)
    for mode in Mode:
        seen, told = cascade.seen(mode), set()
        for element, words in printed.mail.runs:
            one = seen[element]
            if one.is_hidden:
                continue
            text = over(one.text, one.ground)
            pair = (text, one.ground, one.unread)
            if pair in told:
                continue
            told.add(pair)
            place = f"{HTML}, {mode.value}"
            if one.unread:
                yield error(
                    "contrast", f"Die Farbe „{short(one.unread)}“ lässt sich nicht prüfen: „{short(words)}“", place
                )
            elif (found := ratio(text, one.ground)) < CONTRAST:
                figure = f"{int(found * 100) / 100:.2f}".replace(".", ",")
                yield error(
                    "contrast",
                    f"Kontrast {figure} statt mindestens 4,5 ({shown(text)} auf {shown(one.ground)}): „{short(words)}“",
                    place,
                )


def styles(printed: Printed) -> Iterator[EditionFinding]:
    """What is lost where <style> is removed, as GMX, WEB.DE and T-Online do."""
    cascade = Cascade(printed.mail)
    yield from _lost(cascade)
    full, bare = cascade.seen(Mode.LIGHT), cascade.seen(Mode.BARE)
    plain: dict[str, str] = {}
    for element, words in printed.mail.runs:
        if full[element].is_hidden is not bare[element].is_hidden:
            state = "sichtbar" if full[element].is_hidden else "verborgen"
            yield error("styles", f"Ohne <style> wird {state}, was es sonst nicht ist: „{short(words)}“", HTML)
        elif not bare[element].is_hidden:
            missing = [
                name
                for name, has in (("Schriftart", bare[element].has_font), ("Schriftgröße", bare[element].has_size))
                if not has
            ]
            for name in missing:
                plain.setdefault(name, words)
    for name, words in plain.items():
        yield error("styles", f"Ohne <style> fehlt die {name}: „{short(words)}“", HTML)


def _lost(cascade: Cascade) -> Iterator[EditionFinding]:
    """Rules for every reader that are not written into the tags too."""
    told = set()
    for one in cascade.matched:
        if one.rule.media:
            continue
        names = {each.name for each in one.rule.declarations} & _SHAPING
        for element in one.elements:
            own = {each.name for each in declarations(element.get("style") or "")}
            for name in sorted(names - own):
                if (one.rule.selectors, name) not in told:
                    told.add((one.rule.selectors, name))
                    yield error("styles", f"„{name}“ von „{short(one.rule.selectors)}“ steht nur im <style>", HTML)
