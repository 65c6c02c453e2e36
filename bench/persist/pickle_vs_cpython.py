"""The CPython side of pickle_vs_cpython.ts: times one operation for each line of input, in milliseconds."""

import pickle
import sys
import time

WORKLOADS = {
    "1e6 ints": lambda: list(range(1000000)),
    "dict 1e5 str -> float": lambda: {"key%d" % i: i * 0.37 + 0.01 for i in range(100000)},
    "1e5 records of 5": lambda: [
        {
            "id": i,
            "name": "user%d" % i,
            "email": "user%d@example.com" % i,
            "score": i * 0.37 + 0.01,
            "active": i % 2 == 0,
        }
        for i in range(100000)
    ],
    "16 MB bytes": lambda: bytes(range(256)) * 65536,
    "1e5 unicode strings": lambda: ["héllo wörld %d ünïcode" % i for i in range(100000)],
}

values = {name: make() for name, make in WORKLOADS.items()}
pickles = {name: pickle.dumps(value, 5) for name, value in values.items()}

for line in sys.stdin:
    operation, name = line.rstrip("\n").split(" ", 1)
    argument = (values if operation == "dumps" else pickles)[name]
    start = time.perf_counter()
    result = pickle.dumps(argument, 5) if operation == "dumps" else pickle.loads(argument)
    elapsed = time.perf_counter() - start
    del result
    print(elapsed * 1000, flush=True)
