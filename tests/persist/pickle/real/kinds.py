"""Pickles of what people keep in pickles: `kinds.py [protocol ...]` prints, as JSON, the kinds by library and name, each with
its pickle in hexadecimal digits for each protocol. A library that is not there is left out and named."""
import json
import pickle
import sys
import warnings

warnings.filterwarnings("ignore")

KINDS = {}
MISSING = []


def kind(library):
    """Notes a function that makes the kinds of a library by name."""
    def note(make):
        try:
            KINDS[library] = make()
        except ImportError as error:
            MISSING.append(f"{library}: {error}")
        return make
    return note


def _with_attrs(frame):
    frame.attrs["source"] = "test"
    return frame


@kind("numpy")
def _numpy():
    import numpy as np
    structured = np.array([(1, 2.5, b"ab"), (3, 4.5, b"cd")], dtype=[("id", "i4"), ("v", "f8"), ("s", "S3")])
    readonly = np.arange(4)
    readonly.setflags(write=False)
    return {
        "int64": np.arange(6, dtype="i8"),
        "int8": np.arange(6, dtype="i1"),
        "uint16": np.arange(6, dtype="u2"),
        "uint64": np.array([0, 2**64 - 1], dtype="u8"),
        "float16": np.array([1, -2.5, 65504], dtype="f2"),
        "float32": np.array([1, 0.1], dtype="f4"),
        "float64": np.linspace(0, 1, 7),
        "longdouble": np.array([1, 2], dtype=np.longdouble),
        "bool": np.array([True, False]),
        "complex64": np.array([1 + 2j], dtype="c8"),
        "complex128": np.array([1 + 2j, -3j]),
        "big-endian": np.array([1, 2, 3], dtype=">i4"),
        "big-endian floats": np.array([1, 2.5], dtype=">f8"),
        "unicode": np.array(["a", "héllo", "日本"]),
        "bytes": np.array([b"a", b"abc"]),
        "datetime64[ns]": np.array(["2020-01-02T03:04:05.000000006", "NaT"], dtype="M8[ns]"),
        "datetime64[D]": np.array(["2020-02-29"], dtype="M8[D]"),
        "timedelta64[us]": np.array([1, -5], dtype="m8[us]"),
        "structured": structured,
        "structured scalar": structured[0],
        "nested structured": np.zeros(2, dtype=[("at", [("lat", "f4"), ("lon", "f4")]), ("grid", "i2", (2, 2))]),
        "aligned structured": np.zeros(1, dtype=np.dtype([("id", "i1"), ("size", "f8")], align=True)),
        "objects": np.array([1, "two", None, [3]], dtype=object),
        "void": np.array([b"abcd"], dtype="V4"),
        "two axes": np.arange(12).reshape(3, 4),
        "three axes": np.arange(24, dtype="f4").reshape(2, 3, 4),
        "Fortran order": np.asfortranarray(np.arange(12).reshape(3, 4)),
        "not contiguous": np.arange(24).reshape(4, 6)[::2, ::3],
        "axes exchanged": np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2),
        "no axis": np.array(5.5),
        "empty": np.zeros((0, 3)),
        "read-only": readonly,
        "large": np.arange(20_000, dtype="f8"),
        "scalar int64": np.int64(5),
        "scalar float32": np.float32(0.5),
        "scalar float64": np.float64(1.5),
        "scalar bool": np.bool_(True),
        "scalar complex": np.complex128(1 + 2j),
        "scalar str": np.str_("text"),
        "scalar bytes": np.bytes_(b"text"),
        "scalar datetime64": np.datetime64("2020-01-02T03:04:05"),
        "scalar timedelta64": np.timedelta64(3, "h"),
        "dtype": np.dtype("f4"),
        "dtype structured": np.dtype([("id", "i4"), ("name", "U5")]),
        "dtype class": np.float32,
        "matrix": np.matrix([[1, 2], [3, 4]]),
        "recarray": np.rec.array([(1, "a"), (2, "b")], names="n,s"),
        "record": np.rec.array([(1, "a")], names="n,s")[0],
        "masked array": np.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "RandomState": np.random.RandomState(1),
        "Generator": np.random.default_rng(1),
        "ufunc": np.add,
        "poly1d": np.poly1d([1, 2, 3]),
        "Polynomial": np.polynomial.Polynomial([1, 2, 3]),
        "int64 keys": {np.int64(1): "a", np.int64(2): "b"},
        "dict of arrays": {"x": np.arange(3), "y": np.arange(3) / 2},
        "shared array": [structured, structured],
    }


