"""Feeds, pages and mails from stories: pure, apart from reading templates."""
