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

/** What a document type declaration declares, as far as it matters to a processor that does not validate. */
export class DocumentType {
  /** General entities. */
  readonly entities: Map<string, Entity> = new Map();
  /** Parameter entities. */
  readonly parameters: Map<string, Entity> = new Map();
  /** Attributes by the names of elements, as both are written. */
  readonly attributes: Map<string, Map<string, AttributeRule>> = new Map();
  /** Whether there are declarations in files that are not read. */
  unread = false;
}
