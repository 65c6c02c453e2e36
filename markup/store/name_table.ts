/**
 * Names of elements and attributes as numbers, so that comparing names is comparing integers.
 *
 * ```text
 *   id   0          no name
 *        1 … 1023   reserved: a parser's well-known names, at numbers that it chooses
 *     1024 … 16383  shared by all documents, first come, first served, never given back
 *    16384 …        the document's own: names that found no room, or are too long to be shared
 * ```
 *
 * A name is a namespace URI, a local name and a prefix. Names that differ in the prefix alone have the same
 * {@linkcode NameTable.expanded} number. The shared part is bounded, so that hostile documents cannot fill the memory.
 *
 * @module
 */

/** First number that is not reserved. */
export const FIRST_FREE = 1024;
/** First number of a document's own names. */
export const FIRST_OWN = 16384;
/** Longest URI, local name and prefix together that the shared part takes. */
const LONGEST_SHARED = 128;

/** Columns of names, and an index of them. */
class Names {
  readonly locals: string[];
  readonly uris: string[];
  readonly prefixes: string[];
  readonly tags: string[];
  readonly expanded: number[];
  readonly index = new Map<string, number>();

  /** With some numbers that no name has yet. */
  constructor(reserved: number) {
    // Spread, so that the engine knows that there are no holes.
    const none = [...new Array<string>(reserved)].fill("");
    this.locals = none;
    this.uris = [...none];
    this.prefixes = [...none];
    this.tags = [...none];
    this.expanded = [...none.keys()];
  }

  put(at: number, id: number, local: string, uri: string, prefix: string): void {
    this.locals[at] = local;
    this.uris[at] = uri;
    this.prefixes[at] = prefix;
    this.tags[at] = uri === "" ? local : `{${uri}}${local}`;
    this.expanded[at] = id;
    this.index.set(keyOf(local, uri, prefix), id);
  }
}

/** Neither `{` nor `}` can be in a prefix or in front of a local name of XML; HTML's names have no URI and no prefix. */
function keyOf(local: string, uri: string, prefix: string): string {
  return uri === "" && prefix === "" ? local : `${prefix}{${uri}}${local}`;
}

const shared = new Names(FIRST_FREE);

/**
 * Puts a name at a number that its parser chose.
 *
 * @param id From 1 to 1023, not taken yet.
 * @param local The local name.
 * @param uri The namespace, or "".
 * @param prefix The prefix, or "".
 * @throws {RangeError} If the number is taken or is not a reserved one, or the name has another number already.
 */
export function reserveName(id: number, local: string, uri = "", prefix = ""): void {
  if (!(id > 0 && id < FIRST_FREE) || shared.locals[id] !== "") {
    throw new RangeError(`A reserved name needs a free number from 1 to 1023, received ${id}`);
  }
  const before = shared.index.get(keyOf(local, uri, prefix));
  if (before !== undefined) {
    throw new RangeError(`The name "${local}" has the number ${before} already, received ${id}`);
  }
  shared.put(id, id, local, uri, prefix);
  const twin = prefix === "" ? undefined : shared.index.get(keyOf(local, uri, ""));
  if (twin !== undefined) shared.expanded[id] = twin;
}

/** The names of one document, and those that all documents share. */
export class NameTable {
  #own: Names | undefined;

  /** How many names the document has for itself alone: those that found no room in the shared part. */
  get ownCount(): number {
    return this.#own?.locals.length ?? 0;
  }

  /**
   * The number of a name, a new one if need be.
   *
   * @param local The local name.
   * @param uri The namespace, or "".
   * @param prefix The prefix, or "".
   * @returns Its number, above 0.
   */
  intern(local: string, uri = "", prefix = ""): number {
    const key = keyOf(local, uri, prefix);
    const known = shared.index.get(key) ?? this.#own?.index.get(key);
    if (known !== undefined) return known;
    const expanded = prefix === "" ? 0 : this.intern(local, uri, "");
    const room = shared.locals.length < FIRST_OWN && key.length <= LONGEST_SHARED;
    const names = room ? shared : this.#own ??= new Names(0);
    const at = names.locals.length;
    const id = room ? at : at + FIRST_OWN;
    names.put(at, id, local, uri, prefix);
    if (expanded !== 0) names.expanded[at] = expanded;
    return id;
  }

  /**
   * The number of a name, if it has one.
   *
   * @param local The local name.
   * @param uri The namespace, or "".
   * @param prefix The prefix, or "".
   * @returns Its number, or 0: then no node of the document has the name.
   */
  find(local: string, uri = "", prefix = ""): number {
    const key = keyOf(local, uri, prefix);
    return shared.index.get(key) ?? this.#own?.index.get(key) ?? 0;
  }

  /** The local name. */
  local(id: number): string {
    return id < FIRST_OWN ? shared.locals[id]! : this.#own!.locals[id - FIRST_OWN]!;
  }

  /** The namespace, or "". */
  uri(id: number): string {
    return id < FIRST_OWN ? shared.uris[id]! : this.#own!.uris[id - FIRST_OWN]!;
  }

  /** The prefix, or "". */
  prefix(id: number): string {
    return id < FIRST_OWN ? shared.prefixes[id]! : this.#own!.prefixes[id - FIRST_OWN]!;
  }

  /** The name as `{uri}local`, or `local` without a namespace. */
  tag(id: number): string {
    return id < FIRST_OWN ? shared.tags[id]! : this.#own!.tags[id - FIRST_OWN]!;
  }

  /** The number of the name without its prefix: equal for names that differ in the prefix alone. */
  expanded(id: number): number {
    return id < FIRST_OWN ? shared.expanded[id]! : this.#own!.expanded[id - FIRST_OWN]!;
  }

  /** The name as it is written: `prefix:local` or `local`. */
  qualified(id: number): string {
    const prefix = this.prefix(id);
    return prefix === "" ? this.local(id) : `${prefix}:${this.local(id)}`;
  }

  /**
   * The number that a name of another table has in this one.
   *
   * @param id The number there.
   * @param from The other table.
   */
  adopt(id: number, from: NameTable): number {
    return id < FIRST_OWN || from === this
      ? id
      : this.intern(from.local(id), from.uri(id), from.prefix(id));
  }
}
