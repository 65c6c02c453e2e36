/** Reads the declarations between `[` and `]` of a document type: their grammar in full, their meaning as far as it matters. */
import { contentModel } from "./content_model.ts";
import { type AttributeRule, AttributeRules, type DocumentType } from "./document_type.ts";
import { type Refuse, SubsetReader } from "./subset_reader.ts";

/** What a value of an attribute stands for, references to entities replaced. */
export type ExpandValue = (text: string) => string;

/** What is needed to read declarations. */
export interface SubsetContext {
  /** What they declare. */
  readonly type: DocumentType;
  /** Whether the document says that it stands alone: then declarations behind unread ones count. */
  readonly standalone: boolean;
  /** Most parameter entities inside one another. */
  readonly maxDepth: number;
  /** Is told how much text a parameter entity gives. */
  readonly count: (length: number) => void;
  /** Replaces the entities in a default value. */
  readonly expand: ExpandValue;
}

/**
 * Reads declarations.
 *
 * @param text The declarations.
 * @param context What they go into.
 * @param refuse What is done about a fault.
 */
export function readSubset(text: string, context: SubsetContext, refuse: Refuse): void {
  new Subset(text, context, refuse, 0).read();
}

const TYPES = /CDATA|IDREFS|IDREF|ID|ENTITIES|ENTITY|NMTOKENS|NMTOKEN/y;
/** References to entities in the value of one; what follows an & that begins none is no name. */
const REFERENCE = /&(#[^;]*|[^;&#\s]+);|[&%]/g;

class Subset extends SubsetReader {
  readonly #context: SubsetContext;
  readonly #refuse: Refuse;
  readonly #depth: number;

  constructor(text: string, context: SubsetContext, refuse: Refuse, depth: number) {
    super(text, refuse);
    this.#context = context;
    this.#refuse = refuse;
    this.#depth = depth;
  }

  read(): void {
    while (true) {
      this.space();
      if (this.done) return;
      const start = this.at;
      if (this.skip("%")) this.#parameter(start);
      else if (this.skip("<!--")) this.#comment();
      else if (this.skip("<?")) this.#instruction();
      else if (this.skip("<!ELEMENT")) {
        this.needSpace();
        this.name();
        this.needSpace();
        contentModel(this);
        this.#end();
      } else if (this.skip("<!ATTLIST")) this.#attributes();
      else if (this.skip("<!ENTITY")) this.#entity();
      else if (this.skip("<!NOTATION")) {
        this.needSpace();
        this.name(true);
        this.needSpace();
        if (this.externalId(false) === undefined) this.fail("A notation needs SYSTEM or PUBLIC");
        this.#end();
      } else this.fail("A declaration, a comment or a reference is needed");
    }
  }

  #end(): void {
    this.space();
    this.need(">");
  }

  /** Whether declarations still count: not behind some that were not read. */
  get #counts(): boolean {
    return !this.#context.type.unread || this.#context.standalone;
  }

  #comment(): void {
    const at = this.at;
    this.until("--");
    if (!this.skip(">")) this.refuse('A comment cannot have "--" in it', at);
  }

  #instruction(): void {
    const start = this.at;
    const target = this.name(true);
    if (target.toLowerCase() === "xml") this.refuse('A target cannot be "xml" here', start);
    if (!this.space() && !this.text.startsWith("?>", this.at)) {
      this.fail('A target needs white space or "?>" behind it');
    }
    this.until("?>");
  }

  #parameter(start: number): void {
    const name = this.name(true);
    this.need(";");
    const { type, count, maxDepth } = this.#context;
    const entity = type.parameters.get(name);
    if (entity?.text === undefined) {
      type.unread = true;
      return;
    }
    if (entity.open) this.refuse(`The entity "%${name};" contains itself`, start);
    if (this.#depth >= maxDepth) this.refuse(`Entities are more than maxEntityDepth deep`, start);
    count(entity.text.length);
    entity.open = true;
    const refuse = (message: string): never =>
      this.refuse(`In the entity "%${name};": ${message}`, start);
    new Subset(entity.text, this.#context, refuse, this.#depth + 1).read();
    entity.open = false;
  }

  #entity(): void {
    this.needSpace();
    let parameter = false;
    if (this.skip("%")) {
      this.needSpace();
      parameter = true;
    }
    const name = this.name(true);
    this.needSpace();
    const { type } = this.#context;
    let text: string | undefined;
    let unparsed = false;
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") {
      const start = this.at + 1;
      text = this.#entityValue(this.quoted(), start);
    } else {
      if (this.externalId(true) === undefined) {
        this.fail("An entity needs a value, SYSTEM or PUBLIC");
      }
      const spaced = this.space();
      if (!parameter && this.skip("NDATA")) {
        if (!spaced) this.fail("NDATA needs white space before it");
        this.needSpace();
        this.name(true);
        unparsed = true;
      }
    }
    this.#end();
    const entities = parameter ? type.parameters : type.entities;
    if (this.#counts && !entities.has(name)) entities.set(name, { text, unparsed, open: false });
  }

  /** The text that an entity stands for: references to characters are replaced, those to entities checked and left. */
  #entityValue(value: string, start: number): string {
    return value.replace(/\r\n?/g, "\n").replace(REFERENCE, (match, reference, index) => {
      if (match === "%") {
        this.refuse("A declaration cannot have references to parameter entities in it", start);
      }
      if (reference === undefined) {
        this.refuse('An "&" begins a reference that ends in ";"', start + index);
      }
      if (reference.startsWith("#")) return this.character(reference, start + index);
      const needsName = (): never => this.refuse("A reference needs a name", start + index);
      const name = new SubsetReader(reference, needsName);
      name.name(true);
      if (!name.done) needsName();
      return match;
    });
  }

  #attributes(): void {
    this.needSpace();
    const element = this.name();
    const { type } = this.#context;
    let rules = type.attributes.get(element);
    while (true) {
      const spaced = this.space();
      if (this.skip(">")) return;
      if (!spaced) this.fail("A declaration needs white space");
      const name = this.name();
      this.needSpace();
      const tokens = this.#attributeType();
      this.needSpace();
      const rule = this.#default(tokens);
      if (!this.#counts) continue;
      if (rules === undefined) type.attributes.set(element, rules = new AttributeRules());
      rules.add(name, rule);
    }
  }

  /** Reads a type, and tells whether it is one of tokens. */
  #attributeType(): boolean {
    TYPES.lastIndex = this.at;
    const found = TYPES.exec(this.text)?.[0];
    if (found !== undefined) {
      this.at += found.length;
      return found !== "CDATA";
    }
    const notation = this.skip("NOTATION");
    if (notation) this.needSpace();
    this.need("(");
    do {
      this.space();
      if (notation) this.name(true);
      else this.token();
      this.space();
    } while (this.skip("|"));
    this.need(")");
    return true;
  }

  #default(tokens: boolean): AttributeRule {
    if (this.skip("#REQUIRED") || this.skip("#IMPLIED")) return { tokens, value: undefined };
    if (this.skip("#FIXED")) this.needSpace();
    const start = this.at;
    const written = this.quoted();
    let value = "";
    try {
      value = this.#context.expand(written.replace(/\r\n?/g, "\n"));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      this.#refuse(error.message, start);
    }
    return { tokens, value: tokens ? value.replace(/ +/g, " ").replace(/^ | $/g, "") : value };
  }
}

/** Why a value is wrong; who knows where it stands says where. */
export class ValueError extends TypeError {}
