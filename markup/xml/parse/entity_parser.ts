import { ATTR_ROW, TABLE, TEXT_BITS } from "../../store/layout.ts";
import { LAST, TAIL, TEXT } from "../../store/layout.ts";
import { DefaultBudget, DocumentType, type Entity } from "../dtd/document_type.ts";
import { ValueError } from "../dtd/read_subset.ts";
import { isXmlCharacter } from "../xml_character.ts";
import { IN_NAME } from "./byte_classes.ts";
import { ContentParser } from "./content_parser.ts";
import { MULTIPLIER, NameError } from "./raw_names.ts";
import { PADDING } from "./reader.ts";

/** What each reference to an entity counts beside the length of what it gives, for the work that it makes. */
const COST = 32;
const SEMICOLON = 59;

const encoder = new TextEncoder();

/** Text as UTF-8 with zeros behind it. */
export function padded(text: string): { bytes: Uint8Array; length: number } {
  // Most texts are ASCII; another one needs up to three bytes a unit.
  let bytes = new Uint8Array(text.length + PADDING);
  let { read, written } = encoder.encodeInto(text, bytes.subarray(0, text.length));
  if (read < text.length) {
    bytes = new Uint8Array(text.length * 3 + PADDING);
    ({ read, written } = encoder.encodeInto(text, bytes));
  }
  return { bytes, length: written };
}

/** Replaces references to entities, and adds default attributes: all that documents with a document type need. */
export abstract class EntityParser extends ContentParser {
  /** What the document type declares. */
  type: DocumentType = new DocumentType();
  /** Whether the document says that it stands alone. */
  standalone = false;
  /** How much the entities of the document have given. */
  #expanded = 0;
  #depth = 0;
  #budget = new DefaultBudget(0);

  /** Forgets the entities of the document before. */
  protected resetEntities(): void {
    this.type = new DocumentType();
    this.standalone = false;
    this.hasDefaults = false;
    this.#expanded = 0;
    this.#depth = 0;
    this.#budget = new DefaultBudget(this.settings.maxEntityBytes);
  }

  /** Counts what an entity gives. */
  protected count(length: number): void {
    this.#expanded += length + COST;
    if (this.#expanded > this.settings.maxEntityBytes) {
      throw new ValueError(
        `Entities expand to more than maxEntityBytes (${this.settings.maxEntityBytes})`,
      );
    }
  }

