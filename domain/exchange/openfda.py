"""The device enforcement reports of openFDA: from a file that was downloaded, or from the service.

Facts: openFDA's documentation of ``device/enforcement`` and of its query syntax. Every field is text; dates are YYYYMMDD; a page has
``meta.results`` and ``results``; an empty answer is 404 with the code NOT_FOUND; the next page is named in the Link header, or is
``skip`` further on.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx

from domain.errors import Invalid, InvalidSetting, Unavailable
from domain.model.recall import Notice, RecallClass

SOURCE: Final = "openfda"
ADDRESS: Final = "https://api.fda.gov/device/enforcement.json"
A_PAGE: Final = 500
MOST_SKIPPED: Final = 25_000
"""The service refuses to skip more."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one page; a downloaded file may have eight times as much."""
MOST_PAGES: Final = 400
TRIES: Final = 5
LONGEST_WAIT: Final = 60.0
_LONGEST_TEXT: Final = 200_000

type _Json = str | int | float | bool | list[_Json] | dict[str, _Json] | None


# ------------------------------------------------------------------------------------------------- reading


def notices_in(payload: bytes, *, what: str) -> list[Notice]:
    """The notices of one page or file, in its order. Raises Invalid, naming ``what`` and the row, for what is no such report.

    A row without a recall number can not be told from others and is refused; all other fields may be missing.
    """
    try:
        body: _Json = json.loads(payload)
    except (ValueError, RecursionError):
        raise Invalid(f"{what} is not JSON.") from None
    return _notices(body, what=what)


def _notices(body: _Json, *, what: str) -> list[Notice]:
    rows = body.get("results") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise Invalid(f"{what} is no enforcement report: it has no list called “results”.")
    found = []
    for at, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not _text(row, "recall_number"):
            raise Invalid(f"{what}, row {at}: an enforcement report has a recall_number.")
        found.append(_notice(row))
    return found


def _notice(row: Mapping[str, _Json]) -> Notice:
    status = _text(row, "status") or "Ongoing"
    more = _text(row, "more_code_info")
    codes = _text(row, "code_info")
    return Notice(
        source=SOURCE,
        number=_text(row, "recall_number").upper(),
        event=_text(row, "event_id"),
        classification=_class(_text(row, "classification")),
        status=status,
        firm=_text(row, "recalling_firm"),
        product=_text(row, "product_description"),
        codes=f"{codes}\n{more}" if more else codes,
        reason=_text(row, "reason_for_recall"),
        quantity=_text(row, "product_quantity"),
        distribution=_text(row, "distribution_pattern"),
        initiated_on=_day(_text(row, "recall_initiation_date")),
        reported_on=_day(_text(row, "report_date")),
        terminated_on=_day(_text(row, "termination_date")),
    )


