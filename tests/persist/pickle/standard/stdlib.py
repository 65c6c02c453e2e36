"""The CPython side of stdlib_test.ts.

`dump`: prints pickles of standard library values as JSON, by name and protocol.
`opaque`: prints pickles of values of other classes as JSON.
`python2`: prints the tables of names that moved since Python 2.
`repr`: reads a JSON array of pickles in hex and prints the values' repr, one a line.
"""

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import ipaddress
import json
import pathlib
import pickle
import re
import sys
import types
import uuid

try:
    import zoneinfo
except ImportError:
    zoneinfo = None
try:
    import numpy
except ImportError:
    numpy = None


def values():
    utc = dt.timezone.utc
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    moment = dt.datetime(2020, 1, 2, 3, 4, 5, 6)
    error = ValueError("x", 1)
    error.hint = "look"
    ordered = collections.OrderedDict([("b", 1), ("a", 2)])
    named = dt.timezone(dt.timedelta(hours=-5), "EST")
    yield "date", dt.date(2020, 2, 29)
    yield "first date", dt.date.min
    yield "datetime", moment
    yield "datetimes", [moment, moment.replace(tzinfo=utc), dt.datetime.max]
    yield "utc twice", [moment.replace(tzinfo=utc), moment.replace(tzinfo=utc, year=2021)]
    yield "east", moment.replace(tzinfo=east)
    yield "west", moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=-9, minutes=-30)))
    yield "seconds", moment.replace(tzinfo=dt.timezone(dt.timedelta(seconds=3723)))
    yield "named", moment.replace(tzinfo=named)
    yield "fold", moment.replace(fold=1)
    yield "time", dt.time(1, 2, 3, 4)
    yield "time utc", dt.time(1, 2, tzinfo=utc)
    yield "time fold", dt.time(1, 2, fold=1)
    yield "timedelta", dt.timedelta(-1, 2, 3)
    yield "timedelta min", dt.timedelta.min
    yield "timezone", [utc, east, named]
    if zoneinfo:
        berlin = zoneinfo.ZoneInfo("Europe/Berlin")
        yield "zone", berlin
        yield "berlin", dt.datetime(2020, 7, 1, 12, tzinfo=berlin)
        yield "berlin fold", dt.datetime(2020, 10, 25, 2, 30, tzinfo=berlin, fold=1)
        yield "berlin before fold", dt.datetime(2020, 10, 25, 2, 30, tzinfo=berlin)
        yield "berlin gap", dt.datetime(2020, 3, 29, 2, 30, tzinfo=berlin)
        yield "two berlins", [dt.datetime(2020, 1, 1, tzinfo=berlin), dt.datetime(2021, 1, 1, tzinfo=berlin)]
    yield "decimal", [decimal.Decimal(t) for t in ("1.50", "-0", "NaN", "sNaN12", "-Infinity", "1E+400", "7")]
    if sys.version_info >= (3, 12):
        yield "fraction", [fractions.Fraction(1, 3), fractions.Fraction(-(10**40), 7)]
    yield "uuid", uuid.UUID(int=5)
    yield "ordered", ordered
    yield "empty ordered", collections.OrderedDict()
    yield "default", collections.defaultdict(list, {"a": [1]})
    yield "default none", collections.defaultdict(None, {1: 2})
    yield "default nested", collections.defaultdict(collections.OrderedDict, {})
    yield "counter", collections.Counter("abracadabra")
    yield "deque", collections.deque([1, "a", None], maxlen=5)
    yield "deque free", collections.deque(range(2500))
    yield "exceptions", [KeyError("k"), OSError(2, "no", "file"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")]
    yield "exception", error
    yield "types", [int, list, dict, len, KeyError, type(None)]
    yield "range", [range(5), range(10, 0, -3), range(10**20)]
    yield "path", pathlib.PurePosixPath("/etc/hosts")
    yield "windows path", pathlib.PureWindowsPath("c:/a/b")
    if sys.version_info >= (3, 10):
        for code in "bBhHiIlLqQfd":
            yield "array " + code, array.array(code, [1, 2, 100])
        yield "array u", array.array("u", "aé😀")
        yield "empty array", array.array("i")
    if numpy is not None:
        yield "numpy", numpy.arange(6, dtype="<f8").reshape(2, 3)
        yield "numpy fortran", numpy.asfortranarray(numpy.arange(6, dtype="i4").reshape(2, 3))
        yield "numpy bool", numpy.array([True, False])
        yield "numpy two", [numpy.arange(3), numpy.arange(4), numpy.arange(4, dtype="u1")]
        yield "numpy scalar", [numpy.float64(1.5), numpy.int16(-3)]
        yield "numpy dtype", [numpy.dtype("f4"), numpy.dtype(">i8")]
        yield "numpy text", numpy.array(["ab", "c"])
        yield "numpy object", numpy.array([1, "a", None], dtype=object)
        yield "numpy big", numpy.arange(3, dtype=">i4")
        yield "numpy record", numpy.zeros(2, dtype=[("x", "f4"), ("y", "i4")])


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    class Nested(list):
        pass

    def method(self):
        pass


class Slots:
    __slots__ = ("x", "y")

    def __init__(self):
        self.x, self.y = 1, "two"


class Both(Plain):
    __slots__ = ("z",)


class Keywords:
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (1, "two"), {"three": 3}


class State:
    def __getstate__(self):
        return ("a", 1)

    def __setstate__(self, state):
        pass


class Reduced:
    def __reduce__(self):
        return Reduced, (), {"a": 1}, iter([1, 2]), iter([("k", "v")])

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def __setitem__(self, key, value):
        pass


class Setter:
    def __reduce__(self):
        return Setter, (), {"a": 1}, None, None, set_state


def set_state(instance, state):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyInt(int):
    pass


class MyStr(str):
    pass


class MyBytes(bytes):
    pass


class MyTuple(tuple):
    pass


class MyError(ValueError):
    pass


class MyArray(array.array):
    pass


class SlottedArray(array.array):
    __slots__ = ()


class Color(enum.Enum):
    RED = 1


class Flags(enum.Flag):
    A = 1
    B = 2


Named = collections.namedtuple("Named", "a b")


@dataclasses.dataclass
class Data:
    x: int
    y: list


def opaque():
    """Values of classes that the other side does not know."""
    one = Plain(a=1, b=[2])
    loop = Plain()
    loop.me = loop
    both = Both(a=1)
    both.z = 2
    items = MyList([1, 2, 3])
    items.append(items)
    keyed = MyDict(a=1)
    keyed["self"] = keyed
    keyed.attribute = "x"
    many = MyList(range(2001))
    yield "plain", one
    yield "empty", Plain()
    yield "shared", [one, one, Plain(a=one)]
    yield "loop", loop
    yield "loops", [loop, (loop,), {"k": loop}]
    yield "slots", Slots(), 2
    yield "both", both, 2
    yield "keywords", Keywords(), 2
    yield "state", State()
    yield "reduced", Reduced()
    yield "setter", Setter()
    yield "list", items, 2
    yield "long list", many
    yield "dict", keyed, 2
    yield "long dict", MyDict((i, i) for i in range(1001))
    yield "set", MySet([1])
    yield "int", [MyInt(5), MyInt(2**70)]
    yield "str", MyStr("text")
    yield "bytes", MyBytes(b"raw"), 3
    yield "tuple", MyTuple((1, 2))
    yield "error", MyError("x")
    numbers = MyArray("i", [1, 2])
    numbers.unit = "m"
    yield "array", [MyArray("i", [1, 2]), numbers, SlottedArray("d", [1.5])], 2
    yield "enum", [Color.RED, Color.RED]
    yield "flag", Flags.A
    yield "named", [Named(1, "x"), Named(2, "y")]
    yield "data", Data(1, [2])
    yield "class", [Plain, Plain.Nested, Color, MyList]
    yield "nested", Plain.Nested([1])
    yield "function", [set_state, main, Plain.method]
    yield "partial", functools.partial(set_state, 1, state=2)
    yield "pattern", re.compile("a+", re.I)
    yield "namespace", types.SimpleNamespace(a=1)
    yield "chain", collections.ChainMap({"a": 1}, {})
    yield "user dict", collections.UserDict(a=1)
    yield "user list", collections.UserList([1])
    yield "address", ipaddress.ip_address("10.0.0.1")
    yield "path", pathlib.PurePosixPath("a")


def python2():
    import _compat_pickle

    return {
        "modules": list(_compat_pickle.IMPORT_MAPPING.items()),
        "names": [[list(k), list(v)] for k, v in _compat_pickle.NAME_MAPPING.items()],
        "modulesBack": list(_compat_pickle.REVERSE_IMPORT_MAPPING.items()),
        "namesBack": [[list(k), list(v)] for k, v in _compat_pickle.REVERSE_NAME_MAPPING.items()],
    }


def main():
    if sys.argv[1] == "python2":
        print(json.dumps(python2()))
        return
    if sys.argv[1] == "opaque":
        out = {}
        for name, value, *first in opaque():
            for protocol in range(first[0] if first else 0, 6):
                out["%s, %d" % (name, protocol)] = pickle.dumps(value, protocol).hex()
        print(json.dumps(out))
        return
    if sys.argv[1] == "dump":
        out = {
            name: [pickle.dumps(value, protocol).hex() for protocol in range(6)]
            for name, value in values()
        }
        print(json.dumps({"numpy": numpy is not None, "pickles": out}))
        return
    for text in json.load(sys.stdin):
        print(repr(pickle.loads(bytes.fromhex(text))))


main()
