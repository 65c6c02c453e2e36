"""Parses pages with lxml.html: reads a list of paths, prints versions and the best times of CPU as JSON."""
import json
import resource
import sys
import time

import lxml.etree
import lxml.html

paths, rounds = json.load(sys.stdin)
pages = [open(path, "rb").read() for path in paths["pages"]]
big = open(paths["big"], "rb").read()
cold = open(paths["cold"], "rb").read()


def cpu(work):
    start = time.process_time()
    kept = work()
    took = time.process_time() - start
    del kept
    return took * 1000


first = cpu(lambda: lxml.html.document_fromstring(cold))
many = min(cpu(lambda: [lxml.html.document_fromstring(page) for page in pages] and None) for _ in range(rounds))
one = min(cpu(lambda: lxml.html.document_fromstring(big)) for _ in range(rounds))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "version": "lxml " + ".".join(map(str, lxml.etree.LXML_VERSION[:3])),
    "cold": first,
    "pages": many,
    "big": one,
    "peak": before * 1024,
}))
