"""What differs between operating systems for a server: one function for each difference."""

from __future__ import annotations

import os
import signal
import socket
import struct

WINDOWS = os.name == "nt"
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def reset(connection: socket.socket) -> None:
    """Close a connection so that its client sees a reset.

    Closed with unsent data thrown away, the kernel sends RST instead of FIN. The structure that
    asks for it has two shorts on Windows and two ints elsewhere.
    """
    at_once = struct.pack("hh" if WINDOWS else "ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    socket.close(connection.detach())  # files still refer to it, which would keep close() waiting


def own_address(listener: socket.socket) -> None:
    """Let a server bind soon after another one has left, and never beside one that listens.

    That is SO_REUSEADDR, except on Windows, where two servers with it share a port.
    """
    option = "SO_EXCLUSIVEADDRUSE" if WINDOWS else "SO_REUSEADDR"
    listener.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)


def ending_signals() -> list[signal.Signals]:
    """Return the signals that ask a program to end.

    Windows has no SIGHUP and adds SIGBREAK. A SIGHUP that is ignored stays so: that is `nohup`.
    """
    found = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    return [
        number
        for number in found
        if number.name != "SIGHUP" or signal.getsignal(number) is not signal.SIG_IGN
    ]
