"""The clock, and the house as one process."""
