"""`python -m commands.report`: writes what was measured into docs/nlu.md, between its two markers, and touches nothing else.

It measures nothing itself: it reads reports/HASH.json, which `commands.evaluate` keeps, HASH as of the model. By hand are
`report_notes.toml` (who speaks in each folder of messages, and what would mend a confusion) and `ablation.json` (what each part
of the model is worth; without it that section is left out). The plots that the text shows are drawn by bench/nlu_report.py,
in the project's other environment.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from commands.data import read_labelled
from commands.floors import Floors
from commands.paths import DATA, REPORTS, ROOT, model_hash
from commands.report_text import pair, worst, written
from commands.writers import Notes, folders

DOCUMENT = ROOT.parent / "docs" / "nlu.md"
KEPT_APART = ROOT / "kept_apart"
FLOORS_OF = "kept_apart"
"""The split whose figures scripts/nlu_checks.sh holds to floors.json."""
BEGIN, END = "<!-- report: begin -->", "<!-- report: end -->"


class MarkersMissingError(ValueError):
    """The document has not exactly one place for what is measured."""


def replaced(document: str, *, measured: str) -> str:
    """The document with ``measured`` between its markers; whatever stands outside them is as it was, byte for byte."""
    if document.count(BEGIN) != 1 or document.count(END) != 1 or document.index(BEGIN) > document.index(END):
        raise MarkersMissingError(f"the document needs {BEGIN} once and {END} once below it")
    before, rest = document.split(BEGIN)
    return f"{before}{BEGIN}\n\n{measured.strip()}\n\n{END}{rest.split(END)[1]}"


def write(document: Path, *, kept: Path, nlu: Path = ROOT) -> list[str]:
    """Write what ``kept``, a reports/HASH.json, says into the document; gives the worst confusions that have no note.

    Raises OSError or ValueError, and leaves the document as it was, when a file cannot be read or has not the documented shape.
    """
    splits = json.loads(kept.read_text("utf-8"))["splits"]
    notes = Notes.read(nlu / "report_notes.toml")
    ablation = nlu / "ablation.json"
    measured = written(
        splits,
        data=[
            *folders(read_labelled(nlu / DATA.name), learnt=True),
            *folders(read_labelled(nlu / KEPT_APART.name), learnt=False),
        ],
        floors={FLOORS_OF: Floors.read(nlu / "floors.json")},
        notes=notes,
        ablation=json.loads(ablation.read_text("utf-8")) if ablation.is_file() else [],
    )
    # Bytes, because reading as text would turn the line ends of a checkout on another system.
    document.write_bytes(replaced(document.read_bytes().decode("utf-8"), measured=measured).encode("utf-8"))
    [report] = splits["kept_apart"].values()
    named = (pair(meant, said) for meant, said, _ in worst(report))
    return [name for name in named if not notes.mends.get(name)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, default=REPORTS / f"{model_hash()}.json", help="what commands.evaluate kept")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    chosen = parser.parse_args()
    if not chosen.report.is_file() or "kept_apart" not in json.loads(chosen.report.read_text("utf-8"))["splits"]:
        print(f"{chosen.report.name} has no figures of this model: run python -m commands.evaluate --split kept_apart first.")
        return 1
    without = write(chosen.document, kept=chosen.report)
    print(f"Written: {chosen.document.name}, from {chosen.report.name}")
    for name in without:
        print(f'  report_notes.toml does not say what would mend "{name}"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
