"""Replays operations on elements with lxml: reads a list of lists, writes what each did."""
import copy
import json
import sys

from lxml import etree

elements = []

def tag_of(element):
    if element.tag is etree.Comment:
        return "#comment"
    if element.tag is etree.PI:
        return "#processing-instruction"
    return element.tag

def dump(element):
    return [
        tag_of(element),
        sorted(element.attrib.items()),
        element.text,
        [dump(child) for child in element],
        element.tail,
    ]

def top(element):
    while element.getparent() is not None:
        element = element.getparent()
    return element

def index_of(element):
    for index, known in enumerate(elements):
        if known is element:
            return index
    return -1

def listed(found):
    return [index_of(element) for element in found]

def run(op, *args):
    if op == "new":
        elements.append(etree.Element(args[0]))
        return dump(elements[-1])
    if op == "comment":
        elements.append(etree.Comment(args[0]))
        return dump(elements[-1])
    if op == "pi":
        elements.append(etree.ProcessingInstruction(args[0], args[1]))
        return dump(elements[-1])
    one = elements[args[0]]
    two = elements[args[1]] if len(args) > 1 and type(args[1]) is int else None
    if op == "sub":
        elements.append(etree.SubElement(one, args[1]))
    elif op == "text":
        one.text = args[1]
    elif op == "tail":
        one.tail = args[1]
    elif op == "tag":
        one.tag = args[1]
    elif op == "set":
        one.set(args[1], args[2])
    elif op == "delete":
        one.attrib.pop(args[1], None)
    elif op == "append":
        one.append(two)
    elif op == "insert":
        one.insert(args[2], two)
    elif op == "remove":
        one.remove(two)
    elif op == "replace":
        one.replace(two, elements[args[2]])
    elif op == "addNext":
        one.addnext(two)
    elif op == "addPrevious":
        one.addprevious(two)
    elif op == "clear":
        one.clear(keep_tail=args[1])
    elif op == "copy":
        copied = copy.deepcopy(one)
        return dump(copied)
    elif op == "index":
        return one.index(two)
    elif op == "find":
        return listed(one.iterfind(args[1], args[2]))
    elif op == "iter":
        return listed(one.iter(*args[1]))
    elif op == "walk":
        return [
            listed(one.iterdescendants()),
            listed(one.iterancestors()),
            listed(one.itersiblings()),
            listed(one.itersiblings(preceding=True)),
            listed(one.iterchildren()),
            index_of(one.getnext()),
            index_of(one.getprevious()),
            index_of(one.getparent()),
            len(one),
        ]
    elif op == "texts":
        if tag_of(one).startswith("#"):
            return []
        return list(one.itertext(*args[1], with_tail=args[2]))
    return dump(top(one))

results = []

for op in json.load(sys.stdin):

    try:
        results.append(run(*op))
    except Exception as error:
        results.append({"error": type(error).__name__})
json.dump(results, sys.stdout)
