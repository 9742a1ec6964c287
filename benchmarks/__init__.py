"""Ours against what a reader would otherwise use, side by side in one run."""
