"""Which network an address belongs to: what failures are counted by. PURE."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

# Whoever has an address of IPv6 has the 64 bits behind it too.
_IPV6_PREFIX: Final = 64


def network_of(address: str) -> str:
    """Give the network of an address: itself for IPv4, the /64 for IPv6.

    What is no address, such as "" on the command line, is a network of its own name.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _IPV6_PREFIX), strict=False))
