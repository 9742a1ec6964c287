"""Experiments of the chapter on proxy alignment."""
