"""Prints, one a line for each protocol, a pickle of what has recipes in Ferry."""
import collections
import functools
import ipaddress
import pickle
import re
import time
import types

value = {
    "namespace": types.SimpleNamespace(speed=1, parts=[2]),
    "pattern": re.compile(r"(?P<name>\d+)", re.I),
    "binary": re.compile(rb"\w"),
    "addresses": [ipaddress.ip_address(text) for text in (
        "192.0.2.1", "255.255.255.255", "2001:db8::1", "::", "2001:0:0:1::", "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8",
    )] + [
        ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_network("2001:db8::/32"),
        ipaddress.ip_interface("192.0.2.1/24"), ipaddress.ip_interface("2001:db8::1/64"),
    ],
    "moment": time.gmtime(1582938123),
    "chain": collections.ChainMap({"color": "red"}, {"color": "blue", "size": 2}),
    "dict": collections.UserDict(id=1),
    "list": collections.UserList([1, 2]),
    "text": collections.UserString("text"),
    "partial": functools.partial(int, "11", base=2),
}
for protocol in range(6):
    print(pickle.dumps(value, protocol).hex())
