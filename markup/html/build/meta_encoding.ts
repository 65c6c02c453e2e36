import { ATTR_ROW } from "../../store/mod.ts";
import { extractCharset } from "../encoding/extract_charset.ts";
import { resolveLabel } from "../encoding/resolve_label.ts";
import type { Builder } from "./builder.ts";

/**
 * Looks at a `meta` of a document whose encoding was only guessed. If it tells another encoding, the rest of the document is
 * read in that one. If what was read so far is another text then, parsing ends here: the document is to be read again.
 */
export function changeEncoding(builder: Builder): void {
  const { store } = builder;
  let pragma = false;
  let told: string | undefined;
  let content: string | undefined;
  for (let k = 0; k < builder.attrCount; k++) {
    const row = builder.attrFirst + k * ATTR_ROW;
    const value = store.attributeText(row);
    switch (store.names.local(store.attrs[row]!)) {
      case "charset":
        told = resolveLabel(value);
        break;
      case "content":
        content = value;
        break;
      case "http-equiv":
        pragma = value.toLowerCase() === "content-type";
    }
  }
  if (told === undefined && pragma && content !== undefined) told = extractCharset(content);
  if (told === undefined) return;
  builder.guessed = false;
  if (told === "utf-16le" || told === "utf-16be") told = "utf-8";
  if (told === "x-user-defined" || told === "windows-1252") return;
  const text = builder.reread?.(told);
  if (text?.startsWith(builder.source.slice(0, builder.pos))) {
    builder.replaceSource(text);
    store.info.encoding = told;
    return;
  }
  builder.betterEncoding = told;
  builder.pos = builder.source.length;
}
