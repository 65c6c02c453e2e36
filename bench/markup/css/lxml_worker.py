"""Runs selectors with lxml and cssselect: a path, then a selector a line; the CPU seconds and the number of results back."""
import sys
import time

import cssselect
import lxml.etree
import lxml.html
from lxml.cssselect import CSSSelector

version = ".".join(map(str, lxml.etree.LXML_VERSION[:3]))
print(f"lxml {version}, cssselect {getattr(cssselect, 'VERSION', '')}", flush=True)
tree = lxml.html.document_fromstring(open(sys.stdin.readline().strip(), "rb").read())
compiled = {}
for line in sys.stdin:
    text = line.rstrip("\n")
    if text not in compiled:
        compiled[text] = CSSSelector(text, translator="html")
    select = compiled[text]
    start = time.process_time()
    try:
        found = select(tree)
    except lxml.etree.XPathFunctionError:
        print("nan", 0, flush=True)
        continue
    took = time.process_time() - start
    print(took, len(found), flush=True)
