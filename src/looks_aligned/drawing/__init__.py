"""Plotly figures of the experiments' results, in one visual language (see `drawing.style`)."""
