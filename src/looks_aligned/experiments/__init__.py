"""One module a question, grouped by chapter: Params → run_all → Result → figures in `drawing`."""
