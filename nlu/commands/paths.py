"""Where things are, and the name of the model that belongs to what is checked out."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
KEPT_APART = ROOT / "kept_apart"
"""Messages of writers whom no model ever learns from: they are asked about, and nothing of a model depends on them."""
CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "domain.yml"
MODELS = ROOT / "models"
REPORTS = ROOT / "reports"

_INPUTS = ("config.yml", "domain.yml", "uv.lock", "components/**/*.py", "data/**/*.yml", "lexicon/*.txt")


def inputs() -> Iterator[Path]:
    """Every file that the trained model depends on, in a fixed order."""
    for pattern in _INPUTS:
        yield from sorted(ROOT.glob(pattern))


def model_hash() -> str:
    """16 hexadecimal digits of the SHA-256 over names and contents of the inputs: the same files, the same model."""
    digest = hashlib.sha256()
    for path in inputs():
        # Line ends differ between checkouts on different systems, what is learnt from them does not.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model of what is checked out is, or will be."""
    return MODELS / f"{model_hash()}.tar.gz"


if __name__ == "__main__":
    # Plain standard library on purpose: any Python can ask which model is wanted before this environment exists.
    sys.stdout.write(f"{model_path()}\n")
