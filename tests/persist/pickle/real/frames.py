"""Frames, series and indexes of pandas: `frames.py PROTOCOL` prints, as JSON, the version of pandas and, by name, a pickle in
base64 and what it holds."""
import base64
import json
import pickle
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def shown(value):
    if isinstance(value, tuple):
        return {"tuple": [shown(item) for item in value]}
    if isinstance(value, pd.Interval):
        return {"left": shown(value.left), "right": shown(value.right)}
    if isinstance(value, pd.Period):
        return str(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        zone = None if value.tz is None else str(value.tz)
        return {"time": str(value.value if value.unit == "ns" else value.as_unit("ns").value), "zone": zone}
    if isinstance(value, pd.Timedelta):
        return {"duration": str(value.value if value.unit == "ns" else value.as_unit("ns").value)}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return "NaN"
    return value


# Before version 2 everything is counted in nanoseconds.
if not hasattr(pd.Timestamp, "unit"):
    def shown_time(value):
        return {"time": str(value.value), "zone": None if value.tz is None else str(value.tz)}

    after = shown

    def shown(value):
        if isinstance(value, pd.Timestamp) and value is not pd.NaT:
            return shown_time(value)
        if isinstance(value, pd.Timedelta) and value is not pd.NaT:
            return {"duration": str(value.value)}
        if isinstance(value, tuple):
            return {"tuple": [shown(item) for item in value]}
        if isinstance(value, pd.Interval):
            return {"left": shown(value.left), "right": shown(value.right)}
        return after(value)


def listed(values, dtype):
    """Values, where NaN is a number only in floats and objects; elsewhere it stands for what is missing."""
    number = isinstance(dtype, np.dtype) and dtype.kind in "fO"
    return [None if item == "NaN" and not number else item for item in map(shown, values)]


def labels(index):
    if index.nlevels == 1:
        return listed(index, index.dtype)
    return [{"tuple": [None if item == "NaN" else item for item in label["tuple"]]} for label in map(shown, index)]


def holds(value):
    if isinstance(value, pd.DataFrame):
        columns = [listed(value.iloc[:, i], value.dtypes.iloc[i]) for i in range(value.shape[1])]
        return {
            "columns": labels(value.columns),
            "index": labels(value.index),
            "rows": [list(row) for row in zip(*columns)] if columns else [[] for _ in value.index],
        }
    if isinstance(value, pd.Series):
        return {"name": shown(value.name), "index": labels(value.index), "values": listed(value, value.dtype)}
    if isinstance(value, pd.Index):
        name = shown(value.name) if value.nlevels == 1 else None
        return {"name": name, "names": [shown(name) for name in value.names], "values": labels(value)}
    return {"values": listed(value, value.dtype)}


days = pd.date_range("2020-01-01", periods=3)
frame = pd.DataFrame({"count": [1, 2, 3], "price": [0.5, np.nan, 2.0], "city": ["Oslo", "Bergen", None],
                      "big": [2**60, -2**60, 0], "ok": [True, False, True]})
values = {
    "mixed": frame,
    "one block": pd.DataFrame(np.arange(6.0).reshape(3, 2) + 0.5, columns=["width", "height"]),
    "Fortran order": pd.DataFrame(np.asfortranarray(np.arange(6).reshape(3, 2))),
    "interleaved": pd.DataFrame({"id": [1, 2], "half": [0.5, 1.5], "no": [3, 4], "third": [0.25, 0.75], "last": [5, 6]}),
    "widths": pd.DataFrame({"id": np.arange(2, dtype="i1"), "low": np.arange(2, dtype="f4"), "u": np.arange(2, dtype="u8")}),
    "string index": frame.set_index("city"),
    "int columns": pd.DataFrame([[1, 2], [3, 4]]),
    "empty": pd.DataFrame(),
    "rows without columns": pd.DataFrame(index=[3, 5]),
    "columns without rows": pd.DataFrame({"low": [], "high": []}),
    "one row": pd.DataFrame({"count": [1], "price": [0.5], "city": ["Oslo"]}),
    "one row of categories": pd.DataFrame({"color": pd.Categorical(["red"])}),
    "dates": pd.DataFrame({"time": [days[0], pd.NaT, days[2]], "value": [1, 2, 3]}),
    "zoned dates": pd.DataFrame({"time": days.tz_localize("Europe/Berlin"), "utc": days.tz_localize("UTC")}),
    "timedeltas": pd.DataFrame({"delay": pd.to_timedelta([1, 90, 3600], unit="s")}),
    "categories": pd.DataFrame({"color": pd.Categorical(["red", None, "blue"])}),
    "categories of numbers": pd.DataFrame({"level": pd.Categorical([3, 1, 3])}),
    "nullable": pd.DataFrame({"int": pd.array([1, None, 3], dtype="Int64"), "float": pd.array([1.5, None, 2.0], dtype="Float64"),
                              "bool": pd.array([True, None, False], dtype="boolean")}),
    "strings": pd.DataFrame({"text": pd.array(["Oslo", None, "Bergen"], dtype="string")}),
    "months": pd.DataFrame({"month": pd.period_range("2019-12", periods=3, freq="M")}),
    "days": pd.DataFrame({"day": pd.period_range("2019-12-31", periods=3, freq="D")}),
    "intervals": pd.DataFrame({"range": pd.interval_range(0, 3)}),
    "sparse": pd.DataFrame({"value": pd.arrays.SparseArray([0, 0, 1, 0, 2, 2])}),
    "MultiIndex": frame.set_index(["city", "count"]),
    "MultiIndex columns": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("size", "min"), ("size", "max")])),
    "dates as index": pd.DataFrame({"value": [1, 2, 3]}, index=days),
    "objects": pd.DataFrame({"any": [pd.Timestamp("2020-01-02"), pd.Timedelta(seconds=5), None]}, dtype=object),
    "series": pd.Series([1.5, np.nan], name="x"),
    "series of text": pd.Series(["Oslo", "Bergen"], index=["first", "second"], name="city"),
    "series of dates": pd.Series(days),
    "series of zoned dates": pd.Series(days.tz_localize("America/New_York")),
    "series of categories": pd.Series(["red", "blue"], dtype="category"),
    "series without values": pd.Series([], dtype="f8"),
    "Index": pd.Index(["Oslo", "Bergen"], name="city"),
    "Index of numbers": pd.Index([1, 5, 7]),
    "RangeIndex": pd.RangeIndex(10, 0, -3, name="r"),
    "DatetimeIndex": days,
    "DatetimeIndex with zone": days.tz_localize("Asia/Tokyo"),
    "TimedeltaIndex": pd.to_timedelta(["1h", "2h"]),
    "PeriodIndex": pd.period_range("2020", periods=2, freq="Y" if pd.__version__ >= "2.2" else "A"),
    "IntervalIndex": pd.interval_range(0, 2),
    "CategoricalIndex": pd.CategoricalIndex(["red", "blue", "red"]),
    "levels": pd.MultiIndex.from_product([["red", "blue"], [1, 2]], names=["color", "size"]),
    "Categorical": pd.Categorical(["low", None, "high"], categories=["low", "high"], ordered=True),
    "nullable array": pd.array([1, None], dtype="Int64"),
}
protocol = int(sys.argv[1])
json.dump({
    "version": pd.__version__,
    "values": {name: [base64.b64encode(pickle.dumps(value, protocol)).decode(), holds(value)] for name, value in values.items()},
}, sys.stdout, indent=0 if len(sys.argv) > 2 else None, ensure_ascii=False)
