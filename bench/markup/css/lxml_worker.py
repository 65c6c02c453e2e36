"""Runs selectors with lxml and cssselect: a path, then a selector a line; the CPU seconds and the number of results back."""
import sys
import time

import cssselect
import lxml.etree
import lxml.html

# As lxml.cssselect does it, whose own `:contains()` fails.
translator = cssselect.HTMLTranslator()

version = ".".join(map(str, lxml.etree.LXML_VERSION[:3]))
print(f"lxml {version}, cssselect {getattr(cssselect, 'VERSION', '')}", flush=True)
tree = lxml.html.document_fromstring(open(sys.stdin.readline().strip(), "rb").read())
compiled = {}
for line in sys.stdin:
    text = line.rstrip("\n")
    if text not in compiled:
        compiled[text] = lxml.etree.XPath(translator.css_to_xpath(text))
    select = compiled[text]
    start = time.process_time()
    found = select(tree)
    took = time.process_time() - start
    print(took, len(found), flush=True)
