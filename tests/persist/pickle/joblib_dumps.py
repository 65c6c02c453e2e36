"""Prints, as JSON, dumps of joblib in base64, by the way they are compressed."""
import base64
import io
import json
import sys

import joblib
import numpy as np

value = {
    "before": "text",
    "ints": np.arange(5),
    "matrix": np.arange(6, dtype="f4").reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6, dtype="f8").reshape(2, 3)),
    "big": np.array([1, 2], dtype=">i4"),
    "objects": np.array(["a", None, [1]], dtype=object),
    "empty": np.zeros((0, 3)),
    "none": np.array(5),
    "subclass": np.matrix([[1, 2]]),
    "after": {"deep": [1, 2]},
}
try:
    from sklearn.linear_model import LinearRegression
    value["model"] = LinearRegression().fit(np.array([[0.0, 1], [1, 0], [2, 2]]), np.array([0, 1, 2]))
except ImportError:
    pass

dumped = {}
for name, compress in {"raw": 0, "zlib": ("zlib", 3), "gzip": ("gzip", 3), "bz2": ("bz2", 3), "xz": ("xz", 3),
                       "lzma": ("lzma", 3)}.items():
    file = io.BytesIO()
    joblib.dump(value, file, compress=compress)
    dumped[name] = base64.b64encode(file.getvalue()).decode()
json.dump(dumped, sys.stdout)
