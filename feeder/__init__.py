"""feeder: the newsletter and feed publisher of a newsroom."""

__version__ = "0.1.0"
