"""Ask each address outside of the book whether it still answers. Needs the network, so no test does it."""

import sys

from looks_aligned.explore.page.build import ROOT, build_pages

REPORT = ("output.txt", "output.json")


def main() -> int:
    """Check all links of all pages; returns jupyter-book's exit status. What failed stands in _build/linkcheck."""
    status = build_pages(ROOT, builder="linkcheck")
    report = ROOT / "_build" / "linkcheck"
    report.mkdir(parents=True, exist_ok=True)
    for name in REPORT:
        written = ROOT / "_build" / "html" / name  # jupyter-book has it put among the pages
        if written.exists():
            written.replace(report / name)
    print(f"What failed stands in {(report / REPORT[0]).relative_to(ROOT)}.")
    return status


if __name__ == "__main__":
    sys.exit(main())
