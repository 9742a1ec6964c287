"""What is handed out of a built book: the site with its handouts, to publish; and a copy to carry, as one zip.

Both are put together from what was built, and leave that as it is. Pages name some things that only they have, such as
PDFs: hidden, until those are there.
"""

import os
import re
import shutil
import sys
import time
import zipfile
from pathlib import Path

from looks_aligned.explore.page.build import ROOT, dated
from looks_aligned.explore.page.teaching import HANDOUTS

ZIP = "looks-aligned.zip"
"""The copy to carry; and its name on the published site."""
NAME = "looks-aligned"
"""The folder that it unpacks into."""
UNUSED = (".buildinfo", ".buildinfo.bak", ".doctrees", "*.map", "objects.inv")
"""What only tools read."""
MADE = re.compile(r'<(\w+) hidden data-made="([^"]+)">')
EARLIEST = 315532800
"""The first second that a zip can name."""


def main() -> None:
    """Make _build/looks-aligned.zip, and _build/site, which is the site to publish and has the zip."""
    build = ROOT / "_build"
    carried = assemble(build / "html", build / HANDOUTS, build / "offline" / NAME)
    packed = pack(carried, build / ZIP)
    site = assemble(build / "html", build / HANDOUTS, build / "site", packed)
    print(f"{packed.relative_to(ROOT)}: {packed.stat().st_size / 1e6:.1f} MB; {site.relative_to(ROOT)} has it too")


def assemble(html: Path, handouts: Path, folder: Path, *others: Path) -> Path:
    """Copy a built site, with its handouts as PDFs and other files, and let its pages show links to those.

    Args:
        html: the built site.
        handouts: the PDFs; each handout of the site must have one.
        folder: where to put it; whatever was there is replaced.
        others: files to put beside the pages.

    Raises:
        ValueError: the site or a PDF is missing.
    """
    if not (html / "index.html").exists():
        raise ValueError(f"html: {html} holds no site; build the book first")
    for page in sorted((html / HANDOUTS).glob("*.html")):
        if not (handouts / f"{page.stem}.pdf").exists():
            raise ValueError(f"handouts: {page.stem}.pdf is missing in {handouts}; print the handouts first")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(html, folder, ignore=shutil.ignore_patterns(*UNUSED))
    for file in sorted(handouts.glob("*.pdf")):
        shutil.copy(file, folder / HANDOUTS)
    for file in others:
        shutil.copy(file, folder)
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        shown = MADE.sub(lambda tag: f"<{tag[1]}>" if (folder / tag[2]).exists() else tag[0], text)
        if shown != text:
            page.write_text(shown, encoding="utf-8")
    return folder


def pack(folder: Path, to: Path) -> Path:
    """A zip of a folder: the same bytes for the same files, whenever it is made.

    Args:
        folder: what to pack; the zip unpacks into a folder of its name.
        to: where to write the zip.
    """
    seconds = int((dated(ROOT) | os.environ).get("SOURCE_DATE_EPOCH", time.time()))
    date = time.gmtime(max(seconds, EARLIEST))[:6]
    aside = to.with_name(f".{to.name}.new")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}", date)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, file.read_bytes(), compresslevel=9)
    aside.replace(to)
    return to


if __name__ == "__main__":
    sys.exit(main())