  /** The entity of a name. */
  #lookUp(name: string): Entity & { text: string } {
    let entity = this.type.entities.get(name);
    if (entity === undefined) {
      const text = this.settings.entities.get(name);
      if (text !== undefined) {
        // Given by the caller as it is to be: what is special in it is not to be read again.
        const escaped = text.replace(/[<&]/g, (sign) => sign === "<" ? "&#60;" : "&#38;");
        this.type.entities.set(name, entity = { text: escaped, unparsed: false, open: false });
      } else if (this.type.unread && !this.standalone) {
        throw new ValueError(
          `The entity "${name}" may be declared in a file, which is not read: give its text in the option entities`,
        );
      } else throw new ValueError(`The entity "${name}" is not declared`);
    }
    if (entity.unparsed) throw new ValueError(`The entity "${name}" is not text`);
    if (entity.text === undefined) {
      throw new ValueError(`The entity "${name}" is in a file, which is not read`);
    }
    if (entity.open) throw new ValueError(`The entity "${name}" contains itself`);
    if (this.#depth >= this.settings.maxEntityDepth) {
      throw new ValueError(
        `Entities are more than maxEntityDepth (${this.settings.maxEntityDepth}) deep`,
      );
    }
    this.count(entity.text.length);
    return entity as Entity & { text: string };
  }

  /** The name in the reference at an offset. */
  #nameAt(at: number): string {
    const { bytes } = this;
    let end = at + 1;
    let hash = 0;
    for (; IN_NAME[bytes[end]!] !== 0; end++) hash = Math.imul(hash, MULTIPLIER) + bytes[end]! | 0;
    if (end === at + 1 || bytes[end] !== SEMICOLON) {
      this.fail(`An "&" begins a reference that ends in ";", received ${this.shown(end)}`, at);
    }
    const name = this.names.qualified(this.nameEntry(at + 1, end, hash));
    if (name.includes(":")) this.fail("The name of an entity has no colon", at);
    return name;
  }

  override behindReference(at: number): number {
    let end = at;
    while (this.bytes[end] !== SEMICOLON) end++;
    return end + 1;
  }

  /** Does something that may find a value wrong, and says where. */
  #located<T>(at: number, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof ValueError || error instanceof NameError) this.fail(error.message, at);
      throw error;
    }
  }

  override entityInValue(at: number): string {
    const name = this.#nameAt(at);
    return this.#located(at, () => this.#included(name));
  }

  #included(name: string): string {
    const entity = this.#lookUp(name);
    entity.open = true;
    this.#depth++;
    const text = this.expand(entity.text);
    this.#depth--;
    entity.open = false;
    return text;
  }

  /** A value of an attribute with its references replaced and its white space made spaces. */
  protected expand(text: string): string {
    const less = text.indexOf("<");
    if (less !== -1) throw new ValueError('The value of an attribute cannot have "<" in it');
    if (!text.includes("&")) return text.replace(/[\t\n\r]/g, " ");
    return text.replace(/[\t\n\r]|&([^;&]*);?/g, (match, reference) => {
      if (reference === undefined) return " ";
      if (!match.endsWith(";")) throw new ValueError('An "&" begins a reference that ends in ";"');
      return predefined(reference) ?? this.#included(reference);
    });
  }

  override entityInContent(at: number): void {
    const name = this.#nameAt(at);
    const entity = this.#located(at, () => this.#lookUp(name));
    const { text } = entity;
    if (!text.includes("<") && !text.includes("&") && !text.includes("]]>")) {
      const last = this.store.words[this.nodes[this.depth]! + LAST]!;
      this.store.addTextAt(last === 0 ? this.nodes[this.depth]! + TEXT : last + TAIL, text);
      return;
    }
    const { bytes, end, mark } = this;
    if (this.inside === 0) {
      this.outer = bytes;
      this.outerEnd = end;
      this.referenceAt = at;
    }
    entity.open = true;
    this.inside++;
    this.#depth++;
    const inner = padded(text);
    this.bytes = entity.bytes ??= inner.bytes;
    this.end = inner.length;
    const depth = this.depth;
    this.content(0, depth);
    if (this.depth !== depth) this.fail("An entity must end the elements that it begins", this.end);
    this.bytes = bytes;
    this.end = end;
    this.mark = mark;
    this.#depth--;
    this.inside--;
    entity.open = false;
  }

  override defaultAttributes(entry: number): void {
    const rules = this.type.attributes.get(this.names.qualified(entry));
    if (rules === undefined) return;
    const { store, names } = this;
    const written = new Set<string>();
    for (let row = this.attrFirst; row < store.attrEnd; row += ATTR_ROW) {
      const id = store.attrs[row]!;
      const name = id < 0 ? names.qualified(~id) : store.names.local(id);
      written.add(name);
      if (!rules.isTokens(name)) continue;
      const value = store.attributeText(row);
      const tokens = value.replace(/ +/g, " ").replace(/^ | $/g, "");
      if (tokens !== value) store.setAttributeText(row, tokens);
    }
    const { defaults } = rules;
    if (defaults.length === 0) return;
    if (!this.#budget.take(defaults.length, this.base.offset + this.mark)) {
      this.fail(
        `A document has more default attributes than maxEntityBytes (${this.settings.maxEntityBytes}) allows`,
        this.mark,
      );
    }
    for (const [name, value] of defaults) if (!written.has(name)) this.#addDefault(name, value);
  }

  /** Adds an attribute as if it were written behind the others. */
  #addDefault(name: string, value: string): void {
    const { store } = this;
    const { bytes, length } = padded(name);
    let hash = 0;
    for (let i = 0; i < length; i++) hash = Math.imul(hash, MULTIPLIER) + bytes[i]! | 0;
    const entry = this.#located(this.mark, () => this.names.find(bytes, 0, length, hash));
    if (store.attrEnd + ATTR_ROW > store.attrs.length) store.growAttributes(1);
    const row = store.attrEnd;
    store.attrs[row] = this.attributeName(entry);
    store.attrs[row + 1] = store.strings.length << TEXT_BITS | TABLE;
    store.attrs[row + 2] = 0;
    store.strings.push(value);
    store.attrEnd = row + ATTR_ROW;
  }
}

/** What a reference to a character or a predefined entity stands for. */
function predefined(reference: string): string | undefined {
  switch (reference) {
    case "lt":
      return "<";
    case "gt":
      return ">";
    case "amp":
      return "&";
    case "apos":
      return "'";
    case "quot":
      return '"';
  }
  if (!reference.startsWith("#")) return undefined;
  const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(reference);
  const code = match === null
    ? -1
    : match[1] === undefined
    ? Number(match[2])
    : Number.parseInt(match[1], 16);
  if (!isXmlCharacter(code)) {
    throw new ValueError("A reference needs the number of a character of XML");
  }
  return String.fromCodePoint(code);
}
