"""Where a reader can run a page: buttons on the page, and the first cell of its notebook.

All addresses follow from one: the repository on GitHub.
"""

import importlib.metadata
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx

REPOSITORY_VARIABLE = "LOOKS_ALIGNED_REPOSITORY"
"""Names the repository on GitHub, as owner/name; without it, the remote `origin` does, if it is on GitHub."""
BRANCH = "notebooks"
"""The branch that holds the notebooks, and all that they need to run."""
FOLDER = "notebooks"
"""The folder of that branch, and of a reader's checkout, that the notebooks lie in."""
HOW_TO = "run"
"""The page that tells how to run the others."""
ON_COLAB = frozenset({"ipywidgets", "joblib", "networkx", "numpy", "torch"})
"""What Colab has and what must not be replaced there: its GPU's torch above all."""


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub.

    Attributes:
        owner: whose it is.
        name: what it is called.
    """

    owner: str
    name: str

    @property
    def address(self) -> str:
        """Where it is; git can clone it from there."""
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """Where GitHub Pages puts its book."""
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}/" if self.name.lower() == host else f"https://{host}/{self.name}/"

    def binder(self, page: str) -> str:
        """Opens a page's notebook in JupyterLab on Binder."""
        path = quote(f"lab/tree/{FOLDER}/{page}.ipynb", safe="")
        return f"https://mybinder.org/v2/gh/{self.owner}/{self.name}/{BRANCH}?urlpath={path}"

    def colab(self, page: str) -> str:
        """Opens a page's notebook in Colab."""
        path = f"{self.owner}/{self.name}/blob/{BRANCH}/{FOLDER}/{quote(page)}.ipynb"
        return f"https://colab.research.google.com/github/{path}"


def repository(root: Path) -> Repository | None:
    """The repository that `root` is a checkout of, or the one that the environment names; None if it is not on GitHub.

    Raises:
        ValueError: the environment names something else.
    """
    part = r"([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)/([\w.-]+?)(?:\.git)?/?"
    if named := os.environ.get(REPOSITORY_VARIABLE, "").strip():
        if found := re.fullmatch(rf"(?:https://github\.com/)?{part}", named):
            return Repository(found[1], found[2])
        raise ValueError(f"{REPOSITORY_VARIABLE}: got {named!r}; it takes owner/name of a repository on GitHub")
    if not (root / ".git").exists():  # git would look further up, and find some other repository
        return None
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    remote = rf"(?:https://(?:[^@/]+@)?|git@|ssh://git@)github\.com[:/]{part}"
    found = re.fullmatch(remote, asked.stdout.strip())
    return Repository(found[1], found[2]) if found else None


def add_buttons(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Offer to run the page where it has cells: one of the theme's button groups in its header."""
    if page not in app.env.found_docs or not has_cells(app.env.metadata[page]):
        return
    where = repository(Path(app.srcdir).parent)
    buttons = []
    if where is not None:
        buttons += [
            _link("Run on Binder", where.binder(page), "fas fa-cloud"),
            _link("Run on Colab", where.colab(page), "fab fa-google"),
        ]
    if HOW_TO in app.env.found_docs:
        address = f"{app.builder.get_relative_uri(page, HOW_TO)}#on-your-own-computer"
        buttons.append(_link("Run in JupyterLab, on your computer", address, "fas fa-laptop"))
    if buttons:
        group = {"type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket", "label": "launch-buttons"}
        context["header_buttons"] = [{**group, "buttons": buttons}, *context["header_buttons"]]


def has_cells(metadata: Mapping[str, Any]) -> bool:
    """Whether a page of this metadata is one with code cells."""
    return "kernelspec" in metadata


def colab_setup(where: Repository) -> str:
    """The cell that lets a notebook run on Colab; elsewhere it does nothing."""
    wanted = importlib.metadata.requires("looks-aligned") or []
    pins = [one for one in wanted if "extra" not in one and re.split(r"[=<>~! ;\[]", one)[0] not in ON_COLAB]
    return COLAB_SETUP.format(address=where.address, branch=BRANCH, pins=", ".join(map(repr, sorted(pins))))


COLAB_SETUP = """\
# @title Set up Colab (elsewhere, this cell does nothing)
import sys

if "google.colab" in sys.modules:
    import subprocess
    from pathlib import Path

    book = Path("looks-aligned").resolve()
    if not book.exists():
        clone = ["git", "clone", "--quiet", "--depth=1", "--branch={branch}"]
        subprocess.run([*clone, "{address}", book], check=True)
    install = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, {pins}], check=True)
    sys.path.insert(0, str(book / "src"))"""


def _link(text: str, url: str, icon: str) -> dict[str, str]:
    return {"type": "link", "text": text, "tooltip": text, "url": url, "icon": icon}
