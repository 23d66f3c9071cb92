"""The digests of low lines and of recalls as Slack gets them: within its limits, with the pick list in the order of the walk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.views import limits
from bot.views.alerts.below_par import BelowParLines
from bot.views.alerts.frame import Shown, digest
from bot.views.alerts.recall import RecallLines
from domain.model.alert import Alert, AlertId, AlertKind, AlertState, Digest, DigestId, Fact, Finding
from domain.model.ids import FacilityId, PlaceId
from domain.model.recall import RecallClass, Strength

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
HOUSE, PLACE = FacilityId(1), PlaceId(5)


def shown(kind: AlertKind, facts: list[dict[str, Fact]]) -> Shown:
    alerts = [
        Alert(
            AlertId(at), HOUSE, Finding(kind, f"{kind}:{at}", PLACE, one), AlertState.OPEN, NOW, NOW
        )
        for at, one in enumerate(facts, start=1)
    ]  # fmt: skip
    made = Digest(DigestId(1), HOUSE, kind, "C1", made_at=NOW)
    return Shown(made, alerts, "ICU", {}, date(2026, 11, 23), NOW, ZoneInfo("America/New_York"))


def low(at: int) -> dict[str, Fact]:
    source: dict[str, Fact] = {
        "place": 900 + at, "path": f"Central › Bin {at}", "quantity": 40, "metres": 70, "order": f"{100 - at:04d}",
    }  # fmt: skip
    return {
        "item": at, "number": str(1000 + at), "name": f"Catheter <{at}> *bold*", "size": "16 Fr", "base_unit": "each",
        "path": "ICU › Supply room › Shelf A", "unit_id": 5, "available": at % 3, "par": 20, "bring": 20 - at % 3,
        "days_left": 2.5, "sources": [source], "known": 4,
    }  # fmt: skip


def test_a_long_digest_stays_within_slacks_limits_and_carries_the_pick_list_in_walking_order() -> None:
    rendered = digest(shown(AlertKind.BELOW_PAR, [low(at) for at in range(1, 61)]), lines=BelowParLines())
    assert limits.problems(rendered.blocks, text=rendered.text) == []
    assert "Bring the first 40" in str(rendered.blocks)
    assert "4 told before are still open" in rendered.text
    assert "*bold*" not in str(rendered.blocks)
    (sheet,) = rendered.attachments
    rows = sheet.data.decode("utf-8-sig").splitlines()[1:]
    walk = [row.rsplit(",", 1)[-1] for row in rows]
    assert len(rows) == 60
    assert walk == sorted(walk)


def test_what_nobody_has_gets_no_button() -> None:
    facts = low(1) | {"sources": []}
    line = BelowParLines().line(shown(AlertKind.BELOW_PAR, [facts]).alerts[0], today=date(2026, 11, 23))
    assert not line.buttons
    assert "it has to be ordered" in line.plain


def recalled(strength: Strength, *, lots: int, text: str = "x") -> dict[str, Fact]:
    each: list[Fact] = [
        {
            "item_id": 7, "item": "Haemostatic kit", "number": "107", "size": "8 mL", "unit": "each", "lot_id": at, "lot": f"L{at:05}",
            "serial": "", "strength": strength.value, "evidence": ["device identifier 09529668001323", "the lot is on the list"],
            "on_hand": 3, "free": 3, "settled": False, "place_count": 2,
            "places": [{"place": "Central › Store › Aisle › Bin", "on_hand": 3}], "used": 1, "patients": 1,
        }
        for at in range(1, lots + 1)
    ]  # fmt: skip
    return {
        "number": "Z-0001-2027", "class": RecallClass.I.value, "firm": "Ethicon, Inc.", "product": f"Kit {text}", "reason": text,
        "reported_on": "2026-11-18", "revision": 1, "strength": strength.value, "lots": each, "count": lots, "to_hold": lots,
        "on_hand": 3 * lots, "free": 3 * lots, "used": lots, "patients": lots,
    }  # fmt: skip


def test_notices_of_any_length_stay_within_slacks_limits() -> None:
    long = [recalled(Strength.SURE, lots=40, text="word & <word> " * 60) for _ in range(12)]
    rendered = digest(shown(AlertKind.RECALL, long), lines=RecallLines())
    assert limits.problems(rendered.blocks, text=rendered.text) == []
    assert "Class I: 12 recall notices concern what we have or had" in rendered.text


def test_only_what_is_surely_meant_has_the_button_that_stands_out() -> None:
    sure, possible = (
        RecallLines().line(shown(AlertKind.RECALL, [recalled(strength, lots=2)]).alerts[0], today=date(2026, 11, 23))
        for strength in (Strength.SURE, Strength.POSSIBLE)
    )  # fmt: skip
    assert [button.primary for button in sure.buttons if button.choice == "hold"] == [True]
    assert [button.primary for button in possible.buttons if button.choice == "hold"] == [False]
