import type { SubsetReader } from "./subset_reader.ts";

/** Deepest groups inside one another; each costs one call. */
const DEEPEST = 256;

/** Reads what an element may contain: `EMPTY`, `ANY`, `(#PCDATA | a)*`, `(a, (b | c)+)`. */
export function contentModel(reader: SubsetReader): void {
  if (reader.skip("EMPTY") || reader.skip("ANY")) return;
  reader.need("(");
  reader.space();
  if (reader.skip("#PCDATA")) mixed(reader);
  else group(reader, 1);
}

function mixed(reader: SubsetReader): void {
  let names = 0;
  reader.space();
  while (reader.skip("|")) {
    reader.space();
    reader.name();
    reader.space();
    names++;
  }
  reader.need(")");
  if (!reader.skip("*") && names > 0) reader.fail('A group with #PCDATA and names needs ")*"');
}

/** A group, behind its `(`. */
function group(reader: SubsetReader, depth: number): void {
  if (depth > DEEPEST) reader.refuse(`Groups are more than ${DEEPEST} deep`);
  let separator = "";
  while (true) {
    reader.space();
    if (reader.skip("(")) group(reader, depth + 1);
    else {
      reader.name();
      occurrence(reader);
    }
    reader.space();
    if (reader.skip(")")) break;
    if (separator === "") separator = reader.text[reader.at] === "|" ? "|" : ",";
    reader.need(separator);
  }
  occurrence(reader);
}

function occurrence(reader: SubsetReader): void {
  if (!reader.skip("?") && !reader.skip("*")) reader.skip("+");
}
