"""Runs selectors with cssselect and lxml: documents and selectors in, positions of the elements found out."""
import json
import sys

import lxml.etree
from cssselect import ExpressionError, GenericTranslator, HTMLTranslator, SelectorSyntaxError

job = json.load(sys.stdin)
translators = {False: GenericTranslator(), True: HTMLTranslator()}
parser = lxml.etree.XMLParser(huge_tree=True)


def compiled(selector, html, namespaces):
    try:
        path = translators[html].css_to_xpath(selector)
    except (ExpressionError, SelectorSyntaxError) as error:
        return f"{type(error).__name__}: {error}"
    return lxml.etree.XPath(path, namespaces=namespaces)


paths = {html: [compiled(one, html, job["namespaces"]) for one in job["selectors"]] for html in (False, True)}
answers = []
for document in job["documents"]:
    root = lxml.etree.fromstring(document["xml"].encode(), parser)
    order = {element: index for index, element in enumerate(root.iter("*"))}
    row = []
    for path in paths[document["html"]]:
        row.append(path if isinstance(path, str) else [order[element] for element in path(root)])
    answers.append(row)
json.dump(answers, sys.stdout)
