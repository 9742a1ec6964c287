"""Front-end parts that the build takes from packages; front/package.json pins them."""

import os
from pathlib import Path

PACKAGES_VARIABLE = "LOOKS_ALIGNED_NODE"
"""Names the folder whose node_modules holds MathJax, the typeface and the plotly bundle."""


def packages() -> Path:
    """That node_modules."""
    return Path(os.environ[PACKAGES_VARIABLE]) / "node_modules"
