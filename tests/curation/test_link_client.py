"""Addresses are asked politely, and no address inwards is ever asked. All servers are on loopback."""

import csv
import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from compendium.curation import link_client, link_report
from compendium.curation.link_client import LinkChecker, LinkResult, NoAnswer, Politeness, RateLimiter

HASTY = Politeness(delay=0, timeout=2, backoff=0.01, allow_private=True)

Reply = tuple[int, dict[str, str], bytes]
Route = Callable[[str, int], Reply]


class Host:
    """A server on loopback: ``routes`` say what a path answers to a method, the n-th time; ``seen`` what was asked."""

    def __init__(self, address: str, port: int = 0) -> None:
        self.routes: dict[str, Route] = {}
        self.seen: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.times: list[float] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.seen.append((self.command, self.path))
                host.times.append(time.monotonic())
                host.agents.add(self.headers["User-Agent"])
                route = host.routes.get(self.path, missing if self.path == "/robots.txt" else plain)
                status, headers, body = route(self.command, host.seen.count((self.command, self.path)))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer((address, port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def pages(self) -> list[tuple[str, str]]:
        """What was asked, but for robots.txt."""
        return [each for each in self.seen if each[1] != "/robots.txt"]


def plain(method: str, time: int) -> Reply:
    return 200, {}, b"here"


def missing(method: str, time: int) -> Reply:
    return 404, {}, b""


def status(number: int, **headers: str) -> Route:
    return lambda method, time: (number, headers, b"")


def leads(to: str) -> Route:
    return status(302, Location=to)


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host("127.0.0.1")
    yield host
    host.server.shutdown()
    host.server.server_close()


@pytest.fixture
def inner(host: Host) -> Iterator[Host]:
    """Another machine, on the same port: one that must not be asked."""
    inner = Host("127.0.0.2", host.port)
    yield inner
    inner.server.shutdown()
    inner.server.server_close()


def ask(url: str, manners: Politeness = HASTY, **more: object) -> LinkResult:
    return LinkChecker(manners, RateLimiter(manners), **more).check_url(url)  # type: ignore[arg-type]


def at(host: Host, path: str, name: str = "127.0.0.1") -> str:
    return f"http://{name}:{host.port}{path}"


# ---- what is told of an address ----


@pytest.mark.parametrize(
    ("route", "outcome", "number"),
    [
        (plain, link_client.OK, 200),
        (status(404), link_client.GONE, 404),
        (status(410), link_client.GONE, 410),
        (status(403), link_client.ACCESS_DENIED, 403),
        (status(451), link_client.ACCESS_DENIED, 451),
        (status(500), link_client.HOST_ERROR, 500),
        (status(204), link_client.OK, 204),
    ],
)
def test_what_a_host_says_is_told(host: Host, route: Route, outcome: str, number: int) -> None:
    host.routes["/page"] = route
    found = ask(at(host, "/page"))
    assert (found.outcome, found.status) == (outcome, number)


def test_get_is_asked_where_head_does_not_do(host: Host) -> None:
    host.routes["/page"] = lambda method, time: (405 if method == "HEAD" else 200, {}, b"here")
    assert ask(at(host, "/page")).outcome == link_client.OK
    assert host.pages() == [("HEAD", "/page"), ("GET", "/page")]
    assert ask(at(host, "/other")).outcome == link_client.OK
    assert host.pages()[2:] == [("HEAD", "/other")], "where HEAD does, nothing is fetched"


def test_redirects_are_followed_to_their_end(host: Host) -> None:
    host.routes |= {"/a": leads("/b"), "/b": leads(at(host, "/c")), "/c": plain}
    found = ask(at(host, "/a"))
    assert (found.outcome, found.final_url) == (link_client.MOVED, at(host, "/c"))
    host.routes["/c"] = status(404)
    assert ask(at(host, "/a")).outcome == link_client.GONE


def test_a_circle_of_redirects_ends(host: Host) -> None:
    host.routes |= {"/a": leads("/b"), "/b": leads("/a")}
    assert "circle" in ask(at(host, "/a")).reason
    host.routes["/0"] = leads("/1")
    host.routes |= {f"/{number}": leads(f"/{number + 1}") for number in range(100)}
    assert ask(at(host, "/0")).outcome == link_client.HOST_ERROR
    assert len(host.pages()) < 40


def test_silence_is_told(host: Host) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        found = ask(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    assert found.outcome == link_client.NO_ANSWER and "no connection" in found.reason

    def unknown(name: str, port: int) -> list[str]:
        raise NoAnswer(f"unknown host name {name}")

    assert "name" in ask("http://nowhere.example/", resolve=unknown).reason


def test_a_server_without_a_certificate_is_no_https(host: Host) -> None:
    assert ask(at(host, "/").replace("http:", "https:")).outcome == link_client.NO_ANSWER


# ---- politeness ----


def test_what_fails_for_now_is_asked_again(host: Host) -> None:
    host.routes["/page"] = lambda method, time: (503 if method == "HEAD" or time < 3 else 200, {}, b"here")
    assert ask(at(host, "/page")).outcome == link_client.OK
    assert host.pages() == [("HEAD", "/page"), *[("GET", "/page")] * 3]
    host.routes["/down"] = status(503)
    assert ask(at(host, "/down")).outcome == link_client.HOST_ERROR
    assert host.seen.count(("GET", "/down")) == link_client.MAX_ATTEMPTS, "not for ever"


def test_a_host_that_asks_to_wait_is_given_time(host: Host) -> None:
    host.routes["/page"] = lambda method, time: (429, {"Retry-After": "1"}, b"") if time < 2 else (200, {}, b"here")
    started = time.monotonic()
    ask(at(host, "/page"))
    assert time.monotonic() - started >= 1
    assert link_client.retry_after({"retry-after": "Wed, 01 Jan 2020 00:00:00 GMT"}) == 0
    assert link_client.retry_after({"retry-after": "soon"}) == 0


def test_a_host_that_asks_for_more_time_than_there_is_is_not_asked_again(host: Host) -> None:
    host.routes["/page"] = status(429, **{"Retry-After": "3600"})
    assert ask(at(host, "/page")).outcome == link_client.ACCESS_DENIED
    assert host.pages() == [("HEAD", "/page")]
    host.routes["/robots.txt"] = lambda method, time: (200, {}, b"User-agent: *\nCrawl-delay: 3600\n")
    assert ask(at(host, "/other")).outcome == link_client.ROBOTS_DISALLOWED
    assert host.pages() == [("HEAD", "/page")]


def test_requests_to_a_host_keep_their_distance_whoever_sends_them(host: Host) -> None:
    slow = Politeness(delay=0.15, timeout=2, backoff=0.01, allow_private=True)
    pace = RateLimiter(slow)
    askers = [
        threading.Thread(target=LinkChecker(slow, pace).check_url, args=[at(host, f"/{number}")]) for number in range(3)
    ]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    gaps = [later - earlier for earlier, later in zip(host.times, host.times[1:], strict=False)]
    assert len(host.times) == 6 and min(gaps) > 0.05 and sum(gaps) > 0.7, "give or take what a busy machine adds"


def test_robots_txt_is_kept_to(host: Host) -> None:
    host.routes["/robots.txt"] = lambda method, time: (200, {}, b"User-agent: *\nDisallow: /closed\n")
    asker = LinkChecker(HASTY, RateLimiter(HASTY))
    assert asker.check_url(at(host, "/closed/page")).outcome == link_client.ROBOTS_DISALLOWED
    assert asker.check_url(at(host, "/open")).outcome == link_client.OK
    assert host.pages() == [("HEAD", "/open")]
    assert host.seen.count(("GET", "/robots.txt")) == 1, "asked once"


def test_a_rule_for_this_program_by_name(host: Host) -> None:
    host.routes["/robots.txt"] = lambda method, time: (200, {}, b"User-agent: compendium-links\nDisallow: /\n")
    assert ask(at(host, "/page")).outcome == link_client.ROBOTS_DISALLOWED


def test_the_delay_that_robots_txt_asks_for(host: Host) -> None:
    host.routes["/robots.txt"] = lambda method, time: (200, {}, b"User-agent: *\nCrawl-delay: 0.4\n")
    asker = LinkChecker(HASTY, RateLimiter(HASTY))
    asker.check_url(at(host, "/a"))
    asker.check_url(at(host, "/b"))
    assert host.times[-1] - host.times[-2] >= 0.35


def test_while_robots_txt_fails_nothing_is_asked(host: Host) -> None:
    host.routes["/robots.txt"] = status(500)
    assert ask(at(host, "/page")).outcome == link_client.ROBOTS_DISALLOWED
    assert not host.pages()


def test_hosts_are_told_who_asks(host: Host) -> None:
    ask(at(host, "/page"), Politeness(0, 2, 0.01, "mail@example.org", True))
    (agent,) = host.agents
    assert agent.startswith("compendium-links/") and "mail@example.org" in agent


# ---- nobody but public hosts ----


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "no address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not link_client.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_addresses_that_are_public(address: str) -> None:
    assert link_client.is_public(address)


STRICT = Politeness(delay=0, timeout=2, backoff=0.01)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1"])
def test_the_own_machine_is_not_asked(host: Host, name: str) -> None:
    found = ask(at(host, "/page", name), STRICT)
    assert found.outcome in (link_client.NOT_CHECKED, link_client.NO_ANSWER)
    assert not host.seen


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "file:///etc/passwd", "javascript:alert(1)", "//x", "", "http://",
                                     "http://[::1", "http://user:word@127.0.0.1/", "http://a:99999/"])  # fmt: skip
def test_what_is_no_address_of_the_web_is_not_asked(address: str) -> None:
    assert ask(address).outcome == link_client.NOT_CHECKED


def outside(address: str) -> bool:
    """For tests: 127.0.0.1 plays the public internet, 127.0.0.2 the inside."""
    return address == "127.0.0.1"


def names(name: str, port: int) -> list[str]:
    return {
        "public.example": ["127.0.0.1"],
        "inner.example": ["127.0.0.2"],
        "both.example": ["127.0.0.1", "127.0.0.2"],
    }.get(name, [name])


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/secret", "http://inner.example:{port}/secret",
                                    "http://both.example:{port}/secret", "//inner.example:{port}/secret",
                                    "ftp://inner.example/secret", "http://[::1"])  # fmt: skip
