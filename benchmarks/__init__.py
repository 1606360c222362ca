"""What pytest-flipsnack costs, as ratios from one interleaved run: `python -m benchmarks`."""
