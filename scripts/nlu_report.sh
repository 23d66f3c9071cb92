#!/usr/bin/env bash
# Measures the language model of this checkout, writes the measured part of docs/nlu.md and draws its plots.
# NLU_REPORT=full also trains and asks models that lack a writer, which takes as long as two trainings.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root/nlu"
python=.venv/bin/python
$python -m commands.evaluate --split kept_apart
if [ "${NLU_REPORT:-quick}" = full ]; then
  $python -m commands.evaluate --split writers
fi
$python -m commands.report
report="nlu/reports/$(basename "$($python commands/paths.py)" .tar.gz).json"
cd "$root"
.venv/bin/python -m bench.nlu_report "$report"
