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

_USER_AGENT = "compendium-links/0.1"
_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
_MAX_REDIRECTS = 10
MAX_ATTEMPTS = 3
_MAX_BODY_BYTES = 65_536
_MAX_ROBOTS_BYTES = 500_000
_MAX_WAIT_SECONDS = 60.0
"""Seconds; a host that wishes more time between requests is not asked, or not asked again, rather than too soon."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}
OK, MOVED, GONE, ACCESS_DENIED, HOST_ERROR, NO_ANSWER, ROBOTS_DISALLOWED, NOT_CHECKED = (
    "answers", "moved", "gone", "refuses", "fails", "silent", "robots.txt forbids", "not asked",
)  # fmt: skip
LINK_OUTCOMES = {
    OK: "the address answers",
    MOVED: "it leads to another address, which answers",
    GONE: "the host says that the page is not there (404, 410)",
    ACCESS_DENIED: "the host answers, but not to a program (401, 403, 405, 429, 451 …)",
    HOST_ERROR: "the host answers with a fault of its own (5xx), also when asked again",
    NO_ANSWER: "no answer: unknown name, no connection, no time, no valid certificate",
    ROBOTS_DISALLOWED: "robots.txt asks programs to stay away, so the page was not asked for",
    NOT_CHECKED: "no public web address: another kind of address, or a host of a private network",
}
_IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class UncheckableUrl(Exception):
    """Not to be asked; the message says why."""


class NoAnswer(Exception):
    """Nothing came back; the message says why."""


@dataclass(frozen=True)
class Politeness:
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
    allow_private : bool
        Whether hosts of private networks may be asked.
    """

    delay: float = 2.0
    timeout: float = 20.0
    backoff: float = 5.0
    contact: str = ""
    allow_private: bool = False

    @property
    def user_agent(self) -> str:
        """Who asks, as hosts are told."""
        about = f"; {self.contact}" if self.contact else ""
        return f"{_USER_AGENT} (checks whether addresses that a book cites still answer{about})"


@dataclass(frozen=True)
class HttpResponse:
    """What became of a request: status, headers in small letters, the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class LinkResult:
    """What is known of an address: one of :data:`LINK_OUTCOMES`, the status, where it leads, and a reason in words."""

    outcome: str
    status: int = 0
    final_url: str = ""
    reason: str = ""


@dataclass
class RateLimiter:
    """Keeps requests to one host apart, whoever sends them; ``stop_event`` ends all waiting."""

    politeness: Politeness
    stop_event: threading.Event = field(default_factory=threading.Event)
    host_locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    last_requests: dict[str, float] = field(default_factory=dict)

    def wait_for_turn(self, host: str, delay: float) -> None:
        """Wait until the host may be asked again."""
        with self.host_locks[host]:
            ready = self.last_requests.get(host, float("-inf")) + delay
            self.wait(ready - time.monotonic())
            self.last_requests[host] = time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait, unless all is stopped.

        Raises
        ------
        KeyboardInterrupt
            When it is.
        """
        if self.stop_event.wait(max(0.0, seconds)):
            raise KeyboardInterrupt


