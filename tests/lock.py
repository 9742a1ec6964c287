"""Resolve pyproject.toml into the pinned requirements: `make lock` runs this."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = {
    "requirements.txt": ("book", "lab"),
    "tests/requirements.txt": ("test",),
    "benchmarks/requirements.txt": ("bench",),
    "binder/requirements.txt": ("lab",),
}
# What torch's CUDA build needs and its CPU build does not; torch pins these itself where they are wanted.
CUDA = re.compile(r"(nvidia|cuda|triton)")
HEADER = "# Everything pinned; made by `make lock` from pyproject.toml. Do not edit.\n"


def main() -> None:
    for name, extras in FILES.items():
        command = [
            *(str(Path(sys.executable).with_name("uv")), "pip", "compile", "pyproject.toml"),
            *("--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"),
            *(word for extra in extras for word in ("--extra", extra)),
            *(() if name == "requirements.txt" else ("--constraint", "requirements.txt")),
        ]
        resolved = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        pins = [line for line in resolved.splitlines() if not CUDA.match(line)]
        if name.startswith("binder/"):
            # Binder would install the build with CUDA; postBuild installs the other, from an index of its own.
            torch = next(line for line in pins if line.startswith("torch=="))
            pins.remove(torch)
            index = ROOT / "binder" / "torch.txt"
            index.write_text(re.sub("(?m)^torch==.*$", torch, index.read_text(encoding="utf-8")), encoding="utf-8")
        (ROOT / name).write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
