"""Who made a picture, and whether a machine did: for readers and for machines, out of its credit (AI Act, Art. 50)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeder import text
from feeder.rendering.look import Look

# Names that mean a model wherever they stand.
_MODELS = (
    r"gpt-image-\d[\w.-]*",
    r"DALL\s?[·•⋅∙.\-‑–]?\s?E(?:[ -]?\d)?",
    r"(?:OpenAI )?ChatGPT[\w.-]*(?: Images?)?",
    r"Midjourney(?: v?\d[\w.]*)?",
    r"Stable[ -]?Diffusion(?: XL| v?\d[\w.]*)*",
    r"SDXL(?: \d[\w.]*)?",
    r"Adobe Firefly(?: \d[\w.]*)?",
    r"Google Imagen(?:[ -]\d[\w.]*)?",
    r"Imagen[ -]\d[\w.]*",
    r"FLUX[ .-]?(?:\d[\w.]*|Pro|Dev|Schnell|Kontext)(?: ?\[?\w+\]?)?",
    r"Bing Image Creator",
    r"Microsoft Designer",
    r"Nano[ -]Banana(?: \w+)?",
    r"Grok Imagine",
    r"Leonardo\.?AI",
    r"Qwen-Image[\w.-]*",
    r"Seedream(?: \d[\w.]*)?",
    r"HunyuanImage[\w. -]*",
)
# Names that are words or surnames too: a model only where nothing else stands between two separators.
_WORDS = ("Firefly", "Flux", "Ideogram", "Imagen", "Recraft", "Sora", "Craiyon")

_MODEL = re.compile(rf"(?<![\w-])(?:{'|'.join(_MODELS)})(?![\w-])", re.IGNORECASE)
_WORD = re.compile(rf"(?:{'|'.join(_WORDS)})(?:[ -]?v?\d[\w.]*)?", re.IGNORECASE)
_SAID = re.compile(
    r"(?<![\w-])(?:KI|AI)[ -]?(?:generiert|erzeugt|generated|made)\w*\b|\bgenerated (?:by|with) AI\b", re.IGNORECASE
)
_PARTS = re.compile(r"\s*[|/]\s*|[,;]\s+|\s+[·–-]\s+")


@dataclass(frozen=True, slots=True)
class ImageCredit:
    """A credit as readers see it. `model` names what drew the picture; `is_generated` may be known without it."""

    words: str
    is_generated: bool = False
    model: str | None = None


def image_credit(look: Look, credit: str) -> ImageCredit:
    """Say that a machine drew a picture where its credit names one: "KI-generiert (gpt-image-1) | All-AI.de"."""
    credit = text.one_line(credit)
    model = _model(credit)
    if _SAID.search(credit):
        return ImageCredit(credit, is_generated=True, model=model)
    if model is None:
        return ImageCredit(credit)
    label = look.strings["image_generated"]
    if model in _PARTS.split(credit):
        return ImageCredit(credit.replace(model, f"{label} ({model})", 1), is_generated=True, model=model)
    return ImageCredit(f"{label} ({credit})", is_generated=True, model=model)


def _model(credit: str) -> str | None:
    """The model that a credit names, None where it names nobody or people only."""
    if found := _MODEL.search(credit):
        return found[0]
    return next((part for part in _PARTS.split(credit) if _WORD.fullmatch(part)), None)
