"""Experiments of the chapter on two optimizers: one chooses among others by what they do."""
