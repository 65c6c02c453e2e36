"""The pickles of 76 values in all protocols, by this CPython's C pickler: vectors.json, on standard output.

The tests know the pickles of CPython 3.13; another version's differ in a few.
"""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import ipaddress
import json
import pathlib
import pickle
import platform
import re
import sys
import uuid
import zoneinfo

if sys.version_info[:2] != (3, 13):
    sys.exit(f"Cannot make the pickles: needs CPython 3.13, received {platform.python_version()}")

# A pickle names the module of a class.
sys.modules["vectors"] = sys.modules[__name__]
__name__ = "vectors"


@dataclasses.dataclass
class P:
    x: int
    y: str


class Color(enum.Enum):
    RED = 1


class Fl(enum.Flag):
    A = 1
    B = 2


NT = collections.namedtuple("NT", "a b", module="vectors")


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, 2


class NE:
    def __new__(cls, a, *, k):
        return super().__new__(cls)

    def __getnewargs_ex__(self):
        return (1,), {"k": 2}


rec = [1]
rec.append(rec)
rect = ([],)
rect[0].append(rect)
recd = {}
recd["d"] = recd
NAN = float("nan")

VALUES = {
    "none": None,
    "true": True,
    "i0": 0,
    "i255": 255,
    "i256": 256,
    "im1": -1,
    "im128": -128,
    "im129": -129,
    "i65535": 65535,
    "i31": 2**31 - 1,
    "im31": -(2**31),
    "i32": 2**31,
    "im32": -(2**31) - 1,
    "i53": 2**53 + 1,
    "i63": 2**63,
    "im63": -(2**63),
    "i100": 10**30,
    "im100": -(10**30),
    "i2000": 2**2039,
    "f": 1.5,
    "f1": 1.0,
    "nz": -0.0,
    "inf": float("inf"),
    "nan": NAN,
    "s": "héllo",
    "se": "",
    "s_nl": "a\nb\\c\x00\x1a",
    "sastral": "😀",
    "ssur": "\ud800",
    "by": b"\x00\xff",
    "ba": bytearray(b"ab"),
    "tup": (1, 2),
    "tup0": (),
    "lst": [1, [2]],
    "dct": {"a": 1},
    "dint": {1: "a", "1": "b"},
    "dtup": {(1, 2): 3},
    "dproto": {"__proto__": {"x": 1}},
    "st": {1, 2},
    "fs": frozenset({1}),
    "cx": 1 + 2j,
    "rec": rec,
    "rect": rect,
    "recd": recd,
    "shared": [recd, recd],
    "dt": datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
    "dtz": datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
    "date": datetime.date(2020, 1, 2),
    "tm": datetime.time(1, 2),
    "td": datetime.timedelta(days=1, seconds=2, microseconds=3),
    "dec": decimal.Decimal("1.50"),
    "fr": fractions.Fraction(1, 3),
    "uu": uuid.UUID(int=5),
    "od": collections.OrderedDict(a=1),
    "dd": collections.defaultdict(list, {"a": [1]}),
    "ctr": collections.Counter("aab"),
    "dq": collections.deque([1, 2], maxlen=5),
    "path": pathlib.PurePosixPath("/a/b"),
    "rng": range(1, 5, 2),
    "slc": slice(1, 2, None),
    "ell": Ellipsis,
    "ni": NotImplemented,
    "typ": int,
    "fn": len,
    "exc": ValueError("x", 1),
    "arr": array.array("i", [1, 2]),
    "dc": P(1, "a"),
    "en": Color.RED,
    "fl": Fl.A | Fl.B,
    "nt": NT(1, 2),
    "slots": Slots(),
    "ne": NE(1, k=2),
    "re": re.compile("a+", re.I),
    "ip": ipaddress.ip_address("10.0.0.1"),
    "zi": zoneinfo.ZoneInfo("UTC"),
    "cls": P,
}


def pickled(value, protocol):
    try:
        return pickle.dumps(value, protocol).hex()
    except TypeError:
        return {"error": "TypeError"}


json.dump(
    {
        "made_with": f"CPython {platform.python_version()} _pickle (C)",
        "classes_module": "vectors",
        "values": {
            name: {
                "python": repr(value),
                "type": f"{type(value).__module__}.{type(value).__qualname__}",
                "pickles": {str(p): pickled(value, p) for p in range(6)},
            }
            for name, value in VALUES.items()
        },
    },
    sys.stdout,
    indent=1,
)