def test_no_redirect_leads_inside(host: Host, inner: Host, target: str) -> None:
    host.routes["/page"] = leads(target.format(port=host.port))
    found = ask(at(host, "/page", "public.example"), STRICT, resolve=names, is_allowed_address=outside)
    assert found.outcome == link_client.NOT_CHECKED and "it redirects to" in found.reason
    assert host.pages() == [("HEAD", "/page")] and not inner.seen


def test_no_redirect_of_robots_txt_leads_inside(host: Host, inner: Host) -> None:
    host.routes["/robots.txt"] = leads(f"http://inner.example:{host.port}/secret")
    ask(at(host, "/page", "public.example"), STRICT, resolve=names, is_allowed_address=outside)
    assert not inner.seen and not host.pages()


def test_a_name_that_changes_its_address_gains_nothing(host: Host, inner: Host) -> None:
    """The connection goes to the address that was checked: a name is resolved once a request, and never again."""
    asked: list[str] = []

    def turning(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) <= 2 else ["127.0.0.2"]

    asker = LinkChecker(STRICT, RateLimiter(STRICT), turning, outside)
    assert asker.check_url(at(host, "/page", "turning.example")).outcome == link_client.OK
    assert asker.check_url(at(host, "/page", "turning.example")).outcome == link_client.NOT_CHECKED
    assert len(host.seen) == len(asked) - 1 and not inner.seen