@kind("pandas")
def _pandas():
    import numpy as np
    import pandas as pd
    frame = pd.DataFrame({"count": [1, 2, 3], "price": [0.5, np.nan, 2.0], "city": ["Oslo", "Bergen", None]})
    times = pd.date_range("2020-01-01", periods=3)
    return {
        "DataFrame": frame,
        "DataFrame of floats": pd.DataFrame(np.arange(6.0).reshape(3, 2), columns=["width", "height"]),
        "DataFrame with string index": frame.set_index("city"),
        "DataFrame with int columns": pd.DataFrame([[1, 2], [3, 4]]),
        "DataFrame empty": pd.DataFrame(),
        "DataFrame of dates": pd.DataFrame({"time": times, "v": [1, 2, 3]}),
        "DataFrame of zoned dates": pd.DataFrame({"time": times.tz_localize("Europe/Berlin")}),
        "DataFrame in UTC": pd.DataFrame({"time": times.tz_localize("UTC")}),
        "DataFrame of timedeltas": pd.DataFrame({"delay": pd.to_timedelta([1, 2, 3], unit="h")}),
        "DataFrame of categories": pd.DataFrame({"color": pd.Categorical(["red", "blue", "red"])}),
        "DataFrame of bools": pd.DataFrame({"ok": [True, False, True]}),
        "DataFrame of nullable ints": pd.DataFrame({"level": pd.array([1, None, 3], dtype="Int64")}),
        "DataFrame of nullable bools": pd.DataFrame({"level": pd.array([True, None], dtype="boolean")}),
        "DataFrame of nullable floats": pd.DataFrame({"level": pd.array([1.5, None], dtype="Float64")}),
        "DataFrame of strings": pd.DataFrame({"value": pd.array(["a", None], dtype="string")}),
        "DataFrame of periods": pd.DataFrame({"month": pd.period_range("2020-01", periods=3, freq="M")}),
        "DataFrame of intervals": pd.DataFrame({"level": pd.interval_range(0, 3)}),
        "DataFrame of sparse": pd.DataFrame({"value": pd.arrays.SparseArray([0, 0, 1])}),
        "DataFrame with MultiIndex": frame.set_index(["city", "count"]),
        "DataFrame with MultiIndex columns": pd.DataFrame(
            [[1, 2]], columns=pd.MultiIndex.from_tuples([("size", "min"), ("size", "max")])),
        "DataFrame with attrs": _with_attrs(frame.copy()),
        "DataFrame of dates as index": pd.DataFrame({"v": [1, 2, 3]}, index=times),
        "DataFrame of mixed widths": pd.DataFrame(
            {"id": np.arange(3, dtype="i4"), "low": np.arange(3, dtype="f4"), "count": np.arange(3), "share": np.arange(3) / 3}),
        "DataFrame of 1000 rows": pd.DataFrame({"id": np.arange(1000), "share": np.arange(1000) / 7}),
        "Series of ints": pd.Series([1, 2, 3]),
        "Series of floats": pd.Series([1.5, 2.0], name="x"),
        "Series of strings": pd.Series(["Oslo", "Bergen"], index=["first", "second"], name="city"),
        "Series of dates": pd.Series(times),
        "Series of zoned dates": pd.Series(times.tz_localize("America/New_York")),
        "Series of categories": pd.Series(["red", "blue"], dtype="category"),
        "Series with dates as index": pd.Series([1, 2, 3], index=times),
        "Index": pd.Index(["Oslo", "Bergen"], name="city"),
        "Index of ints": pd.Index([1, 5, 7]),
        "Index of floats": pd.Index([1.5, 2.5]),
        "RangeIndex": pd.RangeIndex(5, name="r"),
        "DatetimeIndex": times,
        "DatetimeIndex with zone": times.tz_localize("UTC"),
        "TimedeltaIndex": pd.to_timedelta(["1h", "2h"]),
        "PeriodIndex": pd.period_range("2020-01", periods=2, freq="M"),
        "IntervalIndex": pd.interval_range(0, 2),
        "CategoricalIndex": pd.CategoricalIndex(["red", "blue", "red"]),
        "MultiIndex": pd.MultiIndex.from_product([["red", "blue"], [1, 2]], names=["color", "size"]),
        "Categorical": pd.Categorical(["low", None, "high"], categories=["low", "high"], ordered=True),
        "Timestamp": pd.Timestamp("2020-01-02 03:04:05.000000006"),
        "Timestamp with zone": pd.Timestamp("2020-01-02 03:04:05", tz="Europe/Berlin"),
        "Timestamp in UTC": pd.Timestamp("2020-01-02", tz="UTC"),
        "Timedelta": pd.Timedelta(days=1, nanoseconds=5),
        "Period": pd.Period("2020-01", freq="M"),
        "Interval": pd.Interval(0, 1),
        "NaT": pd.NaT,
        "NA": pd.NA,
        "offset": pd.offsets.BusinessDay(2),
        "CategoricalDtype": pd.CategoricalDtype(["red", "blue"]),
        "DatetimeTZDtype": pd.DatetimeTZDtype(tz="UTC"),
        "Int64Dtype": pd.Int64Dtype(),
        "dict of frames": {"a": frame, "b": frame},
    }


