"""Which addresses may be reached: public ones, and those that the configuration opens.

Judged is what a name resolved to, never how it is spelled, and only what was judged is connected
to: decimal, octal and hexadecimal figures, redirects and names that resolve differently the next
time lead nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from feeder.sources.resolving import Resolved

Address = IPv4Address | IPv6Address

# The WHATWG Fetch standard's "bad ports": other services, which a request might make do something.
BAD_PORTS = frozenset(
    int(port)
    for port in (
        "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119"
        " 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989"
        " 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
    ).split()
)

_PUBLIC_6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
# Not the web's, though ipaddress calls them global, in one version of Python or another.
_NOT_PUBLIC = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata
        "168.63.129.16/32",  # Azure's metadata
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "2001::/23",  # Teredo among others
        "2001:db8::/32",
        "3fff::/20",
    )
)


class ForbiddenAddressError(Exception):
    """An address that may not be reached; the message fits behind the URL that led to it."""


class Guard:
    """Judges addresses; `allowed` are networks that may be reached though they are not public."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = tuple(ip_network(each) for each in allowed)

    def may_reach(self, address: str) -> bool:
        """Whether an address in figures, as `getaddrinfo` writes them, is public or allowed."""
        said = ip_address(address.partition("%")[0])
        meant = _carried(said)
        if any(each in network for network in self._allowed for each in (said, meant)):
            return True
        return is_public(meant)

    def admitted(self, resolved: Resolved) -> Resolved:
        """Those of the resolved addresses that may be reached; ForbiddenAddressError if none may."""
        admitted = [each for each in resolved if self.may_reach(each[4][0])]
        if resolved and not admitted:
            raise _forbidden(resolved[0][4][0])
        return admitted

    def check_all(self, resolved: Resolved) -> None:
        """Refuse a name of which any address may not be reached: for proxies, which choose among them."""
        for each in resolved:
            if not self.may_reach(each[4][0]):
                raise _forbidden(each[4][0])


def is_public(address: Address) -> bool:
    """Whether an address is one of the public web's; what carries another inside counts as neither."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_6:
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def check_port(port: int | None) -> None:
    """Refuse the ports of services that are not the web."""
    if port in BAD_PORTS:
        raise ForbiddenAddressError(f"names port {port}, which is another service's than the web's: correct it")


def _carried(address: Address) -> Address:
    """The address that is meant: the IPv4 one inside, where IPv6 carries one (Teredo carries two)."""
    if isinstance(address, IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    if address in _NAT64:
        return IPv4Address(address.packed[12:])
    return address


def _forbidden(address: str) -> ForbiddenAddressError:
    return ForbiddenAddressError(
        f"leads to {address}, which is not public: if it may be read, add its network to [gathering] allow_networks"
    )
