"""Experiments of the chapter on suboptimality alignment."""
