"""``parley audit``, ``people``, ``permissions`` and ``vault`` at the keyboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.settings import Settings
from bot.vault import open_vault
from bot.views.permissions import markdown
from domain.model.person import Role
from domain.store import Store
from domain.usecases.act.charging import encounter_id_of
from tests.small_hospital import ED, NORTH, NURSE


class Keyboard:
    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.key_file = folder / "vault.key"
        self._runner = CliRunner()

    def __call__(self, *words: str) -> Result:
        result = self._runner.invoke(app, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result


@pytest.fixture
def parley(hospital: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / "absent.env")
    for name in ("VAULT_KEY", "VAULT_OLD_KEY", "ROLE_GROUPS", "SLACK_BOT_TOKEN", "PATIENT_FORMATS"):
        monkeypatch.delenv(f"PARLEY_{name}", raising=False)
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    return Keyboard(hospital, tmp_path / "data")


def test_a_role_and_places_are_given_by_name_and_the_trail_tells_it(parley: Keyboard) -> None:
    assert parley("people", "role", "ana ruiz", "manager", "--why", "acting").stderr.strip() == (
        "Ana Ruiz: clinician -> manager"
    )
    assert parley("people", "grant", "ana@example.org", "ED").exit_code == 0
    with parley.store.transactions.reading() as uow:
        assert uow.people.get(NURSE).role is Role.MANAGER
        assert uow.people.own_places(NURSE) == {ED}
    lines = [json.loads(line) for line in parley("audit", "--json").stdout.splitlines()]
    assert [(line["kind"], line["deed"], line["detail"]) for line in lines] == [
        ("changed", "grant-places", "Ana Ruiz, own places: ED."),
        ("changed", "set-role", "Ana Ruiz: clinician -> manager, acting."),
    ]
    shown = parley("people", "list").stdout
    assert "Ana Ruiz" in shown
    assert "ICU + ED" in shown
    assert parley("audit", "--kind", "refused").stdout == ""
    assert "set-role" in parley("audit", "--since", "2026-01-01", "--limit", "5").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("people", "role", "Nobody", "admin"), "Nobody on the staff list"),
        (("people", "grant", "Ana Ruiz", "Atlantis"), "No place is called"),
        (("audit", "--kind", "gossip"), "There is no kind"),
        (("audit", "--since", "soon"), "--since is a day"),
        (("audit", "--person", "Nobody"), "Nobody on the staff list"),
        (("people", "sync"), "PARLEY_ROLE_GROUPS is not set"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    parley: Keyboard, words: tuple[str, ...], says: str
) -> None:
    result = parley(*words)
    assert result.exit_code == 1
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_the_key_of_the_file_is_changed_in_two_runs(parley: Keyboard) -> None:
    before = open_vault(key="", key_file=parley.key_file)
    with parley.store.begin() as uow:
        encounter = encounter_id_of("E-203318", facility_id=NORTH, vault=before, uow=uow)
        # What no key sealed would keep the old key in use.
        uow.charges.reseal(
            lambda sealed: (before.seal("x"), before.digest("x")) if sealed == b"sealed" else None
        )
        uow.commit()
    first = parley("vault", "rotate")
    assert first.exit_code == 0
    assert "Start every process" in first.stderr
    second = parley("vault", "rotate")
    assert second.exit_code == 0
    assert "sealed anew: 2 patients' numbers" in second.stderr
    after = open_vault(key="", key_file=parley.key_file)
    assert not after.turning
    with parley.store.transactions.reading() as uow:
        found = uow.charges.encounter_of(NORTH, after.digest("E203318"))
    assert found is not None
    assert found.id == encounter
    assert "key-rotated" in parley("audit").stdout


def test_a_key_of_the_environment_needs_both_to_be_set(
    parley: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (parley("vault", "make-key").stdout.strip() for _ in range(2))
    assert old != new
    monkeypatch.setenv("PARLEY_VAULT_KEY", old)
    alone = parley("vault", "rotate")
    assert alone.exit_code == 1
    assert "PARLEY_VAULT_OLD_KEY" in alone.stderr
    monkeypatch.setenv("PARLEY_VAULT_KEY", new)
    monkeypatch.setenv("PARLEY_VAULT_OLD_KEY", old)
    # The small hospital's own row is sealed by no key: it is told, and both keys are kept.
    told = parley("vault", "rotate")
    assert told.exit_code == 1
    assert "1 could not be opened" in told.stderr
    assert old not in told.output
    assert new not in told.output


def test_the_permission_table_is_printed_as_the_document_has_it(parley: Keyboard) -> None:
    assert parley("permissions", "--markdown").stdout == markdown()
    assert all(line.startswith("|") for line in parley("permissions").stdout.splitlines())


def test_settings_for_roles_and_forms_are_checked(parley: Keyboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_ROLE_GROUPS", "nurses=boss")
    assert "PARLEY_ROLE_GROUPS" in parley("audit").stderr
    monkeypatch.setenv("PARLEY_ROLE_GROUPS", "@Nurses=clinician, *=technician")
    assert Settings.read().groups == {"nurses": Role.CLINICIAN, "*": Role.TECHNICIAN}
    monkeypatch.setenv("PARLEY_PATIENT_FORMATS", "##")
    assert "PARLEY_PATIENT_FORMATS" in parley("audit").stderr