def _text(row: Mapping[str, _Json], name: str) -> str:
    value = row.get(name)
    return value.strip()[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _class(text: str) -> RecallClass:
    return next((known for known in RecallClass if known.casefold() == text.casefold()), RecallClass.OPEN)


def _day(text: str) -> date | None:
    """YYYYMMDD; None for what is no date."""
    try:
        return datetime.strptime(text, "%Y%m%d").date() if len(text) == 8 else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


class NoticeFile:
    """A file downloaded by hand: JSON, or JSON in a zip archive. Implements ``NoticePages``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def since(self, day: date | None) -> list[Notice]:
        """Raises Invalid for a file that is missing, too large, or no enforcement report."""
        found = [notice for payload in self._parts() for notice in notices_in(payload, what=self._path.name)]
        return _sorted(notice for notice in found if day is None or _touched(notice) >= day)

    def _parts(self) -> list[bytes]:
        most = 8 * MOST_BYTES
        try:
            if self._path.stat().st_size > most:
                raise Invalid(
                    f"{self._path.name} is larger than {most // 2**20} MB; split it by year of report."
                )
            data = self._path.read_bytes()
        except OSError as error:
            raise Invalid(f"{self._path} can not be read: {error.strerror or 'no such file'}.") from None
        if not data.startswith(b"PK\x03\x04"):
            return [data]
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                inside = [one for one in archive.infolist() if one.filename.endswith(".json")]
                if sum(one.file_size for one in inside) > most:
                    raise Invalid(f"{self._path.name} unpacks to more than {most // 2**20} MB.")
                return [archive.read(one) for one in inside]
        except (zipfile.BadZipFile, RuntimeError) as error:
            raise Invalid(f"{self._path.name} is a broken archive.") from error


# ------------------------------------------------------------------------------------------------- service


class OpenFda:
    """The service over HTTP: one question after the other, pauses where it asks for them. Implements ``NoticePages``.

    ``key`` is openFDA's own, "" without one; it travels in a header, so that no log of addresses holds it. ``sleep`` waits seconds.
    """

    def __init__(
        self,
        address: str = ADDRESS,
        *,
        key: str = "",
        today: Callable[[], date],
        timeout: float = 30.0,
        a_page: int = A_PAGE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = httpx.URL(address)
        if self._address.scheme not in ("http", "https") or not self._address.host:
            raise InvalidSetting(f"PARLEY_OPENFDA_URL is an http(s) address such as {ADDRESS}.")
        self._key = key
        self._today = today
        self._timeout = httpx.Timeout(timeout, connect=10.0)
        self._a_page = a_page
        self._sleep = sleep

    def since(self, day: date | None) -> list[Notice]:
        """Raises Unavailable where the service does not answer after five tries; Invalid where it refuses or sends something else."""
        last = self._today() + timedelta(days=1)
        asked = [""] if day is None else [f"{name}:[{day:%Y%m%d} TO {last:%Y%m%d}]" for name in _DATED]
        found: dict[str, Notice] = {}
        auth = httpx.BasicAuth(self._key, "") if self._key else None
        headers = {"Accept": "application/json", "User-Agent": "Parley (hospital supply room)"}
        with httpx.Client(
            timeout=self._timeout, auth=auth, headers=headers, follow_redirects=False
        ) as client:
            for search in asked:
                for notice in self._pages(client, search):
                    found[notice.number] = notice
        return _sorted(found.values())

    def _pages(self, client: httpx.Client, search: str) -> Iterator[Notice]:
        base: dict[str, str] = {"limit": str(self._a_page), "sort": "report_date:asc"}
        if search:
            base["search"] = search
        url: httpx.URL | None = self._address.copy_merge_params(base)
        seen = 0
        for _ in range(MOST_PAGES):
            if url is None:
                return
            body, following = self._page(client, url)
            if body is None:
                return
            notices = _notices(body, what="The answer of openFDA")
            yield from notices
            seen += len(notices)
            if not notices or seen >= _total(body):
                return
            url = following
            if url is None and seen < MOST_SKIPPED:
                url = self._address.copy_merge_params({**base, "skip": str(seen)})
        raise Invalid(f"openFDA has more than {seen:,} such reports; ask for fewer years at a time.")

    def _page(self, client: httpx.Client, url: httpx.URL) -> tuple[_Json, httpx.URL | None]:
        """One page and the address of the next; None where there is nothing."""
        wait = 1.0
        trouble = ""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)
            try:
                with client.stream("GET", url) as answer:
                    status = answer.status_code
                    if status == 200:
                        return _read(_body(answer)), self._next(answer)
                    if status == 404:
                        return None, None
                    if status != 429 and status < 500:
                        raise Invalid(f"openFDA refuses the question ({status}): {_why(_body(answer))}")
                    trouble = f"it answers {status}"
                    wait = max(wait, _retry_after(answer))
            except httpx.TimeoutException:
                trouble = "it does not answer in time"
            except httpx.HTTPError as error:
                trouble = f"it can not be reached ({type(error).__name__})"
        raise Unavailable(
            f"openFDA was asked {TRIES} times: {trouble}. The next run goes on where this one began."
        )

    def _next(self, answer: httpx.Response) -> httpx.URL | None:
        """The next page as the service names it; only on the same host, so that the key goes nowhere else."""
        found = answer.links.get("next", {}).get("url")
        if not found:
            return None
        url = self._address.join(found)
        same = (url.scheme, url.host, url.port) == (
            self._address.scheme,
            self._address.host,
            self._address.port,
        )
        return url if same else None


_DATED = ("report_date", "termination_date")
"""What of a notice moves: that it is reported, and that it is over."""


def _body(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise Invalid(f"The answer of openFDA is larger than {MOST_BYTES // 2**20} MB.")
        parts.append(part)
    return b"".join(parts)


def _read(payload: bytes) -> _Json:
    try:
        body: _Json = json.loads(payload)
    except (ValueError, RecursionError):
        raise Invalid("The answer of openFDA is not JSON; is PARLEY_OPENFDA_URL right?") from None
    return body


def _total(body: _Json) -> int:
    meta = body.get("meta") if isinstance(body, dict) else None
    results = meta.get("results") if isinstance(meta, dict) else None
    total = results.get("total") if isinstance(results, dict) else None
    return total if isinstance(total, int) else 0


def _why(payload: bytes) -> str:
    try:
        body = json.loads(payload)
        said = body["error"]["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "no reason is given."
    return str(said)[:200]


def _retry_after(answer: httpx.Response) -> float:
    said = answer.headers.get("retry-after", "")
    return min(LONGEST_WAIT, float(said)) if said.isdigit() else 0.0


def _touched(notice: Notice) -> date:
    days = [day for day in (notice.reported_on, notice.terminated_on) if day is not None]
    return max(days, default=date.max)


def _sorted(notices: Iterable[Notice]) -> list[Notice]:
    return sorted(notices, key=lambda notice: (notice.reported_on or date.max, notice.number))
