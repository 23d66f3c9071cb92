#!/usr/bin/env bash
# Everything that must hold, in stages; a stage that fails does not stop the others. Ends with a summary.
# --quick runs lint, format, types and contracts only. PARLEY_STAGES="unit nlu" runs just those.
set -uo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
started=$SECONDS
if [ "${1:-}" = --quick ]; then
  scripts/setup.sh || exit 1
  stages="lint format types contracts"
else
  scripts/setup.sh --test && scripts/train.sh || exit 1
  stages="lint format types contracts unit property integration contract nlu scenario browser audit"
fi
stages="${PARLEY_STAGES:-$stages}"
bin="$root/.venv/bin"
rows="" failed=0 passed=0

# pytest's exit 5 is "no tests": a stage that tests nothing has failed.
stage() { # NAME
  case "$1" in
    lint) "$bin/ruff" check . ;;
    format) "$bin/ruff" format --check . ;;
    types) "$bin/mypy" ;;
    contracts) "$bin/lint-imports" --no-cache | tail -n +12 ;;
    unit) "$bin/pytest" -q tests/unit ;;
    property) "$bin/pytest" -q tests/property ;;
    integration) "$bin/pytest" -q tests/integration ;;
    contract) "$bin/pytest" -q tests/contract ;;
    nlu) scripts/nlu_checks.sh ;;
    scenario) "$bin/pytest" -q tests/scenario ;;
    browser) "$bin/pytest" -q tests/browser ;;
    audit) scripts/audit.sh ;;
    *) echo "there is no stage called $1"; return 2 ;;
  esac
}

for name in $stages; do
  printf '\n=== %s\n' "$name"
  from=$SECONDS
  if stage "$name"; then verdict=passed; passed=$((passed + 1)); else verdict=FAILED; failed=$((failed + 1)); fi
  rows+="$(printf '%-12s %-7s %4d s' "$name" "$verdict" $((SECONDS - from)))"$'\n'
done

printf '\n=== summary, %d s in all\n%s' $((SECONDS - started)) "$rows"
printf 'stages: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
