"""The report in docs/nlu.md: the figures of a small one, made up so that they can be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import report as command
from commands.data import read_labelled
from commands.floors import Floors
from commands.noise import interval, interval_of_difference
from commands.paths import ROOT
from commands.report import BEGIN, END, MarkersMissingError, replaced
from commands.report_text import worst, written
from commands.scores import Answer, Cost, Understood, report_of
from commands.writers import Folder, Notes, folders
from components.spans import Example, Span

ICU = Span(5, 8, "location")
COST = Cost(
    load_seconds=5.25, memory_mb=1300, model_mb=30.5, p50_ms=2, p95_ms=7, train_seconds={"tagger": 61.0, "intents": 601.0}
)
NOTES = Notes(writers={"day": "a clerk"}, mends={"find_item as consume": "more of both", "greet as thanks": "kept for later"})
PART = {
    "part": "no encoder",
    "intent": 0.5,
    "entity_f1": None,
    "whole": 0.25,
    "false_actions_sure": 0,
    "seconds": 12.4,
    "note": "fast",
}


def answer(
    meant: str, said: str, confidence: float, *, text: str = "from ICU", writer: str = "day", found: tuple = ()
) -> Answer:
    return Answer(Example(text, meant, (ICU,)), Understood(((said, confidence),), found), 0.002, writer)


# Twenty messages: 17 right, two questions taken for an action (one of them surely), one action taken for out of scope.
ANSWERS = [
    *[answer("find_item", "find_item", 0.95, found=(ICU,)) for _ in range(10)],
    *[answer("out_of_scope", "out_of_scope", 0.95, text="so tired today", writer="night") for _ in range(7)],
    answer("find_item", "consume", 0.9, text="Took 2 | where from?"),
    answer("find_item", "consume", 0.4, text="Where did *those* go?"),
    answer("transfer", "out_of_scope", 0.6, text="from ICU"),
]
SPLITS = {"kept_apart": {"kept apart": json.loads(json.dumps(report_of(ANSWERS, model="abc123", cost=COST).as_json()))}}
DATA = [
    Folder("day", 200, 50, {"find_item": 180, "out_of_scope": 20}, True),
    Folder("ward", 40, 10, {"find_item": 5, "greet": 35}, True),
    Folder("night", 100, 100, {"find_item": 90, "out_of_scope": 10}, False),
]


def text(**changed: object) -> str:
    given = {"data": DATA, "floors": {}, "notes": NOTES, **changed}
    return written(given.pop("splits", SPLITS), **given)  # type: ignore[arg-type]


def row(start: str, *, of: str) -> list[str]:
    """The cells of the one table row that begins so."""
    [found] = [line for line in of.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in found.split(" | ")][1:]


def test_the_opening_says_which_model_how_many_messages_and_who_wrote_them() -> None:
    assert "`abc123`, asked about 20 messages of 2 writers" in text()
    assert "`day` 13 (a clerk); `night` 7 (not described)" in text()


def test_slices_hold_their_own_messages_and_figures() -> None:
    part = text().split("### By slice")[1].split("###")[0]
    assert row("all", of=part)[:4] == ["20", "85.0%", "76.9%", "0.667"]
    assert row("writer `night`", of=part)[:2] == ["7", "100.0%"]
    assert row("spoken", of=part)[:2] == ["7", "100.0%"]
    assert row("typed", of=part)[:2] == ["13", "76.9%"]
    assert "| long" not in part, "a slice without messages has no figures"


def test_aims_stand_beside_what_is_reached() -> None:
    part = text().split("### Aims")[1].split("###")[0]
    low, high = interval(0.85, 20)
    assert row("intent", of=part) == ["at least 95.0%", f"85.0% ({100 * low:.1f}% to {100 * high:.1f}%)", "**not reached** |"]
    assert row("memory at its highest", of=part) == ["at most 900 MB", "1,300 MB", "**not reached** |"]
    assert row("ready to answer after", of=part)[2] == "reached |"
    assert row("training, intents", of=part) == ["at most 600 s", "601 s", "**not reached** |"]


def test_false_actions_are_counted_and_the_sure_ones_shown() -> None:
    part = text().split("### False actions")[1].split("###")[0]
    assert row("all", of=part)[0] == "2 of 20"
    assert row("sure", of=part)[0] == "1 of 20"
    assert "“Took 2 \\| where from?”: meant `find_item`, understood `consume` (0.90)" in part
    assert "those" not in part


def test_intents_and_entities_are_listed_from_the_weakest() -> None:
    intents = text().split("### By intent")[1].split("###")[0]
    assert row("`find_item`", of=intents) == ["12", "10", "1.000", "0.833", "0.909", "`consume` 2 |"]
    assert row("`transfer`", of=intents) == ["1", "0", "0.000", "0.000", "0.000", "`out_of_scope` 1 |"]
    assert intents.index("`transfer`") < intents.index("`find_item` |")
    assert row("`location`", of=text()) == ["20", "10", "1.000", "0.500", "0.667 |"]


def test_calibration_leaves_out_what_nobody_was_asked() -> None:
    part = text().split("### Confidence")[1].split("###")[0]
    assert row("0.9 to 1.0", of=part)[:3] == ["18", "94.7%", "94.4%"]
    assert row("0.4 to 0.5", of=part)[:3] == ["1", "40.0%", "0.0%"]
    assert "0.1 to 0.2" not in part


def test_the_worst_confusions_have_two_messages_each_and_what_would_mend_them() -> None:
    cells = row("`find_item` taken for `consume`", of=text())
    assert cells[0] == "2 of 12"
    assert cells[1] == "“Took 2 \\| where from?” (0.90)<br>“Where did \\*those\\* go?” (0.40)"
    assert cells[2] == "more of both |"
    assert row("`transfer` taken for `out_of_scope`", of=text())[2] == "|"


def test_of_equally_frequent_confusions_the_surer_one_is_worse() -> None:
    answers = [answer("greet", "help", 0.5), answer("thanks", "deny", 0.9), *[answer("affirm", "deny", 0.3)] * 2]
    report = report_of(answers, model="", cost=COST).as_json()
    assert worst(report, 2) == [("affirm", "deny", 2), ("thanks", "deny", 1)]


def test_the_cost_has_each_phase_of_the_training() -> None:
    part = text().split("### Cost")[1]
    assert row("training: tagger", of=part) == ["61.0 s |"]
    assert row("training: intents", of=part) == ["601.0 s |"]
    assert row("one answer, one core, p50 / p95", of=part) == ["2.0 / 7.0 ms |"]


def test_floors_stand_beside_the_noise_of_so_many_messages() -> None:
    limits = Floors(at_least={"intent": 0.4, "whole": 0.9}, at_most={"false_actions_sure": 0.06})
    part = text(floors={"kept_apart": limits}).split("### Floors")[1].split("###")[0]
    low, high = interval(0.85, 20)
    assert row("intent, kept apart", of=part) == [
        *("at least 40.0%", "85.0%", f"{100 * low:.1f}% to {100 * high:.1f}%", "45.0 points: more than the noise |"),
    ]
    assert row("whole message (intent and every entity), kept apart", of=part)[3].endswith("**broken** |")
    assert row("false actions, sure, kept apart", of=part)[3] == "1.0 points: within the noise |"


def test_floors_of_a_split_that_was_not_measured_say_so() -> None:
    assert row("intent, writers", of=text(floors={"writers": Floors({"intent": 0.9}, {})}))[1] == "not measured"


def test_figures_across_writers_are_shown_once_they_are_measured() -> None:
    assert "Not measured for this model" in text()
    more = {**SPLITS, "writers": {"across writers": SPLITS["kept_apart"]["kept apart"]}}
    assert row("across writers", of=text(splits=more))[:2] == ["20", "85.0%"]
    assert "Not measured for this model" not in text(splits=more)


def test_what_each_part_is_worth_is_shown_only_where_it_was_measured() -> None:
    assert "What each part is worth" not in text()
    assert row("no encoder", of=text(ablation=[PART])) == ["50.0%", "", "25.0%", "0.0%", "12", "fast |"]


def test_messages_are_counted_by_who_wrote_them_and_whether_they_are_learnt_from() -> None:
    part = text().split("## Who wrote the messages")[1]
    assert row("`day`", of=part) == ["a clerk", "learnt from", "200", "25%", "20 |"]
    assert row("all learnt from", of=part) == ["", "", "240", "25%", "20 |"]
    assert "20 to 185 messages an intent to learn from" in part
    assert row("all kept apart", of=part) == ["", "", "100", "100%", "10 |"]


def test_the_notes_describe_every_writer_of_this_project() -> None:
    described = Notes.read(ROOT / "report_notes.toml").writers
    assert {path.name for folder in ("data", "kept_apart") for path in (ROOT / folder).glob("*/")} <= set(described)


BY_HAND = "# Language\r\nby hand, größer\n{0}\nstale\n{1}\n\n## After\nby hand too\n"


def test_what_is_written_by_hand_stays_byte_for_byte() -> None:
    once = replaced(BY_HAND.format(BEGIN, END), measured="new")
    assert once == BY_HAND.format(BEGIN, END).replace("\nstale\n", "\n\nnew\n\n")
    assert replaced(once, measured="new") == once


@pytest.mark.parametrize(
    "document",
    ["no markers", f"{BEGIN} only", f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"],
)
def test_a_document_without_one_plain_place_is_refused(document: str) -> None:
    with pytest.raises(MarkersMissingError):
        replaced(document, measured="new")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A language room of its own: one message learnt from, one kept apart, notes, floors, and a report."""
    for folder, message in (("data/day", "where is the [foley](item)"), ("kept_apart/night", "any gloves")):
        (tmp_path / folder).mkdir(parents=True)
        lines = ['version: "3.1"', "", "nlu:", "  - intent: find_item", "    examples: |", f"      - {message}"]
        (tmp_path / folder / "ask.yml").write_text("\n".join(lines), "utf-8")
    (tmp_path / "report_notes.toml").write_text(
        '[writers]\nday = "a clerk"\n[mends]\n"find_item as consume" = "more of both"\n"greet as thanks" = "kept"\n', "utf-8"
    )
    (tmp_path / "floors.json").write_text('{"at_least": {"intent": 0.5}, "at_most": {}}', "utf-8")
    (tmp_path / "kept.json").write_text(json.dumps({"code": "", "splits": SPLITS}), "utf-8")
    (tmp_path / "nlu.md").write_bytes(BY_HAND.format(BEGIN, END).encode())
    return tmp_path


