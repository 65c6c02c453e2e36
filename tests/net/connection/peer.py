"""The other end, played by CPython: `peer.py ROLE FAMILY ADDRESS KEY WHAT`.

ROLE is client or server, FAMILY tcp or unix ("@" in front of a path: abstract), KEY hex or "none". A server prints its
address first. The last line of the output is "ok", or the name of the exception.
"""
import json
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener

SIZES = [0, 1, 16383, 16384, 16385, 65536, 70000, 1 << 20]


def pattern(n):
    return (bytes(range(251)) * (n // 251 + 1))[:n]


OBJECTS = [
    None, True, 0, -1, 2 ** 100, 1.5, "", "héllo €", b"\x00\xff", [], [1, [2, [3]]], {},
    {"a": 1, "b": [None, "x"]}, (1, "two", b"3"), {"deep": {"er": [{"x": (1, 2)}]}}, {1: "one", (2, 3): "pair"},
    "x" * 100000, list(range(5000)),
]


def address_of(family, text):
    if family == "tcp":
        host, port = json.loads(text)
        return (host, port)
    return "\0" + text[1:] if text.startswith("@") else text


def echo(c):
    """What comes goes back, until the end."""
    try:
        while True:
            c.send_bytes(c.recv_bytes())
    except EOFError:
        pass


def check(c):
    """Everything there and back through an echo, as bytes and as objects."""
    for size in SIZES:
        c.send_bytes(pattern(size))
        assert c.recv_bytes() == pattern(size), size
    for value in OBJECTS:
        c.send(value)
        assert c.poll(30)
        back = c.recv()
        assert back == value and type(back) is type(value), (value, back)
    buffer = bytearray(100)
    c.send_bytes(pattern(60))
    assert c.recv_bytes_into(buffer, 10) == 60 and bytes(buffer[10:70]) == pattern(60)


def main():
    role, family, address, key, what = sys.argv[1:]
    authkey = None if key == "none" else bytes.fromhex(key)
    if role == "server":
        with Listener(address_of(family, address), authkey=authkey) as listener:
            where = listener.address
            print(json.dumps(list(where) if isinstance(where, tuple) else address), flush=True)
            with listener.accept() as c:
                {"echo": echo, "check": check}[what](c)
    else:
        with Client(address_of(family, address), authkey=authkey) as c:
            {"echo": echo, "check": check}[what](c)


try:
    main()
    print("ok", flush=True)
except (AuthenticationError, OSError, EOFError, AssertionError) as error:
    print(type(error).__name__, error, flush=True)
