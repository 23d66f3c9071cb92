"""Who is in which user group of the Slack workspace."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from domain.errors import Unavailable, UnknownRecord


class SlackGroups:
    """``UserGroups`` over the Web API; for the threads of jobs and commands, so it waits for its answers."""

    def __init__(self, *, token: str, base_url: str) -> None:
        self._client = WebClient(token=token, base_url=base_url, timeout=20)

    def members(self, handles: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Raises UnknownRecord for a group that is not there, Unavailable where Slack does not answer or refuses."""
        try:
            listed = self._client.usergroups_list(include_users=False)
            ids = {
                str(group["handle"]).casefold(): str(group["id"])
                for group in listed.get("usergroups") or []
                if not group.get("date_delete")
            }
            missing = sorted(set(handles) - ids.keys())
            if missing:
                raise UnknownRecord(f"Slack has no user group @{missing[0]}; PARLEY_ROLE_GROUPS names it.")
            return {
                handle: frozenset(
                    self._client.usergroups_users_list(usergroup=ids[handle]).get("users") or []
                )
                for handle in handles
            }
        except SlackApiError as error:
            raise Unavailable(
                f"Slack did not tell who is in its user groups ({error.response['error']})."
            ) from None
        except (SlackClientError, URLError, OSError):
            raise Unavailable("Slack did not answer who is in its user groups.") from None