# ---- hosts that mean harm ----


def test_a_body_without_end_is_not_read_to_its_end(host: Host) -> None:
    host.routes["/page"] = lambda method, time: (405, {}, b"") if method == "HEAD" else (200, {}, b"x" * 50_000_000)
    assert ask(at(host, "/page")).outcome == link_client.OK


def dripping(seconds: float) -> tuple[socket.socket, int]:
    """A server that sends a byte of its head now and then."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                stream, _ = listening.accept()
            except OSError:
                return
            with stream:
                try:
                    stream.sendall(b"HTTP/1.1 200 OK\r\n")
                    for _ in range(int(seconds / 0.05)):
                        stream.sendall(b"X-More: 1\r\n")
                        time.sleep(0.05)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    return listening, listening.getsockname()[1]


def test_a_host_that_drips_is_cut_off() -> None:
    listening, port = dripping(seconds=3)
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        link_client.send_request(
            "HEAD", f"http://127.0.0.1:{port}/", Politeness(timeout=0.2), link_client.resolve_host, lambda address: True
        )
    assert time.monotonic() - started < 2
    listening.close()


def test_what_a_host_sends_is_made_fit_to_be_shown(host: Host) -> None:
    host.routes["/page"] = status(302, Location="/\x1b[31mred page")
    assert ask(at(host, "/page")).final_url == at(host, "/%1B[31mred%20page")


# ---- a survey ----


def survey_of(host: Host, paths: list[str], state: Path) -> list[link_report.LinkCheck]:
    return link_report.check_links([at(host, path) for path in paths], HASTY, state, lambda each: None)


def test_answers_are_remembered_as_they_come(host: Host, tmp_path: Path) -> None:
    host.routes["/gone"] = status(404)
    state = tmp_path / "cache/links.jsonl"
    checked = survey_of(host, ["/a", "/gone"], state)
    assert {each.url: each for each in checked} == link_report.load_recent_checks(state)
    with state.open("a", encoding="utf-8") as stream:
        stream.write('{"url": "half a li')
    assert len(link_report.load_recent_checks(state)) == 2
    old = [
        json.loads(line) | {"checked_at": "2001-01-01T00:00:00+00:00"} for line in state.read_text().splitlines()[:2]
    ]
    state.write_text("\n".join(map(json.dumps, old)), encoding="utf-8")
    assert link_report.load_recent_checks(state) == {}, "too old"


def test_a_survey_that_is_stopped_goes_on_where_it_was(host: Host, tmp_path: Path) -> None:
    state, paths = tmp_path / "links.jsonl", [f"/{number}" for number in range(6)]

    def stop(each: link_report.LinkCheck) -> None:
        if each.url.endswith("/2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        link_report.check_links([at(host, path) for path in paths], HASTY, state, stop)
    known = link_report.load_recent_checks(state)
    assert sorted(known) == [at(host, path) for path in paths[:3]]
    rest = [path for path in paths if at(host, path) not in known]
    survey_of(host, rest, state)
    assert sorted(link_report.load_recent_checks(state)) == [at(host, path) for path in paths]
    assert sorted(host.pages()) == sorted(("HEAD", path) for path in paths), "none was asked twice"


def test_the_report_puts_first_what_needs_attention(host: Host, tmp_path: Path) -> None:
    host.routes |= {"/gone": status(404), "/old": leads("/new")}
    checked = survey_of(host, ["/a", "/gone", "/old"], tmp_path / "links.jsonl")
    rows = list(
        csv.DictReader(io.StringIO(link_report.link_report_csv(checked, {at(host, "/gone"): ["made-d1", "made-d2"]})))
    )
    assert [row["outcome"] for row in rows] == [link_client.GONE, link_client.MOVED, link_client.OK]
    assert rows[0]["documents"] == "made-d1;made-d2" and rows[0]["status"] == "404"
    assert rows[1]["final"] == at(host, "/new")
    assert link_report.any_broken(checked) and not link_report.any_broken(
        checked[:1] if checked[0].result.outcome == link_client.OK else []
    )


def command(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    started = [sys.executable, "-c", "import sys; from compendium.cli import main; sys.exit(main())"]
    return subprocess.run([*started, "links", *arguments], cwd=project, capture_output=True, text=True, timeout=60)


@pytest.fixture
def cited(project: Path, host: Host) -> Path:
    """The made-up project, whose documents lie on the server."""
    (project / "analysis").mkdir()
    (project / "analysis/dodo.py").touch()
    for path in project.glob("data/*/documents.csv"), project.glob("data/cases/*/documents.csv"):
        for file in path:
            text = file.read_text(encoding="utf-8").replace(
                "https://example.org/made-up", at(host, f"/{file.parent.name}")
            )
            file.write_text(text, encoding="utf-8")
    return project


def test_the_command_asks_every_address_once(cited: Path, host: Host) -> None:
    host.routes["/bland"] = status(404)
    quick = ("--allow-private", "--delay", "0", "--timeout", "2")
    done = command(cited, *quick)
    assert done.returncode == 1, "an address is gone"
    assert "3 links: 0 checked within the last week, 3 to check now." in done.stdout
    assert "2 answers" in done.stdout and "1 gone" in done.stdout
    rows = list(csv.DictReader((cited / ".cache/links.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["documents"] for row in rows} == {"aland-d1;aland-d2", "bland-d1;bland-d2", "world-d1"}
    asked = len(host.seen)
    assert "0 to check now" in command(cited, *quick).stdout
    assert len(host.seen) == asked
    command(cited, *quick, "--again", "--case", "aland", "--report", str(cited / "own.csv"))
    assert host.pages()[-1] == ("HEAD", "/aland") and (cited / "own.csv").exists()


def test_the_command_asks_no_private_host_unless_told(cited: Path, host: Host) -> None:
    done = command(cited, "--delay", "0")
    assert done.returncode == 0
    assert "3 not asked: not a public web address" in done.stdout
    assert not host.seen


def test_an_unknown_case_is_told(cited: Path) -> None:
    done = command(cited, "--case", "nowhere")
    assert done.returncode == 2 and "There is no case 'nowhere'" in done.stderr
