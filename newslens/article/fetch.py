"""Fetch one page from the public web."""

import socket
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import anyio
import anyio.from_thread
import anyio.to_thread

from newslens.errors import InputError

if TYPE_CHECKING:
    import httpx2

USER_AGENT = "newslens-kit (one article, asked for by its reader)"
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/json", "application/ld+json")
_ENCODINGS = ("", "identity", "gzip", "deflate")  # nested encodings are a decompression bomb
_MAX_REDIRECTS = 5
_NAT64 = IPv6Network("64:ff9b::/96")
_WALLED = "The page needs a login or payment, or the site refuses programs. Save it from a browser and use from_file."
_GONE = "There is no such page. Check the address, or look for it in a web archive."
_ADVICE = {401: _WALLED, 402: _WALLED, 403: _WALLED, 404: _GONE, 410: _GONE, 429: "Wait, then try again."}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page, decompressed and undecoded, with its address after redirects and the parts of its Content-Type."""

    url: str
    body: bytes = field(repr=False)
    charset: str | None
    content_type: str


def fetch_page(url: str, *, allow_private: bool = False, timeout_s: float = 20, max_bytes: int = 10_000_000) -> Fetched:
    """Fetch one page by HTTP or HTTPS; also works inside a running event loop.

    Each host is resolved once, its addresses are checked, and the connection goes to a checked address, so that no
    server can redirect us into a private network. Proxies, cookies and `.netrc` are not used.

    Args:
        url: address of the page, without user name and password.
        allow_private: also connect to addresses that are not public.
        timeout_s: seconds for everything together, redirects and name look-ups included.
        max_bytes: size limit of the decompressed page.

    Raises:
        InputError: the page cannot be fetched; the message says why, and what to do.
    """

    async def follow() -> Fetched:
        first = at = _parse_url(url)
        try:
            with anyio.fail_after(timeout_s):
                for _ in range(_MAX_REDIRECTS + 1):
                    answer = await _request(at, await _resolve(at, allow_private=allow_private), max_bytes)
                    if isinstance(answer, Fetched):
                        return answer
                    at = _parse_url(answer, base=at)
        except TimeoutError as late:
            raise InputError(f"{_shown(first)} did not arrive within {timeout_s:g} s. Try again later.") from late
        raise InputError(f"{_shown(first)} redirects more than {_MAX_REDIRECTS} times. Give the last address.")

    with anyio.from_thread.start_blocking_portal() as portal:  # its own loop, which Ctrl-C cancels
        return portal.call(follow)


def _parse_url(url: str, *, base: "httpx2.URL | None" = None) -> "httpx2.URL":
    import httpx2

    try:
        at = base.join(url) if base else httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as wrong:  # UnicodeError: a lone surrogate
        raise InputError(f"This is not a URL: {wrong}.") from wrong
    if at.scheme not in ("http", "https"):
        raise InputError(f"Only http:// and https:// addresses are fetched, not {at.scheme or 'a bare name'!r}.")
    if not at.host:
        raise InputError("The address names no host. Give all of it: https://host/page.")
    if at.port is not None and not 0 < at.port < 65_536:  # noqa: PLR2004 - two bytes
        raise InputError(f"There is no port {at.port}.")
    if at.userinfo:
        raise InputError(f"The address of {at.host} holds a user name or password. Give it without.")
    return at


def _shown(at: "httpx2.URL") -> str:
    """The address for a message: without the query, which can hold a token."""
    return f"{at.scheme}://{at.netloc.decode()}{at.path}"


async def _resolve(at: "httpx2.URL", *, allow_private: bool) -> list[str]:
    host, port = at.raw_host.decode("ascii"), at.port or (443 if at.scheme == "https" else 80)
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = await anyio.to_thread.run_sync(look_up, abandon_on_cancel=True)
    except (OSError, UnicodeError) as unknown:
        raise InputError(f"The host {at.host!r} has no address. Check the spelling and the network.") from unknown
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
    for address in addresses:
        if not (allow_private or is_public(address)):
            raise InputError(
                f"The host {at.host!r} is at {address}, which is not a public address. "
                "Pass allow_private=True only for a server of your own."
            )
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    place = ip_address(address.partition("%")[0])
    if isinstance(place, IPv6Address) and place in _NAT64:
        place = IPv4Address(int(place) & 0xFFFF_FFFF)  # what the gateway will connect to
    if isinstance(place, IPv6Address) and (place.sixtofour or place.is_site_local):
        return False
    return place.is_global and not (place.is_multicast or place.is_reserved)


async def _request(at: "httpx2.URL", addresses: list[str], max_bytes: int) -> Fetched | str:
    """The page, or where it has moved to; the next address is tried where one does not connect."""
    import httpx2

    try:
        for address in addresses[:-1]:  # a host with IPv6 and IPv4, a network with one of them
            try:
                return await _request_at(address, at, max_bytes)
            except httpx2.ConnectError:
                continue
        return await _request_at(addresses[-1], at, max_bytes)
    except httpx2.HTTPError as failed:
        reason = str(failed) or type(failed).__name__
        raise InputError(f"{_shown(at)} cannot be read: {reason}. Check the address, or try again later.") from failed


async def _request_at(address: str, at: "httpx2.URL", max_bytes: int) -> Fetched | str:
    import httpx2

    headers = {"Host": at.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"}
    server = {"sni_hostname": at.raw_host.decode("ascii")}  # the certificate is checked against the name
    # One client per request: a kept connection to an address would be reused for another host at it.
    async with (
        httpx2.AsyncClient(verify=httpx2.create_ssl_context(), trust_env=False, timeout=None) as client,
        client.stream("GET", at.copy_with(host=address), headers=headers, extensions=server) as response,
    ):
        if response.has_redirect_location:
            return str(response.headers["location"])
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not response.is_success:
            advice = _ADVICE.get(response.status_code, "Check the address, or try again later.")
            raise InputError(f"{_shown(at)} answered {response.status_code}. {advice}")
        if kind and kind not in _TYPES:
            raise InputError(f"{_shown(at)} is {kind!r}, not a page. Get its text by other means and use from_text.")
        if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
            raise InputError(f"{_shown(at)} has a compression that was not asked for. Save it from a browser.")
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > max_bytes:
                raise InputError(f"{_shown(at)} has over {max_bytes:,} bytes. Raise max_bytes if it is an article.")
        return Fetched(url=str(at), body=bytes(body), charset=response.charset_encoding, content_type=kind)