class LinkChecker:
    """Asks addresses one after the other, and remembers what robots.txt of each host says.

    Parameters
    ----------
    politeness : Manners
    rate_limiter : Pace
        Shared by all askers.
    resolve : callable
        Addresses of a host and port, as text.
    is_allowed_address : callable
        Whether an address may be asked.
    """

    def __init__(
        self,
        politeness: Politeness,
        rate_limiter: RateLimiter,
        resolve: Callable[[str, int], list[str]] | None = None,
        is_allowed_address: Callable[[str], bool] | None = None,
    ) -> None:
        self.politeness, self.rate_limiter = politeness, rate_limiter
        self.resolve = resolve or resolve_host
        self.is_allowed_address = is_allowed_address or (
            is_public if not politeness.allow_private else lambda address: True
        )
        self.robots_by_site: dict[str, Protego | None] = {}

    def check_url(self, url: str) -> LinkResult:
        """Whether an address answers, after all redirects; never raises for what hosts do."""
        seen: list[str] = []
        current = url
        try:
            while True:
                if current in seen or len(seen) > _MAX_REDIRECTS:
                    return LinkResult(
                        HOST_ERROR, reason="its redirects lead in a circle or do not end", final_url=current
                    )
                seen.append(current)
                split_url(current)
                if not self._is_allowed_by_robots(current):
                    return LinkResult(ROBOTS_DISALLOWED, final_url=current, reason="robots.txt of the host")
                answer = self._head_or_get(current)
                target = answer.headers.get("location", "")
                if answer.status not in (301, 302, 303, 307, 308) or not target:
                    return _result_for_status(answer.status, "" if current == url else current)
                current = redirect_url(current, target)
        except UncheckableUrl as fault:
            led = f"it leads to {current}: " if current != url else ""
            return LinkResult(NOT_CHECKED, final_url="" if current == url else current, reason=f"{led}{fault}")
        except NoAnswer as fault:
            return LinkResult(NO_ANSWER, final_url="" if current == url else current, reason=str(fault))

    def _is_allowed_by_robots(self, url: str) -> bool:
        """What robots.txt says; all is allowed without one, and nothing while the host fails to tell (RFC 9309)."""
        rules = self._site_robots(url)
        return (
            rules is not None
            and rules.can_fetch(url, self.politeness.user_agent)
            and float(rules.crawl_delay(self.politeness.user_agent) or 0) <= _MAX_WAIT_SECONDS
        )

    def _site_robots(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots_by_site:
            self.robots_by_site[site] = self._fetch_robots(f"{site}/robots.txt")
        return self.robots_by_site[site]

    def _fetch_robots(self, url: str) -> Protego | None:
        for _ in range(_MAX_REDIRECTS):
            answer = self._request_with_retries("GET", url, self.politeness.delay)
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
                url = redirect_url(url, answer.headers["location"])
                continue
            if answer.status >= 500 or answer.status == 429:
                return None
            return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status < 300 else "")
        return Protego.parse("")

    def _head_or_get(self, url: str) -> HttpResponse:
        """HEAD, and GET where a host does not do what HEAD asks."""
        rules = self._site_robots(url)
        wished = rules.crawl_delay(self.politeness.user_agent) if rules else None
        delay = max(self.politeness.delay, float(wished or 0))
        try:
            answer = self._request_with_retries("HEAD", url, delay, max_attempts=1)
        except NoAnswer:
            return self._request_with_retries("GET", url, delay)
        if answer.status < 400 or (pause := retry_after(answer.headers)) > _MAX_WAIT_SECONDS:
            return answer
        self.rate_limiter.wait(pause)
        return self._request_with_retries("GET", url, delay)

    def _request_with_retries(
        self, method: str, url: str, delay: float, max_attempts: int = MAX_ATTEMPTS
    ) -> HttpResponse:
        """Ask, and ask again where that may help."""
        for attempt in range(1, max_attempts + 1):
            self.rate_limiter.wait_for_turn(urlsplit(url).hostname or "", delay)
            try:
                answer = send_request(method, url, self.politeness, self.resolve, self.is_allowed_address)
            except NoAnswer:
                if attempt == max_attempts:
                    raise
                self.rate_limiter.wait(self.politeness.backoff * 2 ** (attempt - 1))
                continue
            pause = retry_after(answer.headers) or self.politeness.backoff * 2 ** (attempt - 1)
            if (
                attempt == max_attempts
                or pause > _MAX_WAIT_SECONDS
                or not (answer.status == 429 or answer.status >= 500)
            ):
                return answer
            self.rate_limiter.wait(pause)
        raise AssertionError("a last attempt returns or raises")


