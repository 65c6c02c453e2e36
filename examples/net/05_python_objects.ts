// deno run --allow-net=127.0.0.1 --allow-run=python3 examples/net/05_python_objects.ts
/**
 * Deno and CPython exchange objects over `multiprocessing.connection`, with a key: the Python side is a program as its
 * documentation has it, and knows nothing of Deno. Nothing is read as a pickle before the key was shown.
 */
import { Listener } from "@ferry/std/net/connection";
import { isTuple, tuple } from "@ferry/std/persist/pickle";

const PYTHON = `
import sys
from multiprocessing.connection import Client

with Client(("127.0.0.1", int(sys.argv[1])), authkey=b"not so secret") as connection:
    connection.send({"sizes": [3, 1, 2], "point": (1.5, 2.5), "big": 2 ** 70})
    answer = connection.recv()
    print("Python received", answer)
    connection.send_bytes(b"raw bytes, not pickled")
`;

const key = "not so secret";
await using listener = new Listener<Record<string, unknown>>({ port: 0 }, { authKey: key });
const { port } = listener.address as Deno.NetAddr;
const child = new Deno.Command("python3", { args: ["-c", PYTHON, String(port)], stdout: "inherit" })
  .spawn();

using connection = await listener.accept({ timeout: 30_000 });
const { sizes, point, big } = await connection.recv();
console.log("Deno received", sizes, isTuple(point) ? "a tuple" : "no tuple", big);
await connection.send({ sorted: (sizes as number[]).toSorted(), pair: tuple(1, "two") });
console.log("Deno received", new TextDecoder().decode(await connection.recvBytes()));
await child.status;
