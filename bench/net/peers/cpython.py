"""CPython's side of the measurements.

cpython.py ROLE [PORT] [MORE]: a server prints its port and runs until it is killed, a client prints one line of JSON.
Roles that end in "-uvloop" run on uvloop.
"""

import asyncio
import json
import socket
import sys
import threading
import time
from multiprocessing.connection import Connection

role, loop = (sys.argv[1].split("-") + [""])[:2]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
SECONDS = 1


def connect():
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


async def echo(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def echo_lines(reader, writer):
    try:
        while data := await reader.readline():
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def hang_up(reader, writer):
    writer.close()


async def serve(handler):
    server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=511, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def threads():
    def one(conn):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = memoryview(bytearray(65536))
        while count := conn.recv_into(buffer):
            conn.sendall(buffer[:count])

    listener = socket.create_server(("127.0.0.1", 0), backlog=511)
    print(listener.getsockname()[1], flush=True)
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=one, args=(conn,), daemon=True).start()


def count(step):
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        step()
    cpu, start, done = time.process_time(), time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        done += step()
    report(done, time.perf_counter() - start, time.process_time() - cpu)


async def count_async(step):
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        await step()
    cpu, start, done = time.process_time(), time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        done += await step()
    report(done, time.perf_counter() - start, time.process_time() - cpu)


def report(done, took, cpu):
    print(json.dumps({"rate": done / took, "cpu": cpu / done * 1e9}), flush=True)


async def readline():
    reader, _ = await asyncio.open_connection("127.0.0.1", port)

    async def step():
        for _ in range(1000):
            await reader.readline()
        return 1000

    await count_async(step)


def makefile_lines():
    f = connect().makefile("rb")

    def step():
        for _ in range(1000):
            f.readline()
        return 1000

    count(step)


def recv_bytes():
    connection = Connection(connect().detach())

    def step():
        for _ in range(1000):
            connection.recv_bytes()
        return 1000

    count(step)


def write_file():
    f = connect().makefile("wb", buffering=65536)
    message = bytes(64)

    def step():
        for _ in range(1000):
            f.write(message)
        return 1000

    count(step)


def send_loop():
    cpu, start, sent = time.process_time(), time.perf_counter(), 0
    s = connect()
    with open(sys.argv[3], "rb", buffering=0) as f:
        buffer = memoryview(bytearray(262144))
        while count := f.readinto(buffer):
            s.sendall(buffer[:count])
            sent += count
    s.recv(1)
    used = (time.process_time() - cpu) / sent * 2**20 * 1e9
    print(json.dumps({"rate": sent / (time.perf_counter() - start), "cpu": used}), flush=True)


def run(main):
    if loop == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(main)


if role == "echo":
    run(serve(echo))
elif role == "lines":
    run(serve(echo_lines))
elif role == "accept":
    run(serve(hang_up))
elif role == "readline":
    run(readline())
else:
    {"threads": threads, "makefile": makefile_lines, "recv": recv_bytes, "write": write_file, "send": send_loop}[role]()
