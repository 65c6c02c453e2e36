/** An entity that a document declares. */
export interface Entity {
  /** What it stands for, references to characters replaced; `undefined` if that is in another file, which is not read. */
  readonly text: string | undefined;
  /** Whether it is not text, but of a notation. */
  readonly unparsed: boolean;
  /** Whether it is being replaced right now. */
  open: boolean;
  /** The text as padded UTF-8, once it was needed. */
  bytes?: Uint8Array;
}

/** What is declared of an attribute. */
export interface AttributeRule {
  /** Whether its values are tokens, between which white space is one space. */
  readonly tokens: boolean;
  /** Its value where it is not written; `undefined` if there is none. */
  readonly value: string | undefined;
}

/** What is declared of the attributes of one element, by their names as they are written. */
export class AttributeRules {
  readonly #rules = new Map<string, AttributeRule>();
  /** Names and values of the attributes that have one where they are not written. */
  readonly defaults: (readonly [name: string, value: string])[] = [];

  /** Adds a rule; the first one of a name holds. */
  add(name: string, rule: AttributeRule): void {
    if (this.#rules.has(name)) return;
    this.#rules.set(name, rule);
    if (rule.value !== undefined) this.defaults.push([name, rule.value]);
  }

  /** Whether the values of an attribute are tokens. */
  isTokens(name: string): boolean {
    return this.#rules.get(name)?.tokens === true;
  }
}

/** What a default attribute costs, in bytes. */
const COST = 32;

/** Counts the default attributes of a document: a few bytes may stand for thousands. One for each byte is always allowed. */
export class DefaultBudget {
  readonly #most: number;
  #count = 0;

  /** As many bytes as entities may expand to are allowed besides. */
  constructor(maxEntityBytes: number) {
    this.#most = maxEntityBytes / COST;
  }

  /**
   * Takes some more.
   *
   * @param count How many.
   * @param offset How much of the document has been read.
   * @returns Whether that is allowed.
   */
  take(count: number, offset: number): boolean {
    this.#count += count;
    return this.#count <= this.#most + offset;
  }
}

/** What a document type declaration declares, as far as it matters to a processor that does not validate. */
export class DocumentType {
  /** General entities. */
  readonly entities: Map<string, Entity> = new Map();
  /** Parameter entities. */
  readonly parameters: Map<string, Entity> = new Map();
  /** Attributes by the names of elements, as both are written. */
  readonly attributes: Map<string, AttributeRules> = new Map();
  /** Whether there are declarations in files that are not read. */
  unread = false;
}
