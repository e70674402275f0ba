"""HTTP client for link checks: slow, polite, and restricted to public hosts.

A host name is resolved once per request, each of its IP addresses is checked, and the connection goes to a checked
address. Redirects are followed one by one under the same rules. So neither a host name nor a redirect can make this
client send requests to the local network.
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
"""A host that asks for a longer delay between requests is not checked, or not tried again."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}
OK, MOVED, GONE, ACCESS_DENIED, HOST_ERROR, NO_ANSWER, ROBOTS_DISALLOWED, NOT_CHECKED = (
    "answers", "moved", "gone", "refuses", "fails", "silent", "robots.txt forbids", "not asked",
)  # fmt: skip
LINK_OUTCOMES = {
    OK: "the page exists",
    MOVED: "redirected to another address, where the page exists",
    GONE: "the host reports that the page does not exist (404, 410)",
    ACCESS_DENIED: "the host denies access to programs (401, 403, 405, 429, 451 …)",
    HOST_ERROR: "the host reports an internal error (5xx) on every attempt, or its redirects do not end",
    NO_ANSWER: "no answer: unknown host, no connection, timeout, or invalid certificate",
    ROBOTS_DISALLOWED: "not requested, because robots.txt excludes programs",
    NOT_CHECKED: "not a public web address: not http or https, or a host of a private network",
}
"""Meaning of each outcome of a link check, as reports print it."""
_IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class UncheckableUrl(Exception):
    """A URL must not be requested; the message gives the reason."""


class NoAnswer(Exception):
    """A request got no valid response; the message gives the reason."""


@dataclass(frozen=True)
class Politeness:
    """Limits and identification of requests.

    Parameters
    ----------
    delay : float
        Minimum number of seconds between two requests to one host; robots.txt may ask for more.
    timeout : float
        Maximum number of seconds for one step of a request; a whole request may take three times as long.
    backoff : float
        Seconds before the second attempt of a request; doubled for each further attempt.
    contact : str
        Contact address of the user, sent to the hosts.
    allow_private : bool
        Whether hosts of private networks may be requested.
    """

    delay: float = 2.0
    timeout: float = 20.0
    backoff: float = 5.0
    contact: str = ""
    allow_private: bool = False

    @property
    def user_agent(self) -> str:
        """Value of the header User-Agent."""
        contact = f"; {self.contact}" if self.contact else ""
        return f"{_USER_AGENT} (checks the links of a book{contact})"


@dataclass(frozen=True)
class HttpResponse:
    """A response: its status, headers with names in lower case, and the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class LinkResult:
    """Result of a link check.

    Parameters
    ----------
    outcome : str
        A key of :data:`LINK_OUTCOMES`.
    status : int
        The HTTP status; 0 without a response.
    final_url : str
        The URL after all redirects; empty if there was no redirect.
    reason : str
        Why the link could not be confirmed, in words.
    """

    outcome: str
    status: int = 0
    final_url: str = ""
    reason: str = ""


@dataclass
class RateLimiter:
    """Minimum delay between requests to one host, shared by all threads; ``stop_event`` ends every wait."""

    politeness: Politeness
    stop_event: threading.Event = field(default_factory=threading.Event)
    host_locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    last_requests: dict[str, float] = field(default_factory=dict)

    def wait_for_turn(self, host: str, delay: float) -> None:
        """Wait until the host may get another request."""
        with self.host_locks[host]:
            next_request = self.last_requests.get(host, float("-inf")) + delay
            self.wait(next_request - time.monotonic())
            self.last_requests[host] = time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait for a number of seconds, or until ``stop_event`` is set.

        Raises
        ------
        KeyboardInterrupt
            If ``stop_event`` is set.
        """
        if self.stop_event.wait(max(0.0, seconds)):
            raise KeyboardInterrupt


