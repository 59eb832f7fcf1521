"""Free loopback ports for servers that must be told their port."""

import socket


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago, all different because they are held until the last is known."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
