"""CPython's side of peers.ts: `python.py <dbm module> <path> [<synchronous>]`; a line of input is `<operation> <n>`, the answer seconds."""

import importlib
import shelve
import sys
import time

database = importlib.import_module(sys.argv[1]).open(sys.argv[2], "n")
if len(sys.argv) > 3:
    # What CPython has no option for: dbm.sqlite3 leaves SQLite's default, FULL.
    database._cx.execute("PRAGMA synchronous = " + sys.argv[3])
shelf = shelve.Shelf(database, protocol=5)
written = 0


def item(i):
    return {"id": i, "name": "user%d" % (i & 1023), "score": i * 0.37 + 0.01}


def set_(n):
    global written
    for i in range(n):
        written += 1
        shelf["key%d" % (i % 1000)] = item(written)


def get(n):
    for i in range(n):
        shelf["key%d" % (i % 1000)]


def iterate(n):
    """Goes through whole shelves; how many entries that were."""
    seen = 0
    while seen < n:
        for _ in shelf.items():
            seen += 1
    return seen


for i in range(1000):
    shelf["key%d" % i] = item(i)
operations = {"set": set_, "get": get, "iterate": iterate}
for line in sys.stdin:
    name, n = line.split()
    start = time.perf_counter()
    done = operations[name](int(n)) or int(n)
    print((time.perf_counter() - start) * int(n) / done, flush=True)
shelf.close()
