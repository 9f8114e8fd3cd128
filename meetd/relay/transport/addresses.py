"""The addresses of this machine."""


def own_addresses() -> list[str]:
    """Of every interface, loopback included, as they are at this moment."""
    import ifaddr  # noqa: PLC0415 - a server without relayed media does without it

    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return [ip if isinstance(ip, str) else ip[0] for ip in ips]
