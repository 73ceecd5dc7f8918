"""config.toml as frozen, validated objects."""

from __future__ import annotations

from feeder.config.config import Config, placeholders
from feeder.config.loading import load_config
from feeder.config.slots import Slot, last_slot, next_slot

__all__ = ["Config", "Slot", "last_slot", "load_config", "next_slot", "placeholders"]
