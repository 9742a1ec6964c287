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
        (ROOT / name).write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
