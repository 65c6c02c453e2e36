"""Does tasks with lxml: a task and a file a line, the CPU seconds that it took back."""
import io
import os
import sys
import time

from lxml import etree

trees = {}


def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def walk(root):
    total = 0
    for element in root.iter():
        total += len(element.tag) if isinstance(element.tag, str) else 0
        if element.text:
            total += len(element.text)
    return total


class Target:
    """Counts as the other engines do."""

    def __init__(self):
        self.total = 0

    def start(self, tag, _attributes):
        self.total += len(tag)

    def data(self, text):
        self.total += len(text)

    def close(self):
        return self.total


def run(task, path):
    if task == "memory":
        with open(path, "rb") as file:
            data = file.read()
        before = rss()
        trees[path] = etree.fromstring(data)
        return rss() - before
    if path not in trees:
        with open(path, "rb") as file:
            data = file.read()
        trees[path] = (data, etree.fromstring(data))
    data, root = trees[path]
    if task.startswith("xpath:"):
        query = etree.XPath(task[6:], namespaces={"o": "http://example.org/"})
        start = time.process_time()
        query(root)
        return time.process_time() - start
    start = time.process_time()
    if task == "parse":
        etree.fromstring(data)
    elif task == "walk":
        walk(root)
    elif task == "serialize":
        etree.tostring(root)
    elif task == "events":
        parser = etree.XMLParser(target=Target())
        parser.feed(data)
        parser.close()
    elif task == "iterparse":
        for _, element in etree.iterparse(io.BytesIO(data)):
            element.clear()
    return time.process_time() - start


print("lxml " + ".".join(map(str, etree.LXML_VERSION[:3])), flush=True)
for line in sys.stdin:
    print(run(*line.rstrip().rsplit(" ", 1)), flush=True)
