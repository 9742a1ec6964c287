"""Sliders joined to figures: `explore`, on a kernel and on the page."""

import os

from looks_aligned.explore.explorer import BUILD_VARIABLE, BakedExplorer, Explorer, explore
from looks_aligned.explore.prediction import Prediction

__all__ = ["BakedExplorer", "Explorer", "Prediction", "explore"]

if os.environ.get(BUILD_VARIABLE):
    # A page being built has no front end to open a comm to; a control made there must leave no trace in the page.
    import comm

    comm.create_comm = comm.DummyComm
