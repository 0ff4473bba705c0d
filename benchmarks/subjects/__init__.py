"""One file a subject, each with ``measure(quick) -> list[Figure]``; ``run.py`` lists them."""
