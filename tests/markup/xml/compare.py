"""What lxml and ElementTree make of documents: reads a list of jobs, writes a list of texts."""
import base64
import io
import json
import sys
import xml.etree.ElementTree as ElementTree

from lxml import etree


def run(job):
    source = base64.b64decode(job["source"])
    kind = job["kind"]
    options = job.get("options", {})
    if kind == "c14n2":
        return ElementTree.canonicalize(source.decode(), **options)
    tree = etree.parse(io.BytesIO(source), etree.XMLParser(attribute_defaults=True))
    if kind == "tree":
        return etree.tostring(tree, encoding="unicode", **options)
    if kind == "paths":
        return [tree.getpath(node) for node in tree.getroot().iter()]
    if kind == "nsmaps":
        return [
            sorted(((prefix or ""), uri) for prefix, uri in node.nsmap.items() if uri)
            for node in tree.getroot().iter("*")
        ]
    if kind == "dump":
        return [
            [
                node.tag if isinstance(node.tag, str) else "#",
                sorted(node.attrib.items()),
                node.text,
                node.tail,
                node.prefix if isinstance(node.tag, str) else None,
            ]
            for node in tree.getroot().iter()
        ]
    if kind == "c14n":
        out = io.BytesIO()
        tree.write_c14n(out, **options)
        return out.getvalue().decode()
    raise ValueError(kind)


results = []
for job in json.load(sys.stdin):
    try:
        results.append(run(job))
    except Exception as error:
        results.append({"error": str(error)})
json.dump(results, sys.stdout)
