"""Benchmarks: what the service costs, as ratios to a baseline of the same run."""
