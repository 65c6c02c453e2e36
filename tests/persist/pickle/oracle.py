"""The CPython side of the differential tests: builds described values and pickles them with the C pickler."""

import collections
import datetime
import decimal
import json
import pickle
import struct
import sys
import uuid

SEEN = []


def build(d):
    """The value of a description; see _described.ts. Strings are interned, as a program's literals are."""
    if d is None or isinstance(d, bool):
        return d
    if "i" in d:
        return int(d["i"])
    if "f" in d:
        return struct.unpack(">d", bytes.fromhex(d["f"]))[0]
    if "s" in d:
        return text(d["s"])
    if "r" in d:
        return SEEN[d["r"]]
    if "l" in d:
        value = []
        SEEN.append(value)
        value.extend(build(item) for item in d["l"])
        return value
    if "d" in d:
        value = {}
        SEEN.append(value)
        for k, v in d["d"]:
            k = build(k)
            value[k] = build(v)
        return value
    value = make(d)
    if "n" in d:
        SEEN.append(value)
    return value


def text(s):
    """One object for equal strings, as for literals; characters of Latin-1 are one object anyway."""
    return s if len(s) == 1 and s <= "\xff" else sys.intern(s)


def make(d):
    if "b" in d:
        return bytes.fromhex(d["b"])
    if "ba" in d:
        return bytearray.fromhex(d["ba"])
    if "t" in d:
        return tuple([build(item) for item in d["t"]])
    if "S" in d:
        return {build(item) for item in d["S"]}
    if "F" in d:
        return frozenset([build(item) for item in d["F"]])
    return standard(d["x"], d["a"])


def standard(name, a):
    if name in ("OrderedDict", "defaultdict"):
        pairs = []
        for k, v in a:
            k = build(k)
            pairs.append((k, build(v)))
        if name == "OrderedDict":
            return collections.OrderedDict(pairs)
        return collections.defaultdict(list, pairs)
    if name == "Counter":
        return collections.Counter({text(k): v for k, v in a})
    if name == "deque":
        return collections.deque([build(item) for item in a[0]], a[1])
    if name == "Decimal":
        return decimal.Decimal(a[0])
    if name == "UUID":
        return uuid.UUID(int=int(a[0]))
    if name in ("timedelta", "datetime"):
        return getattr(datetime, name)(*a)
    return {"complex": complex, "range": range, "slice": slice}[name](*a)


def same(a, b, seen):
    """Equality that tells types apart, and ends for values that contain themselves."""
    if type(a) is not type(b):
        return False
    if (id(a), id(b)) in seen:
        return True
    seen.add((id(a), id(b)))
    if isinstance(a, (list, tuple, collections.deque)):
        return len(a) == len(b) and all(same(x, y, seen) for x, y in zip(a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(
            same(k, l, seen) and same(a[k], b[l], seen) for k, l in zip(a, b)
        )
    if isinstance(a, float):
        return struct.pack(">d", a) == struct.pack(">d", b)
    if isinstance(a, complex):
        return repr(a) == repr(b)
    if isinstance(a, decimal.Decimal):
        return str(a) == str(b)
    return a == b


def read_exact(n):
    data = sys.stdin.buffer.read(n)
    assert len(data) == n
    return data


def main():
    """Input: a JSON array of descriptions, preceded by its length; then our pickles, if any. Output: pickles."""
    mode = sys.argv[1]
    (n,) = struct.unpack("<I", read_exact(4))
    descriptions = json.loads(read_exact(n))
    out = sys.stdout.buffer
    for i, d in enumerate(descriptions):
        for protocol in range(6):
            # Built anew for each protocol, like the other side.
            SEEN.clear()
            value = build(d)
            if mode == "dump":
                data = pickle.dumps(value, protocol)
                out.write(struct.pack("<I", len(data)) + data)
                continue
            (n,) = struct.unpack("<I", read_exact(4))
            back = pickle.loads(read_exact(n))
            if not same(value, back, set()):
                print("value %d, protocol %d: %r != %r" % (i, protocol, value, back), file=sys.stderr)
                sys.exit(1)


main()
