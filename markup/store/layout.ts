/**
 * The layout of a tree in memory: one `Int32Array`, a row of {@linkcode ROW} words for each node.
 *
 * ```text
 *        0        1       2      3     4     5     6      7      8      9      10     11      12
 *   ┌─────────┬────────┬───────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬───────┬─────┐
 *   │ HEAD    │ PARENT │ FIRST │ LAST │ NEXT │ PREV │ TEXT │ TEXT │ TAIL │ TAIL │ATTRS │ATTRS  │ POS │
 *   │name|kind│        │ child │ child│sibling      │ ref  │ end  │ ref  │ end  │ first│count|r│     │
 *   └─────────┴────────┴───────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴───────┴─────┘
 * ```
 *
 * - A node's *handle* is the offset of its row, so `words[node + NEXT]` is the handle of its next sibling. Handle 0 is no
 *   node. Links hold handles.
 * - `HEAD` is `name << KIND_BITS | kind`; names are numbers of a `NameTable`. A processing instruction's name is its target.
 * - Texts are two words. The first is `start << TEXT_BITS | how`, the second is the end:
 *
 *   | how | the text is |
 *   |---|---|
 *   | `PLAIN` | units `start` to `end` of the source as a string; both words 0: no text |
 *   | `UTF8` | bytes `start` to `end` of the source, decoded |
 *   | `RAW` | the same, with references and line ends to be replaced; of a string, units with references to be replaced |
 *   | `TABLE` | entry `start` of the table of strings (decoded, joined or edited text) |
 *
 *   A store's source is either a string (HTML) or bytes of UTF-8 (XML); of bytes, `PLAIN` is what is ASCII throughout.
 * - `TEXT` is the text before the first child, or the content of a comment or processing instruction; `TAIL` is the text
 *   between the node and its next sibling.
 * - `ATTRS` leads to the attributes of a node, {@linkcode ATTR_ROW} words each in an array of their own, side by side:
 *   name, then a text of two words. Namespace declarations are among them. `count << 1 | 1` is the count of a list that was
 *   moved to have room for a power of two of attributes.
 * - `POS` is the offset of the node in the source plus 1, 0 if it does not come from there, and its line below 0 if it comes
 *   from the source of another store.
 *
 * Rows are never given back while the store lives; the row of a node that has moved to another store has kind 0.
 *
 * @module
 */

/** Words of a row. */
export const ROW = 13;

/** `name << KIND_BITS | kind`. */
export const HEAD = 0;
/** Handle of the parent, 0 if there is none. */
export const PARENT = 1;
/** Handle of the first child. */
export const FIRST = 2;
/** Handle of the last child. */
export const LAST = 3;
/** Handle of the next sibling. */
export const NEXT = 4;
/** Handle of the previous sibling. */
export const PREV = 5;
/** Text before the first child, two words. */
export const TEXT = 6;
/** Text behind the node, two words. */
export const TAIL = 8;
/** Offset of the first attribute. */
export const ATTRS = 10;
/** `count << 1 | moved`. */
export const ATTR_COUNT = 11;
/** Offset in the source plus 1. */
export const POS = 12;

/** Bits of a head that hold the kind. */
export const KIND_BITS = 3;
/** Mask of the kind. */
export const KIND_MASK = 7;
/** An element. */
export const ELEMENT = 1;
/** A comment. */
export const COMMENT = 2;
/** A processing instruction. */
export const INSTRUCTION = 3;
/** The document: parent of the root and of its siblings. */
export const DOCUMENT = 4;

/** Bits of a text's first word that say how to read it. */
export const TEXT_BITS = 2;
/** Mask of how a text is read. */
export const TEXT_MASK = 3;
/** A part of the source as a string. */
export const PLAIN = 0;
/** Bytes of the source that are not ASCII throughout. */
export const UTF8 = 1;
/** Bytes of the source with references or line ends to replace. */
export const RAW = 2;
/** An entry of the table of strings. */
export const TABLE = 3;

/** Words of an attribute: name, text, end of the text. */
export const ATTR_ROW = 3;

/** Longest source, in bytes or units: what `start << TEXT_BITS` can hold without its sign. */
export const MAX_SOURCE = 0x1fff_ffff;
