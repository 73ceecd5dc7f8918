"""Items put into our words and shape: pure."""
