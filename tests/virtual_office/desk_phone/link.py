"""Whether the cable is in: the interface's running flag."""

from __future__ import annotations

import fcntl
import socket
import struct

_SIOCGIFFLAGS = 0x8913  # linux/sockios.h
_IFF_RUNNING = 0x40  # linux/if.h


def has_link(interface: str) -> bool:
    """True when the interface is up and the other end of its cable too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", interface.encode(), 0)
        try:
            answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        except OSError:
            return False  # the interface is gone
    return bool(struct.unpack("16sh14x", answer)[1] & _IFF_RUNNING)
