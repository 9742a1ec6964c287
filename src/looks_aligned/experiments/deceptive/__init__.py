"""Experiments of the chapter on deceptive alignment: one module a question."""