def test_the_command_writes_the_document_and_names_what_has_no_note(project: Path) -> None:
    notes = (project / "report_notes.toml").read_bytes()
    assert command.write(project / "nlu.md", kept=project / "kept.json", nlu=project) == ["transfer as out_of_scope"]
    document = (project / "nlu.md").read_bytes()
    assert document.startswith("# Language\r\nby hand, größer\n".encode())
    assert document.endswith(b"\n\n## After\nby hand too\n")
    assert b"`abc123`, asked about 20 messages" in document
    assert b"stale" not in document
    assert b"What each part is worth" not in document
    assert (project / "report_notes.toml").read_bytes() == notes, "notes that are not used today stay"


def test_the_command_shows_the_ablation_that_is_there(project: Path) -> None:
    (project / "ablation.json").write_text(json.dumps([PART]), "utf-8")
    command.write(project / "nlu.md", kept=project / "kept.json", nlu=project)
    assert "| no encoder | 50.0% |" in (project / "nlu.md").read_text("utf-8")


@pytest.mark.parametrize("spoil", [lambda p: (p / "floors.json").unlink(), lambda p: (p / "kept.json").write_text("{}")])
def test_a_document_is_left_alone_when_something_cannot_be_read(project: Path, spoil: Callable[[Path], object]) -> None:
    before = (project / "nlu.md").read_bytes()
    spoil(project)
    with pytest.raises((OSError, KeyError)):
        command.write(project / "nlu.md", kept=project / "kept.json", nlu=project)
    assert (project / "nlu.md").read_bytes() == before


def test_without_figures_of_this_model_the_command_fails_and_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps({"code": "", "splits": {"writers": {}}}), "utf-8")
    monkeypatch.setattr("sys.argv", ["report", "--report", str(kept), "--document", str(tmp_path / "none.md")])
    assert command.main() == 1
    assert "commands.evaluate --split kept_apart" in capsys.readouterr().out


def test_folders_count_each_writers_messages(project: Path) -> None:
    assert folders(read_labelled(project / "kept_apart"), learnt=False) == [Folder("night", 1, 1, {"find_item": 1}, False)]


@pytest.mark.parametrize(
    ("share", "trials", "low", "high"),
    # As scipy's binomtest(k, n).proportion_ci(method="wilson") has them.
    [(0.95, 100, 0.8882, 0.9785), (0.0, 1000, 0.0, 0.0038), (1.0, 80, 0.9542, 1.0), (0.5, 0, 0.0, 1.0)],
)
def test_intervals_are_wilsons(share: float, trials: float, low: float, high: float) -> None:
    assert interval(share, trials) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 - 48/80 = 0.2.
    assert interval_of_difference(56 / 70, 70, 48 / 80, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
