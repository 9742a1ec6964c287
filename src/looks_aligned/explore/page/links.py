"""Ask each address outside of the book whether it still answers. Needs the network, so no test does it."""

import sys

from looks_aligned.explore.page.build import ROOT, build_pages


def main() -> int:
    """Check all links of all pages; returns jupyter-book's exit status. What failed stands in _build/linkcheck."""
    return build_pages(ROOT, builder="linkcheck")


if __name__ == "__main__":
    sys.exit(main())
