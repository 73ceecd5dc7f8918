"""Gathering, measured against the programs that people use for it: `make bench-gather`, docs/performance.md."""
