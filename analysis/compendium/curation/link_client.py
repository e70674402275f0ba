"""Asks whether the public addresses of documents still answer: slowly, politely, and nobody but public hosts.

Every step is taken in the open: a name is resolved, each address that it has is checked, and the connection goes to the
checked address and nowhere else. Redirects are followed one by one under the same rules. So neither a name that points
inwards nor a redirect can make this machine talk to its own network.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from protego import Protego

AGENT = "compendium-links/0.1"
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
REDIRECTS = 10
TRIES = 3
BODY = 65_536
ROBOTS = 500_000
LONGEST_WAIT = 60.0
"""Seconds; a host that wishes more time between requests is not asked, or not asked again, rather than too soon."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}
OK, MOVED, GONE, REFUSED, FAILING, SILENT, FORBIDDEN, NOT_ASKED = (
    "answers", "moved", "gone", "refuses", "fails", "silent", "robots.txt forbids", "not asked",
)  # fmt: skip
OUTCOMES = {
    OK: "the address answers",
    MOVED: "it leads to another address, which answers",
    GONE: "the host says that the page is not there (404, 410)",
    REFUSED: "the host answers, but not to a program (401, 403, 405, 429, 451 …)",
    FAILING: "the host answers with a fault of its own (5xx), also when asked again",
    SILENT: "no answer: unknown name, no connection, no time, no valid certificate",
    FORBIDDEN: "robots.txt asks programs to stay away, so the page was not asked for",
    NOT_ASKED: "no public web address: another kind of address, or a host of a private network",
}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotPublic(Exception):
    """Not to be asked; the message says why."""


class NoAnswer(Exception):
    """Nothing came back; the message says why."""


@dataclass(frozen=True)
class Manners:
    """How to ask.

    Parameters
    ----------
    delay : float
        Seconds between two requests to one host, at least; robots.txt may ask for more.
    timeout : float
        Seconds that one step of a request may take; the whole request has three times as many.
    backoff : float
        Seconds before a request is tried again; doubled each time.
    contact : str
        Address of whoever asks, told to the hosts.
    private : bool
        Whether hosts of private networks may be asked.
    """

    delay: float = 2.0
    timeout: float = 20.0
    backoff: float = 5.0
    contact: str = ""
    private: bool = False

    @property
    def agent(self) -> str:
        """Who asks, as hosts are told."""
        about = f"; {self.contact}" if self.contact else ""
        return f"{AGENT} (checks whether addresses that a book cites still answer{about})"


@dataclass(frozen=True)
class Answer:
    """What became of a request: status, headers in small letters, the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Found:
    """What is known of an address: one of :data:`OUTCOMES`, the status, where it leads, and a reason in words."""

    outcome: str
    status: int = 0
    final: str = ""
    reason: str = ""


@dataclass
class Pace:
    """Keeps requests to one host apart, whoever sends them; ``stopped`` ends all waiting."""

    manners: Manners
    stopped: threading.Event = field(default_factory=threading.Event)
    locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    last: dict[str, float] = field(default_factory=dict)

    def turn(self, host: str, delay: float) -> None:
        """Wait until the host may be asked again."""
        with self.locks[host]:
            ready = self.last.get(host, float("-inf")) + delay
            self.wait(ready - time.monotonic())
            self.last[host] = time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait, unless all is stopped.

        Raises
        ------
        KeyboardInterrupt
            When it is.
        """
        if self.stopped.wait(max(0.0, seconds)):
            raise KeyboardInterrupt


class Asker:
    """Asks addresses one after the other, and remembers what robots.txt of each host says.

    Parameters
    ----------
    manners : Manners
    pace : Pace
        Shared by all askers.
    resolve : callable
        Addresses of a host and port, as text.
    public : callable
        Whether an address may be asked.
    """

    def __init__(
        self,
        manners: Manners,
        pace: Pace,
        resolve: Callable[[str, int], list[str]] | None = None,
        public: Callable[[str], bool] | None = None,
    ) -> None:
        self.manners, self.pace = manners, pace
        self.resolve = resolve or addresses
        self.public = public or (is_public if not manners.private else lambda address: True)
        self.robots: dict[str, Protego | None] = {}

    def ask(self, url: str) -> Found:
        """Whether an address answers, after all redirects; never raises for what hosts do."""
        seen: list[str] = []
        current = url
        try:
            while True:
                if current in seen or len(seen) > REDIRECTS:
                    return Found(FAILING, reason="its redirects lead in a circle or do not end", final=current)
                seen.append(current)
                parted(current)
                if not self._allowed(current):
                    return Found(FORBIDDEN, final=current, reason="robots.txt of the host")
                answer = self._patiently(current)
                target = answer.headers.get("location", "")
                if answer.status not in (301, 302, 303, 307, 308) or not target:
                    return _told(answer.status, "" if current == url else current)
                current = joined(current, target)
        except NotPublic as fault:
            led = f"it leads to {current}: " if current != url else ""
            return Found(NOT_ASKED, final="" if current == url else current, reason=f"{led}{fault}")
        except NoAnswer as fault:
            return Found(SILENT, final="" if current == url else current, reason=str(fault))

    def _allowed(self, url: str) -> bool:
        """What robots.txt says; all is allowed without one, and nothing while the host fails to tell (RFC 9309)."""
        rules = self._rules(url)
        return (
            rules is not None
            and rules.can_fetch(url, self.manners.agent)
            and float(rules.crawl_delay(self.manners.agent) or 0) <= LONGEST_WAIT
        )

    def _rules(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots:
            self.robots[site] = self._fetched(f"{site}/robots.txt")
        return self.robots[site]

    def _fetched(self, url: str) -> Protego | None:
        for _ in range(REDIRECTS):
            answer = self._tried("GET", url, self.manners.delay)
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
                url = joined(url, answer.headers["location"])
                continue
            if answer.status >= 500 or answer.status == 429:
                return None
            return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status < 300 else "")
        return Protego.parse("")

    def _patiently(self, url: str) -> Answer:
        """HEAD, and GET where a host does not do what HEAD asks."""
        rules = self._rules(url)
        wished = rules.crawl_delay(self.manners.agent) if rules else None
        delay = max(self.manners.delay, float(wished or 0))
        try:
            answer = self._tried("HEAD", url, delay, tries=1)
        except NoAnswer:
            return self._tried("GET", url, delay)
        if answer.status < 400 or (pause := retry_after(answer.headers)) > LONGEST_WAIT:
            return answer
        self.pace.wait(pause)
        return self._tried("GET", url, delay)

    def _tried(self, method: str, url: str, delay: float, tries: int = TRIES) -> Answer:
        """Ask, and ask again where that may help."""
        for attempt in range(1, tries + 1):
            self.pace.turn(urlsplit(url).hostname or "", delay)
            try:
                answer = request(method, url, self.manners, self.resolve, self.public)
            except NoAnswer:
                if attempt == tries:
                    raise
                self.pace.wait(self.manners.backoff * 2 ** (attempt - 1))
                continue
            pause = retry_after(answer.headers) or self.manners.backoff * 2 ** (attempt - 1)
            if attempt == tries or pause > LONGEST_WAIT or not (answer.status == 429 or answer.status >= 500):
                return answer
            self.pace.wait(pause)
        raise AssertionError("a last attempt returns or raises")