@kind("scipy")
def _scipy():
    import numpy as np
    import scipy.interpolate
    import scipy.optimize
    import scipy.sparse
    import scipy.spatial
    import scipy.stats
    dense = np.array([[1, 0, 2], [0, 0, 3]])
    return {
        "csr_matrix": scipy.sparse.csr_matrix(dense),
        "csc_matrix": scipy.sparse.csc_matrix(dense),
        "coo_matrix": scipy.sparse.coo_matrix(dense),
        "lil_matrix": scipy.sparse.lil_matrix(dense),
        "dok_matrix": scipy.sparse.dok_matrix(dense),
        "dia_matrix": scipy.sparse.dia_matrix(dense),
        "bsr_matrix": scipy.sparse.bsr_matrix(dense),
        "csr_array": scipy.sparse.csr_array(dense),
        "norm": scipy.stats.norm(1, 2),
        "OptimizeResult": scipy.optimize.OptimizeResult(x=np.array([1.0]), success=True),
        "CubicSpline": scipy.interpolate.CubicSpline([0, 1, 2], [1, 3, 2]),
        "interp1d": scipy.interpolate.interp1d([0, 1, 2], [1, 3, 2]),
        "Rotation": scipy.spatial.transform.Rotation.from_quat([0, 0, 0, 1]),
        "cKDTree": scipy.spatial.cKDTree(np.arange(6.0).reshape(3, 2)),
    }


@kind("networkx")
def _networkx():
    import networkx as nx
    weighted = nx.Graph()
    weighted.add_edge("a", "b", weight=2.5)
    return {
        "Graph": nx.path_graph(4),
        "Graph with weights": weighted,
        "DiGraph": nx.DiGraph([(1, 2), (2, 3)]),
        "MultiGraph": nx.MultiGraph([(1, 2), (1, 2)]),
        "MultiDiGraph": nx.MultiDiGraph([(1, 2), (2, 1)]),
        "karate club": nx.karate_club_graph(),
    }


@kind("sklearn")
def _sklearn():
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier
    from sklearn.utils import Bunch
    x = np.array([[0.0, 1], [1, 0], [2, 2], [3, 1]])
    y = np.array([0, 0, 1, 1])
    texts = ["the cat", "the dog sat"]
    return {
        "LinearRegression": LinearRegression().fit(x, y),
        "LogisticRegression": LogisticRegression().fit(x, y),
        "DecisionTreeClassifier": DecisionTreeClassifier(random_state=0).fit(x, y),
        "RandomForestClassifier": RandomForestClassifier(n_estimators=2, random_state=0).fit(x, y),
        "SVC": SVC().fit(x, y),
        "KNeighborsClassifier": KNeighborsClassifier(n_neighbors=1).fit(x, y),
        "KMeans": KMeans(n_clusters=2, n_init=1, random_state=0).fit(x),
        "PCA": PCA(n_components=1).fit(x),
        "StandardScaler": StandardScaler().fit(x),
        "LabelEncoder": LabelEncoder().fit(["red", "blue"]),
        "OneHotEncoder": OneHotEncoder().fit([["red"], ["blue"]]),
        "Pipeline": make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y),
        "CountVectorizer": CountVectorizer().fit(texts),
        "TfidfVectorizer": TfidfVectorizer().fit(texts),
        "Bunch": Bunch(data=x, target=y),
    }


