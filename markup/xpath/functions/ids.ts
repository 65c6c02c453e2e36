import { ATTR_ROW, ELEMENT, KIND_MASK } from "../../store/layout.ts";
import { XML_URI } from "../../tree/namespaces.ts";
import { sortNodes } from "../nodes/document_order.ts";
import { NodeSet } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";

/** The first element for each identifier. */
function index(run: Run): Map<string, number> {
  const { store, words, top } = run;
  const { names } = store;
  const wanted = store.language === "html" ? names.find("id") : names.find("id", XML_URI, "xml");
  const found = new Map<string, number>();
  let work = 0;
  for (let at = store.following(top, top); at !== 0; at = store.following(at, top)) {
    work++;
    if ((words[at]! & KIND_MASK) !== ELEMENT) continue;
    const end = run.endOfAttributes(at);
    for (let row = run.firstAttribute(at); row < end; row += ATTR_ROW) {
      if (store.attrs[row] !== wanted) continue;
      const id = store.attributeText(row);
      if (!found.has(id)) found.set(id, at);
    }
  }
  run.spend(work);
  return found;
}

/** The elements whose identifiers are in texts, between white space: `xml:id` in XML, `id` in HTML. */
export function elementsById(texts: readonly string[], run: Run): NodeSet {
  const set = new NodeSet();
  const ids = run.ids ??= index(run);
  for (const text of texts) {
    for (const id of text.split(/[ \t\r\n]+/)) {
      const element = ids.get(id);
      if (element !== undefined) set.push(element);
    }
  }
  return sortNodes(set, run);
}
