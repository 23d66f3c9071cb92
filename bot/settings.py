"""Everything that can be set, read once from the environment (``PARLEY_…``) and a ``.env`` file, and nowhere else."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import InvalidSetting
from domain.model.patient_text import Formats
from domain.model.person import Role

ROOT = Path(__file__).resolve().parents[1]


class SlackMode(StrEnum):
    SOCKET = "socket"
    HTTP = "http"


class LogFormat(StrEnum):
    PRETTY = "pretty"
    JSON = "json"


class Settings(BaseSettings):
    """Read with ``Settings.read()``, which turns what pydantic finds into one sentence a setting.

    Times are in seconds. Secrets never show in ``repr``.
    """

    model_config = SettingsConfigDict(
        env_prefix="PARLEY_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = ROOT / "var"
    database_url: str = ""
    vault_key: SecretStr = SecretStr("")
    vault_old_key: SecretStr = SecretStr("")
    """The key before ``vault_key``, while it is changed (``parley vault rotate``)."""
    patient_formats: str = ""
    """The hospital's own forms of patients' numbers, parted by commas: # is a digit, @ a letter ("E-######, @@#######")."""
    role_groups: str = ""
    """Slack user groups and the roles they give: "nurses=clinician, supply=technician, *=clinician"; * is for who is in none."""

    channels: str = ""
    """Where places are told of what concerns them: "Central Supply=C0123ABC, ICU=C0456DEF", a place's name or path and its channel's id."""

    slack_mode: SlackMode = SlackMode.SOCKET
    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 3000

    nlu_url: str = ""
    nlu_token: SecretStr = SecretStr("")
    nlu_timeout: Annotated[float, Field(gt=0, le=60)] = 2.0
    nlu_idle_minutes: Annotated[float, Field(gt=0)] = 15.0

    openfda_url: str = "https://api.fda.gov/device/enforcement.json"
    """Where recall notices are asked for, once a day."""
    openfda_key: SecretStr = SecretStr("")
    """openFDA's own key; without one it answers fewer questions a day."""

    speech_model: str = ""
    """What clips are heard with: "" the model that is installed with Parley, "off" none, else a folder or a model's name ("small.en")."""
    voice: str = ""
    """What answers to clips are spoken with, for those who want it: "" none, "espeak-ng", "piper:MODEL" or
    "kokoro:MODEL:VOICES"."""
    speech_threads: Annotated[int, Field(ge=1, le=32)] = 2

    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.PRETTY

    keep_threads_days: Annotated[int, Field(ge=1)] = 2
    keep_mail_days: Annotated[int, Field(ge=1)] = 14
    keep_candidates_days: Annotated[int, Field(ge=1)] = 180
    """Masked messages that were misunderstood wait so long for somebody to label them."""

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process. Raises InvalidSetting naming the variable, what is wrong and what is expected."""
        try:
            return cls()
        except ValidationError as error:
            wrong = []
            for problem in error.errors(include_input=False, include_url=False):
                where = ".".join(str(part) for part in problem["loc"])
                name = f"PARLEY_{where.upper()}" if where else "The settings"
                wrong.append(f"{name}: {problem['msg']}")
            raise InvalidSetting("; ".join(wrong) + ".") from None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("expected sqlite:///PATH or postgresql://USER@HOST/NAME")
        return value

    @field_validator("patient_formats")
    @classmethod
    def _known_formats(cls, value: str) -> str:
        try:
            formats_of(value)
        except InvalidSetting as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("role_groups")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        roles_of(value)
        return value

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, value: str) -> str:
        channels_of(value)
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("expected an http(s) address such as https://slack.com/api/")
        return value if value.endswith("/") else value + "/"

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("expected DEBUG, INFO, WARNING or ERROR")
        return level

    @model_validator(mode="after")
    def _token_kinds(self) -> Self:
        bot, app = self.slack_bot_token.get_secret_value(), self.slack_app_token.get_secret_value()
        if bot and not bot.startswith("xoxb-"):
            raise ValueError("PARLEY_SLACK_BOT_TOKEN is not a bot token: it should start with xoxb-")
        if app and not app.startswith("xapp-"):
            raise ValueError("PARLEY_SLACK_APP_TOKEN is not an app-level token: it should start with xapp-")
        return self

    @property
    def formats(self) -> Formats:
        return formats_of(self.patient_formats)

    @property
    def groups(self) -> dict[str, Role]:
        """Roles by the handle of the Slack user group that gives them; "*" for who is in none."""
        return roles_of(self.role_groups)

    @property
    def place_channels(self) -> dict[str, str]:
        """Slack channel ids by the name or path of the place that is told there."""
        return channels_of(self.channels)

    @property
    def database(self) -> str:
        """The database's URL; without a setting, a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'parley.db'}"

    def require_slack(self) -> None:
        """Raises InvalidSetting naming what is missing to talk to Slack."""
        needed = {"PARLEY_SLACK_BOT_TOKEN": self.slack_bot_token}
        if self.slack_mode is SlackMode.SOCKET:
            needed["PARLEY_SLACK_APP_TOKEN"] = self.slack_app_token
        else:
            needed["PARLEY_SLACK_SIGNING_SECRET"] = self.slack_signing_secret
        missing = [name for name, value in needed.items() if not value.get_secret_value()]
        if missing:
            raise InvalidSetting(
                f"{' and '.join(missing)} must be set to talk to Slack; `parley demo` needs no Slack at all."
            )


def formats_of(value: str) -> Formats:
    return Formats(tuple(form for part in value.split(",") if (form := part.strip())))


def channels_of(value: str) -> dict[str, str]:
    """Raises ValueError for what is no "PLACE=CHANNEL"."""
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in value.split(","))):
        place, _, channel = (piece.strip() for piece in part.rpartition("="))
        if not place or not re.fullmatch(r"[CG][A-Z0-9]{4,}", channel):
            raise ValueError(
                f"expected PLACE=CHANNEL with the channel's id (C0123ABC, in its details in Slack), not {part!r}"
            )
        if place in found:
            raise ValueError(f"{place} is named twice")
        found[place] = channel
    return found


def roles_of(value: str) -> dict[str, Role]:
    """Raises ValueError with the roles there are."""
    found: dict[str, Role] = {}
    for part in filter(None, (each.strip() for each in value.split(","))):
        handle, _, role = (piece.strip() for piece in part.partition("="))
        handle = handle.removeprefix("@").casefold()
        if not handle or role not in {known.value for known in Role}:
            raise ValueError(f"expected GROUP=ROLE with a role of {', '.join(Role)}, not {part!r}")
        found[handle] = Role(role)
    return found
