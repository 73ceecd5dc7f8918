"""Checks of the files and folders that config.toml names; they need the folder that it lies in."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationInfo

from feeder.addresses import is_web_address


def location(value: str, info: ValidationInfo) -> str:
    """Check that a folder's location is a folder that can be read, and that of other kinds an address."""
    kind = info.data.get("kind")
    if kind in ("feed", "page", "sitemap") and not is_web_address(value):
        raise ValueError(f"a {kind}'s location must be an address that starts with https:// or http://")
    if kind == "folder" and (base := _base(info)):
        try:
            with os.scandir(base / value):
                pass
        except OSError as error:
            raise ValueError(
                f"cannot read the folder {base / value}: {error.strerror}; make it, or name another"
            ) from error
    return value


def _base(info: ValidationInfo) -> Path | None:
    return info.context.get("base") if isinstance(info.context, dict) else None
