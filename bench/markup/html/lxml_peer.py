"""Parses pages with lxml.html: reads a list of paths, prints versions and the best times of CPU as JSON."""
import json
import resource
import sys
import time

import lxml.etree
import lxml.html

given = json.load(sys.stdin)
paths, rounds = given, given["rounds"]
pages = [open(path, "rb").read() for path in paths["pages"]]
cold = open(paths["cold"], "rb").read()


def cpu(work):
    start = time.process_time()
    kept = work()
    took = time.process_time() - start
    del kept
    return took * 1000


start = time.perf_counter()
kept = lxml.html.document_fromstring(cold)
first = (time.perf_counter() - start) * 1000
# Without rounds, the first parse is all that is asked for.
if rounds == 0:
    print(json.dumps({"cold": first}))
    sys.exit()
big = open(paths["big"], "rb").read()
many = min(cpu(lambda: [lxml.html.document_fromstring(page) for page in pages] and None) for _ in range(rounds))
one = min(cpu(lambda: lxml.html.document_fromstring(big)) for _ in range(rounds))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "version": "lxml " + ".".join(map(str, lxml.etree.LXML_VERSION[:3])),
    "cold": first,
    "pages": many,
    "big": one,
    "peak": peak * 1024,
}))
