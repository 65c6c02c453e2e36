import { FIRST_FREE, FIRST_OWN, NameTable, reserveName } from "../../store/mod.ts";
import { HTML_TAGS, tagOf } from "./tags.ts";

/** Names that documents often have, beside those of {@linkcode HTML_TAGS}. */
const COMMON =
  "abbr audio bdi bdo canvas cite data datalist del dfn ins kbd label legend map mark meter output picture progress " +
  "q samp slot time video class href src alt id name type value content rel width height action method placeholder role";

const table = new NameTable();

/** The element that a name of HTML is, by the number of the name; 0 if it is none that the parser knows. */
export const TAG_OF_NAME: Uint8Array = new Uint8Array(FIRST_OWN);
/** The number of the name that an element of HTML has. */
export const NAME_OF_TAG: Uint16Array = new Uint16Array(256);

// A document of XML may have been parsed before this file is loaded: then a name has its number already.
let free = 1;
for (const local of [...HTML_TAGS, ...COMMON.split(" ")]) {
  let name = table.find(local);
  if (name === 0) {
    while (free < FIRST_FREE && table.local(free) !== "") free++;
    reserveName(free, local);
    name = free;
  }
  const tag = tagOf(local);
  if (tag === 0) continue;
  TAG_OF_NAME[name] = tag;
  NAME_OF_TAG[tag] = name;
}

/**
 * The element that a name is.
 *
 * @param name Number of the name.
 * @returns A number of `tags.ts`, 0 if the parser does not know the name.
 */
export function tagOfName(name: number): number {
  return name < FIRST_OWN ? TAG_OF_NAME[name]! : 0;
}
