"""What is not collected: benchmarks are run by hand, ``python -m tests.benchmarks.claims``."""

collect_ignore = ["benchmarks", "documents"]
