#!/usr/bin/env bash
# Reruns the figures of docs/benchmarks.md and prints them. The small sizes take some minutes; PARLEY_BENCH=full adds
# a million and ten million movements and 100,000 items, and takes more than an hour.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
python=.venv/bin/python
work="$(mktemp -d)"
trap '$python -c "from pathlib import Path; from bot import keeper; keeper.stop(Path(\"$work\"))"; rm -rf "$work"' EXIT
export PARLEY_DATA_DIR="$work"

if [ "${PARLEY_BENCH:-small}" = full ]; then
  items=1200,10000,100000 movements=10000,1000000,10000000 scales="1 8 84" trials=1000 pictures=22
else
  items=1200,10000 movements=10000,100000 scales="1" trials=60 pictures=1
fi

echo "## Catalogue search"
$python -m bench.search --items "$items"
for database in sqlite postgres; do
  echo "## Ledger, $database"
  $python -m bench.ledger --database "$database" --sizes "$movements"
done
for scale in $scales; do
  export PARLEY_DATABASE_URL="sqlite:///$work/scale-$scale.db"
  echo "## Answers, scale $scale"
  ./parley demo-data --scale "$scale"
  $python -m bench.answers --database-url "$PARLEY_DATABASE_URL"
  echo "## Spend reports, scale $scale"
  $python -m bench.spending --database-url "$PARLEY_DATABASE_URL"
  echo "## Question to reply, scale $scale"
  $python -m bench.roundtrip
  echo "## Ledger check, scale $scale"
  ./parley ledger check
done
echo "## Twenty questions a row"
export PARLEY_DATABASE_URL="sqlite:///$work/scale-1.db"
$python -m bench.asked
echo "## Actions"
$python -m bench.acting --scale 1 --times 100
for database in sqlite postgres; do
  echo "## Actions that meet with faults, $database"
  $python -m bench.trials --trials "$trials" --database "$database"
done
echo "## Lapsing lots: what moves save"
$python -m bench.saving --dates 3 --seeds 4
echo "## Codes"
$python -m bench.udi_fuzz --inputs 200000
$python -m bench.udi_separators
$python -m bench.udi_merging
$python -m bench.labels --each 9
echo "## Alerts"
$python -m bench.quarter
echo "## Recalls and counts"
$python -m bench.recalls --notices 900
$python -m bench.counting
echo "## Photographs"
$python -m bench.pictures --each "$pictures"
$python -m bench.pictures --phones --each "$pictures"
$python -m bench.pictures --broken 2000
$python -m bench.pictures --broken 200 --broken-budget 8
echo "## Language"
$python -m bench.composition --measure
(cd nlu && .venv/bin/python -m commands.evaluate --split kept_apart)
