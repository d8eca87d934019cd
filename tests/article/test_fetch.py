import asyncio
import gzip
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from newslens.article import fetch
from newslens.article.fetch import Fetched, fetch_page
from newslens.errors import InputError

LOOPBACK = r"127\.0\.0\.1"
PAGE = "<html><body><p>A story – naïve.</p></body></html>".encode()

# The server's side of one exchange.
Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(body: bytes = PAGE, status: int = 200, **headers: str) -> Answer:
    def give(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in ({"Content_Type": "text/html"} | headers).items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return give


def redirect(location: str, status: int = 302) -> Answer:
    return answer(b"", status, Location=location)


def drip(request: BaseHTTPRequestHandler) -> None:
    """One byte after the other, for ever."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    trickle(request, b"a")


def drip_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    trickle(request, b"a")


def trickle(request: BaseHTTPRequestHandler, piece: bytes) -> None:
    gone = threading.Event()
    try:
        while not gone.wait(0.02):
            request.wfile.write(piece)
    except OSError:
        gone.set()


@dataclass
class Site:
    """A real server on the loopback interface."""

    server: ThreadingHTTPServer
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def at(self, path: str, page: Answer, host: str = "127.0.0.1", scheme: str = "http") -> str:
        self.pages[path] = page
        return f"{scheme}://{host}:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append((self.path, dict(self.headers)))
            here.pages[self.path](self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The addresses of host names, as this machine's resolver would give them."""
    table: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        return [found for place in table.get(host, [host]) for found in real(place, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table


# A key and a certificate for news.example, 2020 to 2120, made for this test and used nowhere else.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7gHEZToducKHmH5T
DbnhnnYYZd8vdAPB9l9IdiyF0eKhRANCAASI0RmE2QUxvNgn7qQIQLBxVpTFsyJL
y7QuFwFdOI099gaYn13k87ahaTq8d65m6xnidPWpZfARKd3KQW0g9QuQ
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBajCCARCgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxuZXdzLmV4
YW1wbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMMDG5ld3MuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIjRGYTZ
BTG82CfupAhAsHFWlMWzIkvLtC4XAV04jT32BpifXeTztqFpOrx3rmbrGeJ09all
8BEp3cpBbSD1C5CjSzBJMBcGA1UdEQQQMA6CDG5ld3MuZXhhbXBsZTAPBgNVHRMB
Af8EBTADAQH/MB0GA1UdDgQWBBR7nTV8Wpc9qPmDroSLQF7b2vXNojAKBggqhkjO
PQQDAgNIADBFAiBXEdz3eikGtpWQqgoM7d+5ID52KY1ThynbfGqIjkG1CwIhAMzE
78BA0AlHRjf5o/6aeNwTrgeMKzQIOHjYYdckQt/3
-----END CERTIFICATE-----
"""


@pytest.fixture
def secure(site: Site, tmp_path: Path) -> Path:
    """Let the site speak TLS; the file of its certificate."""
    path = tmp_path / "news.pem"
    path.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    return path


def stopped_at(address: str) -> pytest.RaisesGroup[RuntimeError]:
    """The test's network guard, which names the address of the connection that it stopped."""
    guard = pytest.RaisesExc(RuntimeError, match=re.escape(f"Network is disabled for host '{address}'"))
    return pytest.RaisesGroup(guard, flatten_subgroups=True)


loopback = pytest.mark.block_network(allowed_hosts=[LOOPBACK])


@loopback
def test_a_page_comes_with_its_address_type_and_charset(site: Site) -> None:
    url = site.at("/a?b=c", answer(Content_Type="Text/HTML; charset=ISO-8859-1"))
    assert fetch_page(url, allow_private=True) == Fetched(url, PAGE, "iso-8859-1", "text/html")
    assert "story" not in repr(fetch_page(url, allow_private=True))


@loopback
def test_we_say_who_we_are_and_send_nothing_else_of_the_user(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # a proxy would look the name up itself
    first = site.at("/first", answer(b"", 302, Location="/second", Set_Cookie="id=1"))
    site.at("/second", answer())
    fetch_page(first, allow_private=True)
    for _, headers in site.asked:
        headers.pop("Accept")
        headers.pop("Connection")
        assert headers == {
            "Host": f"127.0.0.1:{site.port}",
            "User-Agent": fetch.USER_AGENT,
            "Accept-Encoding": "gzip, deflate",
        }


@loopback
def test_redirects_are_followed(site: Site) -> None:
    end = site.at("/end", answer())
    for status in (301, 308):
        assert fetch_page(site.at("/start", redirect("/end", status)), allow_private=True).url == end


@loopback
def test_redirects_end(site: Site) -> None:
    url = site.at("/loop", redirect("/loop"))
    with pytest.raises(InputError, match="/loop redirects more than 5 times"):
        fetch_page(url, allow_private=True)
    assert len(site.asked) == 6


@loopback
def test_the_connection_goes_to_the_address_that_was_checked(site: Site, names: dict[str, list[str]]) -> None:
    names["news.example"] = ["127.0.0.1"]
    found = fetch_page(site.at("/a", answer(), host="news.example"), allow_private=True)
    assert found.url == f"http://news.example:{site.port}/a"
    assert site.asked[0][1]["Host"] == f"news.example:{site.port}"


@loopback
def test_a_name_is_looked_up_once_so_that_it_cannot_change(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebinding name server gives a public address to the check and a private one to the connection."""
    real, asked = socket.getaddrinfo, []

    def rebind(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        asked.append(host)
        return real("203.0.114.7" if len(asked) == 1 else "127.0.0.1", port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    with stopped_at("203.0.114.7"):
        fetch_page(site.at("/a", answer(), host="rebind.example"))
    assert asked == ["rebind.example"]
    assert site.asked == []


@pytest.mark.block_network(allowed_hosts=[LOOPBACK, "::1"])
def test_the_next_address_is_tried_when_one_does_not_answer(site: Site, names: dict[str, list[str]]) -> None:
    names["two.example"] = ["::1", "127.0.0.1"]
    assert fetch_page(site.at("/a", answer(), host="two.example"), allow_private=True).body == PAGE


@loopback
def test_a_host_that_does_not_answer_is_an_input_error(names: dict[str, list[str]]) -> None:
    names["down.example"] = ["127.0.0.1"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        with pytest.raises(InputError, match=r"http://down\.example:.* cannot be read: "):
            fetch_page(f"http://down.example:{taken.getsockname()[1]}/", allow_private=True)


@loopback
def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    site: Site, secure: Path, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names |= {"news.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    monkeypatch.setenv("SSL_CERT_FILE", str(secure))
    assert fetch_page(site.at("/a", answer(), "news.example", "https"), allow_private=True).body == PAGE
    with pytest.raises(InputError, match="certificate verify failed: Hostname mismatch"):
        fetch_page(site.at("/a", answer(), "other.example", "https"), allow_private=True)


@loopback
def test_a_certificate_that_nobody_vouches_for_is_refused(
    site: Site, secure: Path, names: dict[str, list[str]]
) -> None:
    assert secure.exists()
    names["news.example"] = ["127.0.0.1"]
    with pytest.raises(InputError, match="certificate verify failed: self"):
        fetch_page(site.at("/a", answer(), "news.example", "https"), allow_private=True)
    assert site.asked == []


PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


def test_addresses_that_are_not_public_are_told_from_those_that_are() -> None:
    public = ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"]
    assert [address for address in (*PRIVATE, *public) if fetch.is_public(address)] == public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "inside.example", "2130706433", "0x7f.1", "017700000001", "127。0。0。1"]
)
def test_a_host_in_a_private_network_is_refused(host: str, names: dict[str, list[str]]) -> None:
    names["inside.example"] = ["93.184.215.14", "10.1.2.3"]
    with pytest.raises(InputError, match=r"is at .*, which is not a public address\. Pass allow_private=True only"):
        fetch_page(f"http://{host}/latest/meta-data")


def test_a_public_address_is_connected_to(names: dict[str, list[str]]) -> None:
    names["public.example"] = ["93.184.215.14"]
    with stopped_at("93.184.215.14"):
        fetch_page("http://public.example/")


@loopback
@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/in", "http://inside.example/in", "//127.0.0.1:{port}/in"])
def test_a_redirect_into_the_private_network_is_refused(
    target: str, site: Site, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server counts as public here; the rule for every other address is the real one."""
    names |= {"public.example": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}
    real, checked = fetch.is_public, []

    def public(address: str) -> bool:
        checked.append(address)
        return len(checked) == 1 or real(address)

    monkeypatch.setattr(fetch, "is_public", public)
    site.pages["/in"] = answer()
    url = site.at("/out", redirect(target.format(port=site.port)), host="public.example")
    with pytest.raises(InputError, match="not a public address"):
        fetch_page(url)
    assert [path for path, _ in site.asked] == ["/out"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://a.example/", "Only http:// and https:// addresses are fetched, not 'ftp'"),
        ("file:///etc/passwd", "Only http"),
        ("javascript:alert(1)", "Only http"),
        ("a.example/story", "not 'a bare name'"),
        ("http:///story", "names no host"),
        ("", "Only http"),
        ("http://me:secret@a.example/", "The address of a.example holds a user name or password"),
        ("http://me@a.example/", "holds a user name"),
        ("http://a.example:99999/", "There is no port 99999"),
        ("http://a.example:port/", "not a URL"),
        ("http://a\n.example/", "not a URL"),
        ("http://" + "a" * 100_000, "not a URL"),
        ("http://" + "a" * 70 + ".example/", "has no address"),
        ("http://0177.0.0.1/", "not a URL"),
    ],
)
def test_only_plain_web_addresses_are_fetched(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        fetch_page(url)
    assert "secret" not in str(caught.value)


@loopback
def test_a_redirect_to_another_scheme_is_refused(site: Site) -> None:
    with pytest.raises(InputError, match="not 'file'"):
        fetch_page(site.at("/a", redirect("file:///etc/passwd")), allow_private=True)
    with pytest.raises(InputError, match="not a URL"):
        fetch_page(site.at("/b", redirect("http://a:b:c/")), allow_private=True)


def test_a_name_that_nobody_knows_is_an_input_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match=r"'no\.example' has no address\. Check the spelling"):
        fetch_page("https://no.example/")


@loopback
@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "answered 401. The page needs a login"),
        (404, "There is no such page"),
        (429, "Wait, then try again"),
        (304, "answered 304"),
        (500, "answered 500. Check the address, or try again later"),
    ],
)
def test_a_refusal_says_the_status_and_what_to_do(status: int, message: str, site: Site) -> None:
    url = site.at("/a?token=secret", answer(b"" if status == 304 else b"no", status))
    with pytest.raises(InputError, match=message) as caught:
        fetch_page(url, allow_private=True)
    assert "secret" not in str(caught.value)


@loopback
@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream", "video/mp4; x=y"])
def test_what_is_no_page_is_refused_by_its_type(kind: str, site: Site) -> None:
    with pytest.raises(InputError, match=f"is '{kind.partition(';')[0]}', not a page"):
        fetch_page(site.at("/a", answer(Content_Type=kind)), allow_private=True)


@loopback
@pytest.mark.parametrize("kind", ["text/plain", "application/xhtml+xml", "application/json", ""])
def test_text_and_json_are_let_through(kind: str, site: Site) -> None:
    assert fetch_page(site.at("/a", answer(Content_Type=kind)), allow_private=True).content_type == kind


@loopback
def test_a_compressed_page_is_unpacked(site: Site) -> None:
    url = site.at("/a", answer(gzip.compress(PAGE), Content_Encoding="gzip"))
    assert fetch_page(url, allow_private=True).body == PAGE


@loopback
@pytest.mark.parametrize(
    ("page", "message"),
    [
        (answer(b"a" * 10_001), "over 10,000 bytes"),
        (answer(gzip.compress(b"a" * 100_000_000, 1), Content_Encoding="gzip"), "over 10,000 bytes"),
        (answer(gzip.compress(gzip.compress(PAGE)), Content_Encoding="gzip, gzip"), "not asked for"),
        (answer(PAGE, Content_Encoding="br"), "not asked for"),
        (answer(PAGE, Content_Encoding="gzip"), "cannot be read: "),
    ],
    ids=["long", "bomb", "twice", "other", "broken"],
)
def test_the_limit_counts_unpacked_bytes(page: Answer, message: str, site: Site) -> None:
    with pytest.raises(InputError, match=message):
        fetch_page(site.at("/a", page), allow_private=True, max_bytes=10_000)


@loopback
def test_the_limit_itself_is_allowed(site: Site) -> None:
    assert len(fetch_page(site.at("/a", answer(b"a" * 10_000)), allow_private=True, max_bytes=10_000).body) == 10_000


@loopback
@pytest.mark.parametrize("page", [drip, drip_headers])
def test_a_server_that_drips_is_left_in_time(page: Answer, site: Site) -> None:
    with pytest.raises(InputError, match=r"/a did not arrive within 0\.3 s"):
        fetch_page(site.at("/a", page), allow_private=True, timeout_s=0.3)


def test_a_name_server_that_does_not_answer_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait())
    try:
        with pytest.raises(InputError, match=r"did not arrive within 0\.1 s"):
            fetch_page("http://slow.example/", timeout_s=0.1)
    finally:
        end.set()


async def _in_a_loop(url: str) -> Fetched:
    return fetch_page(url, allow_private=True)


@loopback
def test_it_works_inside_a_running_event_loop_as_in_a_notebook(site: Site) -> None:
    assert asyncio.run(_in_a_loop(site.at("/a", answer()))).body == PAGE
