#!/usr/bin/env bash
# The language room, in its own environment: its data, its tests, and the evaluation against the floors.
# The evaluation is kept by the hash of its inputs, so that it runs again only when they have changed.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root/nlu"
python=.venv/bin/python
$python -m commands.check_data
.venv/bin/ruff check .
$python -m pytest -q
$python -m commands.evaluate --split writers --floors floors.json
