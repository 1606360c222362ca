"""What the kernel knows of a client's open files."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection

ADDRESS = "127.0.0.1"
"""Where a loopback server listens."""
CONNECTING = 0


def client_port(file: int, server_ports: Collection[int]) -> int | None:
    """Return the client's port of a TCP connection to one of the server's ports.

    `CONNECTING` where it is not connected yet, None for anything else: a file, a pipe, a socket
    that listens, a connection to another server.
    """
    try:
        connection = socket.socket(fileno=os.dup(file))
    except OSError:
        return None
    with connection:
        listens = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if connection.family != socket.AF_INET or listens:
            return None
        try:
            peer = connection.getpeername()[1]
        except OSError:
            return CONNECTING
        return int(connection.getsockname()[1]) if peer in server_ports else None
