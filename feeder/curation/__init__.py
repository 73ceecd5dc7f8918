"""What becomes a story, and why: pure."""
