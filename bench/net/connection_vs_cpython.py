"""The CPython side: `connection_vs_cpython.py MODE ...`, see connection_vs_cpython.ts."""
import os
import socket
import struct
import sys
import time
from multiprocessing.connection import Client, Connection, Listener

KEY = b"key"


def flood(sock, size, seconds):
    """Frames without end, many in one write: faster than anybody receives them."""
    frame = struct.pack("!i", size) + bytes(size)
    block = frame * max(1, 262144 // len(frame))
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            sock.sendall(block)
    except OSError:
        pass


def main():
    mode = sys.argv[1]
    if mode == "flood":  # PORT SIZE SECONDS
        with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as sock:
            flood(sock, int(sys.argv[3]), float(sys.argv[4]))
    elif mode == "receive":  # SIZE SECONDS: prints messages per second
        size, seconds = int(sys.argv[2]), float(sys.argv[3])
        server = socket.create_server(("127.0.0.1", 0))
        if os.fork() == 0:
            with socket.create_connection(server.getsockname()) as sock:
                flood(sock, size, seconds + 5)
            os._exit(0)
        sock, _ = server.accept()
        connection = Connection(sock.detach())
        for _ in range(2000):
            connection.recv_bytes()
        count, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            for _ in range(1000):
                connection.recv_bytes()
            count += 1000
        print(count / (time.monotonic() - start), flush=True)
        connection.close()
    elif mode == "pingpong":  # FAMILY SIZE SECONDS: prints round trips per second
        family, size, seconds = sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
        address = ("127.0.0.1", 0) if family == "tcp" else None
        with Listener(address) as listener:
            if os.fork() == 0:
                with Client(listener.address) as c:
                    try:
                        while True:
                            c.send_bytes(c.recv_bytes())
                    except (EOFError, OSError):
                        pass
                os._exit(0)
            with listener.accept() as c:
                count, start, message = 0, time.monotonic(), bytes(size)
                while time.monotonic() - start < seconds:
                    for _ in range(100):
                        c.send_bytes(message)
                        c.recv_bytes()
                    count += 100
                print(count / (time.monotonic() - start), flush=True)
    elif mode == "listen":  # FAMILY: prints its address, then accepts who has the key, for ever
        with Listener(("127.0.0.1", 0) if sys.argv[2] == "tcp" else None, authkey=KEY) as listener:
            address = listener.address
            print(address if isinstance(address, str) else address[1], flush=True)
            while True:
                listener.accept().close()
    elif mode == "dial":  # ADDRESS SECONDS: prints authenticated connections per second to a listener
        address, seconds = sys.argv[2], float(sys.argv[3])
        address = ("127.0.0.1", int(address)) if address.isdigit() else address
        connect(address, 0.3)
        print(connect(address, seconds), flush=True)


def connect(address, seconds):
    count, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        Client(address, authkey=KEY).close()
        count += 1
    return count / (time.monotonic() - start)

main()
