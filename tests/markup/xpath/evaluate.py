"""What lxml makes of expressions: reads documents and jobs, writes results that tell nodes by their place in the document."""
import base64
import io
import json
import sys

from lxml import etree, html

data = json.load(sys.stdin)
MOST = data["most"]


def nodes_of(tree):
    root = tree.getroot()
    before = list(root.itersiblings(preceding=True))
    return before[::-1] + list(root.iter()) + list(root.itersiblings())


class Document:
    def __init__(self, job):
        source = base64.b64decode(job["source"])
        if job["language"] == "html":
            self.tree = html.document_fromstring(source.decode()).getroottree()
        else:
            parser = etree.XMLParser(attribute_defaults=True, resolve_entities=True, no_network=True)
            self.tree = etree.parse(io.BytesIO(source), parser)
        self.nodes = nodes_of(self.tree)
        self.index = {node: number for number, node in enumerate(self.nodes)}

    def show(self, node):
        if isinstance(node, tuple):
            return f"n {node[0] or ''} {node[1]}"
        if isinstance(node, str):
            parent = self.index.get(node.getparent(), -1)
            if node.is_attribute:
                return f"a {parent} {node.attrname} {node}"
            return f"{'x' if node.is_tail else 't'} {parent} {node}"
        if node in self.index:
            return f"e {self.index[node]}"
        return f"m {node.tag} {node.text}"


def limited(shown):
    if len(shown) <= MOST:
        return shown
    return [str(len(shown))] + shown[: MOST // 2] + shown[-MOST // 2 :]


def run(document, job):
    node = document.nodes[job["node"]] if job["node"] >= 0 else document.tree
    result = node.xpath(
        job["expression"], namespaces=job["namespaces"] or None, **job.get("variables", {})
    )
    if isinstance(result, bool):
        return ["boolean", result]
    if isinstance(result, float):
        return ["number", repr(result)]
    if isinstance(result, str):
        return ["string", str(result)]
    shown = [document.show(one) for one in result]
    if any(one.startswith("n ") for one in shown):
        shown.sort()
    return ["nodes", limited(shown)]


def load(job):
    try:
        return Document(job)
    except etree.XMLSyntaxError:
        return None


documents = [load(job) for job in data["documents"]]
class Costly(BaseException):
    pass


results = []
for job in data["jobs"]:
    try:
        results.append(run(documents[job["document"]], job))
    except Exception as error:
        results.append(["error", f"{type(error).__name__}: {error}"])
json.dump(
    {
        "sizes": [
            [len(document.nodes), etree.tostring(document.tree, method="c14n").decode()]
            if document
            else [-1, ""]
            for document in documents
        ],
        "results": results,
    },
    sys.stdout,
)
