"""`python -m commands.train`: trains the model of what is checked out into models/HASH.tar.gz; does nothing if it is there."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from commands import silence_warnings
from commands.paths import CONFIG, DATA, DOMAIN, MODELS, ROOT, model_path


def train(target: Path, *, data: Path = DATA) -> None:
    """Train on the messages below `data` into the target file, which appears whole or not at all."""
    # Rasa names components by module path and imports them from the working directory.
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    # Rasa's own cache keeps old models without end; the hash in the file's name is ours.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    # Fine-tuning is the one thing here that is worth all cores; TensorFlow reads this when it first computes.
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(os.cpu_count() or 1)
    silence_warnings()
    from rasa.model_training import train_nlu

    from components.registered import register

    register()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".training-") as folder:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            trained = train_nlu(str(CONFIG), str(data), folder, fixed_model_name="model", domain=str(DOMAIN))
        if trained is None:
            raise SystemExit(f"Rasa trained no model. It said:\n{said.getvalue()}")
        Path(trained).replace(target)


def train_seconds(model: Path) -> dict[str, float]:
    """How long each phase of the model's training took, as its file says."""
    with tarfile.open(model) as file:
        for member in file:
            content = file.extractfile(member) if member.name.endswith("/seconds.json") else None
            if content:
                return dict(json.loads(content.read()))
    return {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if the model is there")
    target = model_path()
    if target.exists() and not parser.parse_args().force:
        print(f"Language model {target.name} is there: nothing to train.")
        return 0
    start = time.monotonic()
    print(f"Training language model {target.name} (about eight minutes on two cores) ...", flush=True)
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="  %(message)s")
    logging.getLogger("components").setLevel(logging.INFO)
    train(target)
    size = target.stat().st_size / 1e6
    phases = ", ".join(f"{phase} {seconds:.0f} s" for phase, seconds in train_seconds(target).items())
    print(f"Trained in {time.monotonic() - start:.0f} s ({phases}): {target.relative_to(ROOT)}, {size:.1f} MB")
    for old in MODELS.glob("*.tar.gz"):
        if old != target:
            old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
