"""Marks differences with lxml: pairs of texts in, texts with marks out."""
import json
import sys

from lxml.html.diff import htmldiff

json.dump([htmldiff(before, after) for before, after in json.load(sys.stdin)], sys.stdout)
