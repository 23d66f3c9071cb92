#!/usr/bin/env bash
# The language room, in its own environment: its data, its tests, and the shipped model's figures against the floors.
# The model is trained only if its inputs have changed; the figures are kept by the hash of what they depend on.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root/nlu"
python=.venv/bin/python
$python -m commands.check_data
.venv/bin/ruff check .
$python -m pytest -q
$python -m commands.train
$python -m commands.evaluate --split kept_apart --floors floors.json