@kind("standard library")
def _standard():
    import collections
    import datetime
    import decimal
    import fractions
    import functools
    import ipaddress
    import operator
    import pathlib
    import re
    import time
    import types
    import uuid
    namespace = types.SimpleNamespace(a=1, b=[2])
    return {
        "SimpleNamespace": namespace,
        "re.Pattern": re.compile(r"(?P<n>\d+)x", re.I),
        "re.Pattern of bytes": re.compile(rb"\d+"),
        "IPv4Address": ipaddress.ip_address("192.0.2.1"),
        "IPv6Address": ipaddress.ip_address("2001:db8::1"),
        "IPv4Network": ipaddress.ip_network("192.0.2.0/24"),
        "IPv6Network": ipaddress.ip_network("2001:db8::/32"),
        "IPv4Interface": ipaddress.ip_interface("192.0.2.1/24"),
        "struct_time": time.gmtime(0),
        "ChainMap": collections.ChainMap({"a": 1}, {"b": 2}),
        "UserDict": collections.UserDict(a=1),
        "UserList": collections.UserList([1, 2]),
        "UserString": collections.UserString("text"),
        "partial": functools.partial(int, base=2),
        "attrgetter": operator.attrgetter("a", "b.c"),
        "itemgetter": operator.itemgetter(1),
        "methodcaller": operator.methodcaller("strip", "x"),
        "OrderedDict": collections.OrderedDict(a=1, b=2),
        "defaultdict": collections.defaultdict(list, a=[1]),
        "Counter": collections.Counter("abba"),
        "deque": collections.deque([1, 2], maxlen=5),
        "datetime": datetime.datetime(2020, 1, 2, 3, 4, 5),
        "datetime in UTC": datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
        "Decimal": decimal.Decimal("1.5"),
        "Fraction": fractions.Fraction(1, 3),
        "UUID": uuid.UUID(int=5),
        "Path": pathlib.PurePosixPath("/etc/hosts"),
        "range": range(1, 10, 2),
        "complex": 1 + 2j,
        "exception": ValueError("bad", 1),
        "regular expression in a dict": {"p": re.compile("a"), "q": re.compile("a")},
        "builtin function": len,
        "two NaN keys": {float("nan"): 1, float("nan"): 2},
    }


@kind("zones")
def _zones():
    import datetime
    import dateutil.relativedelta
    import dateutil.tz
    import pytz
    moment = datetime.datetime(2020, 6, 2, 3, 4, 5)
    return {
        "dateutil UTC": moment.replace(tzinfo=dateutil.tz.UTC),
        "dateutil offset": moment.replace(tzinfo=dateutil.tz.tzoffset("X", 3600)),
        "dateutil file": moment.replace(tzinfo=dateutil.tz.gettz("Europe/Berlin")),
        "dateutil relativedelta": dateutil.relativedelta.relativedelta(months=1),
        "pytz UTC": moment.replace(tzinfo=pytz.UTC),
        "pytz zone": pytz.timezone("Europe/Berlin").localize(moment),
        "pytz zone alone": pytz.timezone("America/New_York"),
        "pytz fixed offset": moment.replace(tzinfo=pytz.FixedOffset(90)),
    }


protocols = [int(argument) for argument in sys.argv[1:]] or [5]
json.dump({
    "missing": MISSING,
    "kinds": {
        library: {name: [pickle.dumps(value, protocol).hex() for protocol in protocols] for name, value in kinds.items()}
        for library, kinds in KINDS.items()
    },
}, sys.stdout)
