"""Notices from files and from the service, which is a small server of ours here."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.errors import Invalid, InvalidSetting, Unavailable
from domain.exchange.openfda import NoticeFile, OpenFda, notices_in
from domain.model.recall import RecallClass

TODAY = date(2026, 11, 22)


def row(number: int, **more: str) -> dict[str, str]:
    return {
        "recall_number": f"Z-{number:04d}-2027",
        "classification": "Class II",
        "status": "Ongoing",
        "recalling_firm": "Ethicon, Inc.",
        "product_description": "Something",
        "code_info": "Lot 1",
        "reason_for_recall": "Because",
        "report_date": f"202611{number % 20 + 1:02d}",
        **more,
    }


class Service:
    """Answers as openFDA does, or as ``script`` says: each entry is (status, headers, body) for one request."""

    def __init__(self, rows: list[dict[str, str]], *, link: bool = False) -> None:
        self.rows = rows
        self.link = link
        self.script: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[dict[str, str]] = []
        self.authorised: list[str] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                service.asked.append(query)
                service.authorised.append(self.headers.get("Authorization", ""))
                status, headers, body = service.answer(query)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/device/enforcement.json"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.script:
            return self.script.pop(0)
        wanted = self.rows
        if query.get("search", "").startswith("termination_date"):
            wanted = [one for one in self.rows if "termination_date" in one]
        skip, limit = int(query.get("skip", "0")), int(query["limit"])
        part = wanted[skip : skip + limit]
        if not part:
            return (
                404,
                {},
                json.dumps({"error": {"code": "NOT_FOUND", "message": "No matches found!"}}).encode(),
            )
        headers = {}
        if self.link and skip + limit < len(wanted):
            headers["Link"] = f'<{self.url}?limit={limit}&skip={skip + limit}&search_after=x>; rel="next"'
        meta = {"results": {"skip": skip, "limit": limit, "total": len(wanted)}}
        return 200, headers, json.dumps({"meta": meta, "results": part}).encode()


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    running: list[Service] = []

    def start(rows: list[dict[str, str]], *, link: bool = False) -> Service:
        running.append(Service(rows, link=link))
        return running[-1]

    yield start
    for service in running:
        service.server.shutdown()
        service.server.server_close()


def client(service: Service, *, waited: list[float] | None = None, key: str = "") -> OpenFda:
    sleeps = [] if waited is None else waited
    return OpenFda(service.url, key=key, today=lambda: TODAY, a_page=3, sleep=sleeps.append, timeout=5)


@pytest.mark.parametrize("link", [False, True])
def test_all_pages_are_read_whether_or_not_the_next_one_is_named(
    serve: Callable[..., Service], link: bool
) -> None:
    service = serve([row(n) for n in range(8)], link=link)
    found = client(service).since(date(2026, 11, 1))
    assert {notice.number for notice in found} == {f"Z-{n:04d}-2027" for n in range(8)}
    assert [notice.reported_on for notice in found] == sorted(
        day for notice in found if (day := notice.reported_on) is not None
    )
    assert service.asked[0]["search"] == "report_date:[20261101 TO 20261123]"


def test_what_was_terminated_since_is_asked_for_too(serve: Callable[..., Service]) -> None:
    service = serve([row(1), row(2, termination_date="20261120", status="Terminated")])
    found = client(service).since(date(2026, 11, 15))
    assert any(query["search"].startswith("termination_date:[20261115") for query in service.asked)
    over = [notice for notice in found if notice.over]
    assert [notice.terminated_on for notice in over] == [date(2026, 11, 20)]


def test_nothing_found_is_no_error(serve: Callable[..., Service]) -> None:
    assert client(serve([])).since(date(2026, 11, 1)) == []


def test_it_waits_as_long_as_it_is_asked_to_and_goes_on(serve: Callable[..., Service]) -> None:
    service = serve([row(1)])
    service.script = [(429, {"Retry-After": "7"}, b""), (503, {}, b"")]
    waited: list[float] = []
    assert len(client(service, waited=waited).since(date(2026, 11, 1))) == 1
    assert waited == [7.0, 14.0]


def test_it_gives_up_after_five_tries_and_says_so(serve: Callable[..., Service]) -> None:
    service = serve([row(1)])
    service.script = [(500, {}, b"")] * 9
    with pytest.raises(Unavailable, match="asked 5 times: it answers 500"):
        client(service).since(None)
    assert len(service.asked) == 5


def test_a_refused_question_is_not_repeated(serve: Callable[..., Service]) -> None:
    service = serve([row(1)])
    service.script = [(403, {}, json.dumps({"error": {"message": "API_KEY_INVALID"}}).encode())]
    with pytest.raises(Invalid, match="refuses the question \\(403\\): API_KEY_INVALID"):
        client(service).since(None)
    assert len(service.asked) == 1


def test_the_key_travels_in_a_header_and_never_in_the_address(serve: Callable[..., Service]) -> None:
    service = serve([row(1)])
    client(service, key="s3cret").since(None)
    assert service.authorised[0].startswith("Basic ")
    assert not any("s3cret" in value for query in service.asked for value in query.values())


def test_a_page_that_is_no_json_is_refused(serve: Callable[..., Service]) -> None:
    service = serve([row(1)])
    service.script = [(200, {}, b"<html>sign in</html>")]
    with pytest.raises(Invalid, match="not JSON; is PARLEY_OPENFDA_URL right"):
        client(service).since(None)


def test_a_next_page_on_another_host_is_not_followed(serve: Callable[..., Service]) -> None:
    service = serve([row(n) for n in range(5)])
    page = json.dumps({"meta": {"results": {"total": 5}}, "results": service.rows[:3]}).encode()
    service.script = [(200, {"Link": '<http://elsewhere.example/x>; rel="next"'}, page)]
    assert len(client(service).since(None)) == 5


def test_a_server_that_is_not_there_is_unavailable(serve: Callable[..., Service]) -> None:
    service = serve([])
    service.server.shutdown()
    service.server.server_close()
    with pytest.raises(Unavailable, match="can not be reached"):
        client(service).since(None)


def test_an_address_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(InvalidSetting, match="PARLEY_OPENFDA_URL"):
        OpenFda("ftp://example.org", today=lambda: TODAY)


def test_a_file_is_read_plain_and_zipped(tmp_path: Path) -> None:
    page = json.dumps({"results": [row(1), row(2, classification="Class I", more_code_info="Lot 2")]})
    plain = tmp_path / "notices.json"
    plain.write_text(page)
    zipped = tmp_path / "notices.json.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("device-enforcement-0001-of-0001.json", page)
    assert NoticeFile(plain).since(None) == NoticeFile(zipped).since(None)
    graver = next(one for one in NoticeFile(plain).since(None) if one.number == "Z-0002-2027")
    assert graver.classification is RecallClass.I
    assert graver.codes == "Lot 1\nLot 2"


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"nonsense", "x.json is not JSON"),
        (b'{"a": 1}', "no list called"),
        (b'{"results": [{"status": "Ongoing"}]}', "x.json, row 1: an enforcement report has a recall_number"),
    ],
)
def test_what_is_no_report_is_refused_with_its_place(payload: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        notices_in(payload, what="x.json")


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="can not be read"):
        NoticeFile(tmp_path / "nowhere.json").since(None)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(Invalid, match="broken archive"):
        NoticeFile(broken).since(None)
