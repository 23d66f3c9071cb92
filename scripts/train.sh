#!/usr/bin/env bash
# The language model: trained when its inputs have changed, else nothing. Progress on standard error.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root/nlu"
exec .venv/bin/python -m commands.train
