const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether a key has an escape in it. `JSON.parse` of V8 13 to 15 may give such a key wrongly: `{"\"":1}` has the key
 * `\` after any text with a key `\` was parsed, for its cache of keys compares the undecoded text (V8 issue
 * 521080746). Those texts go to our own parser.
 *
 * It looks at strings with an escape only, so that it costs next to nothing beside parsing. A text that is no JSON
 * may be judged either way: either parser refuses it.
 */
export function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", at)) {
    let c = BACKSLASH;
    while (c !== QUOTE) {
      at += c === BACKSLASH ? 2 : 1;
      if (at >= text.length) return false;
      c = text.charCodeAt(at);
    }
    do c = text.charCodeAt(++at); while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09);
    if (c === 0x3a) return true;
  }
  return false;
}
