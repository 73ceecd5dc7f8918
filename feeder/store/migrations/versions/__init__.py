"""One file per step, numbered; never changed once published."""
