"""The CPython side of pickle_stdlib_test.ts.

`dump`: prints pickles of standard library values as JSON, by name and protocol.
`repr`: reads a JSON array of pickles in hex and prints the values' repr, one a line.
"""

import array
import collections
import datetime as dt
import decimal
import enum
import fractions
import json
import pathlib
import pickle
import sys
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


def main():
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
