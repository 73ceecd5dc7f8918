"""The same story: our check beside others, on a labelled set: `make bench-same-story`, docs/same-story.md."""