def _result_for_status(status: int, final_url: str) -> LinkResult:
    if status < 400:
        return LinkResult(MOVED if final_url else OK, status, final_url)
    outcome = GONE if status in (404, 410) else HOST_ERROR if status >= 500 else ACCESS_DENIED
    return LinkResult(outcome, status, final_url, http.client.responses.get(status, ""))


def retry_after(headers: dict[str, str]) -> float:
    """Seconds that a host asks to wait for; 0 when it does not."""
    said = headers.get("retry-after", "")
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return 0.0


def send_request(
    method: str,
    url: str,
    politeness: Politeness,
    resolve: Callable[[str, int], list[str]],
    is_allowed_address: Callable[[str], bool],
) -> HttpResponse:
    """One request to one checked address; no redirect is followed.

    Raises
    ------
    NotPublic
        When the address is none of the web, or the name has an address that may not be asked.
    NoAnswer
        When nothing comes back.
    """
    scheme, host, port, target = split_url(url)
    found = resolve(host, port)
    if inward := [address for address in found if not is_allowed_address(address)]:
        raise UncheckableUrl(f"{host} has the address {inward[0]}, which is not public")
    connection = PinnedConnection(scheme, host, port, found[0], politeness.timeout)
    headers = _REQUEST_HEADERS | {"User-Agent": politeness.user_agent}
    try:
        with Deadline(connection, 3 * politeness.timeout):
            connection.request(method, target, headers=headers)
            response = connection.getresponse()
            body = (
                response.read(_MAX_ROBOTS_BYTES if target == "/robots.txt" else _MAX_BODY_BYTES)
                if method == "GET"
                else b""
            )
            return HttpResponse(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    except ssl.SSLCertVerificationError as fault:
        raise NoAnswer(f"its certificate is not valid: {fault.verify_message}") from None
    except TimeoutError:
        raise NoAnswer(f"no answer within {politeness.timeout:g} seconds") from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NoAnswer(f"no connection, or no proper answer ({type(fault).__name__})") from None
    finally:
        connection.close()


def redirect_url(url: str, location: str) -> str:
    """Where a redirect leads, fit to be shown: what is no letter or sign is written as its number.

    Raises
    ------
    NotPublic
        When that is no address.
    """
    try:
        leads = urljoin(url, location)
    except ValueError:
        raise UncheckableUrl("it leads to no well-formed address") from None
    return "".join(each if each.isprintable() and each != " " else quote(each) for each in leads)


def split_url(url: str) -> tuple[str, str, int, str]:
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
        raise UncheckableUrl("it is no well-formed address") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise UncheckableUrl("it is no address of the kind http or https")
    if parts.username is not None or parts.password is not None:
        raise UncheckableUrl("it bears a user name, which is not told to anybody")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], urlunsplit(("", "", path, query, ""))


def resolve_host(host: str, port: int) -> list[str]:
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
        address: _IpAddress = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (address, *_embedded_addresses(address)))


def _embedded_addresses(address: _IpAddress) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


class PinnedConnection(http.client.HTTPConnection):
    """A connection to one address, whatever the name may mean a moment later; certificates are checked for the name."""

    def __init__(self, scheme: str, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.scheme, self.address = scheme, address
        self.default_port = _DEFAULT_PORTS[scheme]
        self.open_socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.open_socket = self.sock  # the response takes the socket along, and leaves none here


class Deadline:
    """Cuts a connection that drips: each step may be quick, and the whole without an end."""

    def __init__(self, connection: PinnedConnection, seconds: float) -> None:
        self.connection = connection
        self.is_expired = False
        self.timer = threading.Timer(seconds, self._shut_down)
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.timer.cancel()
        if self.is_expired:  # what was cut may look like a short answer
            raise TimeoutError

    def _shut_down(self) -> None:
        self.is_expired = True
        if self.connection.open_socket is not None:
            with suppress(OSError):
                self.connection.open_socket.shutdown(socket.SHUT_RDWR)