class LinkChecker:
    """Check URLs one by one; the robots.txt of each site is requested once.

    Parameters
    ----------
    politeness : Politeness
    rate_limiter : RateLimiter
        Shared by all checkers.
    resolve : callable
        Returns the IP addresses of a host and port, as text; by default :func:`resolve_host`.
    is_allowed_address : callable
        Whether an IP address may be requested; by default :func:`is_public`.
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
        """Check a URL and follow its redirects; errors of hosts are results, not exceptions."""
        visited: list[str] = []
        current = url
        try:
            while True:
                if current in visited or len(visited) > _MAX_REDIRECTS:
                    return LinkResult(HOST_ERROR, reason="its redirects form a circle or do not end", final_url=current)
                visited.append(current)
                split_url(current)
                if not self._is_allowed_by_robots(current):
                    return LinkResult(ROBOTS_DISALLOWED, final_url=current, reason="robots.txt of the host")
                response = self._head_or_get(current)
                location = response.headers.get("location", "")
                if response.status not in (301, 302, 303, 307, 308) or not location:
                    return _result_for_status(response.status, "" if current == url else current)
                current = redirect_url(current, location)
        except UncheckableUrl as error:
            redirect = f"it redirects to {current}: " if current != url else ""
            return LinkResult(NOT_CHECKED, final_url="" if current == url else current, reason=f"{redirect}{error}")
        except NoAnswer as error:
            return LinkResult(NO_ANSWER, final_url="" if current == url else current, reason=str(error))

    def _is_allowed_by_robots(self, url: str) -> bool:
        """Whether robots.txt allows a URL: yes if there is none, no if it cannot be read (RFC 9309)."""
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
            response = self._request_with_retries("GET", url, self.politeness.delay)
            if response.status in (301, 302, 303, 307, 308) and response.headers.get("location"):
                url = redirect_url(url, response.headers["location"])
                continue
            if response.status >= 500 or response.status == 429:
                return None
            return Protego.parse(response.body.decode("utf-8", "replace") if response.status < 300 else "")
        return Protego.parse("")

    def _head_or_get(self, url: str) -> HttpResponse:
        """Send HEAD, then GET if the host does not answer HEAD properly."""
        rules = self._site_robots(url)
        crawl_delay = rules.crawl_delay(self.politeness.user_agent) if rules else None
        delay = max(self.politeness.delay, float(crawl_delay or 0))
        try:
            response = self._request_with_retries("HEAD", url, delay, max_attempts=1)
        except NoAnswer:
            return self._request_with_retries("GET", url, delay)
        if response.status < 400 or (pause := retry_after(response.headers)) > _MAX_WAIT_SECONDS:
            return response
        self.rate_limiter.wait(pause)
        return self._request_with_retries("GET", url, delay)

    def _request_with_retries(
        self, method: str, url: str, delay: float, max_attempts: int = MAX_ATTEMPTS
    ) -> HttpResponse:
        """Send a request, and repeat it after errors that may be temporary."""
        for attempt in range(1, max_attempts + 1):
            self.rate_limiter.wait_for_turn(urlsplit(url).hostname or "", delay)
            try:
                response = send_request(method, url, self.politeness, self.resolve, self.is_allowed_address)
            except NoAnswer:
                if attempt == max_attempts:
                    raise
                self.rate_limiter.wait(self.politeness.backoff * 2 ** (attempt - 1))
                continue
            pause = retry_after(response.headers) or self.politeness.backoff * 2 ** (attempt - 1)
            if (
                attempt == max_attempts
                or pause > _MAX_WAIT_SECONDS
                or not (response.status == 429 or response.status >= 500)
            ):
                return response
            self.rate_limiter.wait(pause)
        raise AssertionError("the last attempt returns or raises")


def _result_for_status(status: int, final_url: str) -> LinkResult:
    if status < 400:
        return LinkResult(MOVED if final_url else OK, status, final_url)
    outcome = GONE if status in (404, 410) else HOST_ERROR if status >= 500 else ACCESS_DENIED
    return LinkResult(outcome, status, final_url, http.client.responses.get(status, ""))


def retry_after(headers: dict[str, str]) -> float:
    """Seconds to wait according to the header Retry-After; 0 without a valid one.

    Examples
    --------
    >>> retry_after({"retry-after": "30"})
    30.0
    >>> retry_after({"retry-after": "soon"})
    0.0
    """
    value = headers.get("retry-after", "")
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0


def send_request(
    method: str,
    url: str,
    politeness: Politeness,
    resolve: Callable[[str, int], list[str]],
    is_allowed_address: Callable[[str], bool],
) -> HttpResponse:
    """Send one request to a checked IP address, without following redirects.

    Raises
    ------
    UncheckableUrl
        If the URL is not a web address, or the host has an IP address that may not be requested.
    NoAnswer
        If there is no valid response.
    """
    scheme, host, port, target = split_url(url)
    addresses = resolve(host, port)
    if forbidden := [address for address in addresses if not is_allowed_address(address)]:
        raise UncheckableUrl(f"{host} has the IP address {forbidden[0]}, which is not public")
    connection = PinnedConnection(scheme, host, port, addresses[0], politeness.timeout)
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
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(f"invalid certificate: {error.verify_message}") from None
    except TimeoutError:
        raise NoAnswer(f"no answer within {politeness.timeout:g} seconds") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"no connection, or an invalid response ({type(error).__name__})") from None
    finally:
        connection.close()


def redirect_url(url: str, location: str) -> str:
    """Absolute URL of a redirect; characters that cannot be printed are percent-encoded.

    Raises
    ------
    UncheckableUrl
        If the location is not a valid address.

    Examples
    --------
    >>> redirect_url("https://example.org/old/page", "../new page")
    'https://example.org/new%20page'
    """
    try:
        target = urljoin(url, location)
    except ValueError:
        raise UncheckableUrl("it redirects to an invalid address") from None
    return "".join(char if char.isprintable() and char != " " else quote(char) for char in target)


def split_url(url: str) -> tuple[str, str, int, str]:
    """Split a web address into scheme, host, port and target (path and query as sent).

    Raises
    ------
    UncheckableUrl
        If it is not a web address, or contains a user name or password.

    Examples
    --------
    >>> split_url("https://example.org/page?id=1")
    ('https', 'example.org', 443, '/page?id=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise UncheckableUrl("it is not a valid address") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise UncheckableUrl("it is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise UncheckableUrl("it contains a user name, which must not be sent")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], urlunsplit(("", "", path, query, ""))


def resolve_host(host: str, port: int) -> list[str]:
    """IP addresses of a host name.

    Raises
    ------
    NoAnswer
        If the name is unknown.
    """
    try:
        records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer(f"unknown host name {host}") from None
    return list(dict.fromkeys(str(record[4][0]) for record in records))


def is_public(text: str) -> bool:
    """Whether an IP address, and each IPv4 address embedded in it, is on the public internet.

    Examples
    --------
    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    try:
        address: _IpAddress = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in (address, *_embedded_addresses(address)))


def _embedded_addresses(address: _IpAddress) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [ipv4 for ipv4 in embedded if ipv4 is not None]


class PinnedConnection(http.client.HTTPConnection):
    """Connection to a checked IP address; certificates are verified against the host name.

    The name is not resolved again, because a second lookup could give an IP address that was not checked.
    """

    def __init__(self, scheme: str, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.scheme, self.address = scheme, address
        self.default_port = _DEFAULT_PORTS[scheme]
        self.open_socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the checked IP address."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.open_socket = self.sock  # http.client sets self.sock to None while a response is read


class Deadline:
    """Time limit of a whole request, for hosts that send single bytes within the timeout of each step."""

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
        if self.is_expired:  # the response may look complete although it was cut off
            raise TimeoutError

    def _shut_down(self) -> None:
        self.is_expired = True
        if self.connection.open_socket is not None:
            with suppress(OSError):
                self.connection.open_socket.shutdown(socket.SHUT_RDWR)
