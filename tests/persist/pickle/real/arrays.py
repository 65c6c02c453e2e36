"""Random numpy arrays: `arrays.py SEED COUNT` prints, one a line as JSON, a pickle and what its elements are; `check` reads
pickles as hexadecimal digits, one a line, and prints what numpy finds in them."""
import json
import pickle
import random
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def shown(value):
    """An element as JSON, with a tag where JSON has no form for it."""
    if isinstance(value, np.generic):
        kind = value.dtype.kind
        if kind in "Mm":
            if np.isnat(value):
                return {"t": None}
            unit, step = np.datetime_data(value.dtype)
            return {"t": [kind, unit, str(int(value.astype("i8")) * step), str(value.astype("i8"))]}
        if kind == "V" and value.dtype.names:
            return {"r": {name: shown(value[name]) for name in value.dtype.names}}
        if kind == "V":
            return {"b": value.tobytes().hex()}
        value = value.item()
    if isinstance(value, np.ndarray):
        return shown(value[()]) if value.ndim == 0 else [shown(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": np.float64(value).tobytes().hex() if value == value else "nan"}
    if isinstance(value, complex):
        return {"c": [shown(value.real), shown(value.imag)]}
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, str):
        return value
    return repr(value)


def make(r):
    order = r.choice("<>")
    code = r.choice(["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "U3", "S4", "V3",
                     "M8[ns]", "M8[us]", "M8[s]", "M8[D]", "M8[M]", "M8[Y]", "M8[25s]", "m8[ns]", "m8[h]", "m8[D]", "O"])
    if r.random() < 0.2:
        dtype = np.dtype([("id", order + "i4"), ("at", order + "f8", (2,)), ("tag", [("no", "u1"), ("text", "U2")])])
    else:
        dtype = np.dtype(code if code[0] in "bSVO" or code in ("i1", "u1") else order + code)
    shape = tuple(r.randrange(4) for _ in range(r.randrange(4)))
    size = int(np.prod(shape, dtype=int))
    if dtype.kind == "O":
        array = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            array[index] = r.choice([None, 5, "x", True, 2**70])
    else:
        raw = bytearray(r.randbytes(size * dtype.itemsize))
        if dtype.kind == "U":
            raw = "".join(r.choice("aé日\U0001f600\0") for _ in range(size * dtype.itemsize // 4)).encode(
                "utf-32-le" if dtype.byteorder in "<=" else "utf-32-be")
        elif dtype.names:
            raw = bytes(len(raw))
        elif dtype.kind in "Mm":
            limit = 2 ** r.choice([10, 30, 40])
            counts = [r.choice([-2**63, r.randrange(-limit, limit)]) for _ in range(size)]
            raw = np.array(counts, dtype=dtype.str[0] + "i8").tobytes()
        elif dtype.kind == "b":
            raw = bytes(b & 1 for b in raw)
        array = np.frombuffer(bytes(raw), dtype=dtype).reshape(shape).copy()
        if dtype.names:
            for index in np.ndindex(shape):
                array[index] = (r.randrange(-9, 9), (r.random(), 2), (7, "é"))
    if r.random() < 0.3:
        array = np.asfortranarray(array)
    if len(shape) > 1 and r.random() < 0.3:
        array = array.transpose(r.sample(range(len(shape)), len(shape)))
    if r.random() < 0.1 and len(shape) == 2:
        array = np.asmatrix(array) if dtype.kind != "V" else array
    return array


if sys.argv[1] == "check":
    for line in sys.stdin:
        array = pickle.loads(bytes.fromhex(line))
        print(json.dumps({"class": type(array).__name__, "shape": array.shape, "elements": shown(np.asarray(array))}))
else:
    r = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        array = make(r)
        protocol = r.randrange(6)
        print(json.dumps({"class": type(array).__name__, "protocol": protocol, "pickle": pickle.dumps(array, protocol).hex(),
                          "shape": array.shape, "elements": shown(np.asarray(array))}))