def _told(status: int, final: str) -> Found:
    if status < 400:
        return Found(MOVED if final else OK, status, final)
    outcome = GONE if status in (404, 410) else FAILING if status >= 500 else REFUSED
    return Found(outcome, status, final, http.client.responses.get(status, ""))


def retry_after(headers: dict[str, str]) -> float:
    """Seconds that a host asks to wait for; 0 when it does not."""
    said = headers.get("retry-after", "")
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return 0.0


def request(
    method: str,
    url: str,
    manners: Manners,
    resolve: Callable[[str, int], list[str]],
    public: Callable[[str], bool],
) -> Answer:
    """One request to one checked address; no redirect is followed.

    Raises
    ------
    NotPublic
        When the address is none of the web, or the name has an address that may not be asked.
    NoAnswer
        When nothing comes back.
    """
    scheme, host, port, target = parted(url)
    found = resolve(host, port)
    if inward := [address for address in found if not public(address)]:
        raise NotPublic(f"{host} has the address {inward[0]}, which is not public")
    connection = Pinned(scheme, host, port, found[0], manners.timeout)
    headers = HEADERS | {"User-Agent": manners.agent}
    try:
        with Deadline(connection, 3 * manners.timeout):
            connection.request(method, target, headers=headers)
            response = connection.getresponse()
            body = response.read(ROBOTS if target == "/robots.txt" else BODY) if method == "GET" else b""
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    except ssl.SSLCertVerificationError as fault:
        raise NoAnswer(f"its certificate is not valid: {fault.verify_message}") from None
    except TimeoutError:
        raise NoAnswer(f"no answer within {manners.timeout:g} seconds") from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NoAnswer(f"no connection, or no proper answer ({type(fault).__name__})") from None
    finally:
        connection.close()


def joined(url: str, target: str) -> str:
    """Where a redirect leads, fit to be shown: what is no letter or sign is written as its number.

    Raises
    ------
    NotPublic
        When that is no address.
    """
    try:
        leads = urljoin(url, target)
    except ValueError:
        raise NotPublic("it leads to no well-formed address") from None
    return "".join(each if each.isprintable() and each != " " else quote(each) for each in leads)


def parted(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and target (path and query, as sent) of a web address.

    Raises
    ------
    NotPublic
        When it is none, or bears a name and password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise NotPublic("it is no well-formed address") from None
    if parts.scheme not in PORTS or not host:
        raise NotPublic("it is no address of the kind http or https")
    if parts.username is not None or parts.password is not None:
        raise NotPublic("it bears a user name, which is not told to anybody")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return parts.scheme, host, port or PORTS[parts.scheme], urlunsplit(("", "", path, query, ""))


def addresses(host: str, port: int) -> list[str]:
    """Every address that a name has.

    Raises
    ------
    NoAnswer
        When it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer(f"the name {host} is not known") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, also the one that is packed into another."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (address, *_packed(address)))


def _packed(address: Address) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


class Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name may mean a moment later; certificates are checked for the name."""

    def __init__(self, scheme: str, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.scheme, self.address = scheme, address
        self.default_port = PORTS[scheme]
        self.open: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.open = self.sock  # the response takes the socket along, and leaves none here


class Deadline:
    """Cuts a connection that drips: each step may be quick, and the whole without an end."""

    def __init__(self, connection: Pinned, seconds: float) -> None:
        self.connection = connection
        self.passed = False
        self.timer = threading.Timer(seconds, self._cut)
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.timer.cancel()
        if self.passed:  # what was cut may look like a short answer
            raise TimeoutError

    def _cut(self) -> None:
        self.passed = True
        if self.connection.open is not None:
            with suppress(OSError):
                self.connection.open.shutdown(socket.SHUT_RDWR)
