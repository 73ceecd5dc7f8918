"""Building and sending mail, measured."""
