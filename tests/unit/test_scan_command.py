"""``parley scan``: one line a file, whatever the file is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.scan import in_words
from domain.udi.reading import Agency, Udi
from tests.labels import matrix, photograph, plain, qr

ROOT = Path(__file__).resolve().parents[2]
GTIN = "00614141999996"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    (tmp_path / "box.png").write_bytes(photograph(matrix(f"(01){GTIN}(17)281231(10)AB12")))
    (tmp_path / "two.png").write_bytes(
        photograph(matrix(f"(01){GTIN}(10)A(21)B"), plain("+A123BJC5D6E71G"), qr("https://example.org/x"))
    )
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["scan", "--json", *arguments])
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_holds_codes_and_what_they_say(pictures: Path) -> None:
    path = str(pictures / "box.png")
    (line,) = lines(path)
    assert line["path"] == path
    assert line["ms"] > 0
    (code,) = line["codes"]
    assert (code["symbology"], code["identifier"]) == ("DataMatrix", "]d2")
    assert code["text"] == f"01{GTIN}1728123110AB12"
    assert bytes.fromhex(code["raw_hex"]).decode() == code["text"]
    assert len(code["corners"]) == 4
    (udi,) = line["udis"]
    assert (udi["agency"], udi["di"], udi["gtin"], udi["lot"], udi["expiry"]) == (
        "GS1",
        GTIN,
        GTIN,
        "AB12",
        "2028-12-31",
    )
    assert line["problems"] == []


def test_a_separator_inside_a_text_is_its_own_character(pictures: Path) -> None:
    (line,) = lines(str(pictures / "two.png"))
    assert f"01{GTIN}10A\x1d21B" in [code["text"] for code in line["codes"]]
    assert {(udi["agency"], udi["di"]) for udi in line["udis"]} == {
        ("GS1", GTIN),
        ("HIBCC", "+A123BJC5D6E71"),
    }
    assert len(line["problems"]) == 1


def test_broken_and_missing_files_are_lines_with_problems_and_the_others_go_on(pictures: Path) -> None:
    names = ["broken.jpg", "nothing.png", "notes.txt", "", "box.png"]
    found = lines(*(str(pictures / name) for name in names))
    assert [bool(line["problems"]) for line in found] == [True, True, True, True, False]
    assert [len(line["udis"]) for line in found] == [0, 0, 0, 0, 1]


def test_without_json_a_person_can_read_it(pictures: Path) -> None:
    result = CliRunner().invoke(app, ["scan", str(pictures / "box.png"), str(pictures / "notes.txt")])
    assert f"GS1 {GTIN}, lot AB12, expires 2028-12-31" in result.stdout
    assert "This is text, not a photograph" in result.stdout


def test_it_needs_neither_a_database_nor_what_stands_on_one(pictures: Path) -> None:
    watch = (
        "import sys; from bot.cli import scan\n"
        "try: scan.alone(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(sorted({'sqlalchemy', 'slack_bolt', 'aiohttp', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, "--json", str(pictures / "box.png")],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"PATH": "", "PARLEY_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert json.loads(first)["udis"][0]["lot"] == "AB12"
    assert second == "[]"


def test_words_tell_what_a_reading_has_and_leave_out_what_it_has_not() -> None:
    udi = Udi(Agency.GS1, serial="S9", made=date(2026, 1, 2), quantity=3)
    assert in_words(udi) == "GS1 without a product, serial S9, made 2026-01-02, quantity 3"
