/** The document type declaration of a document. */
export interface Doctype {
  /** Name of the root element. */
  name: string;
  /**
   * Public identifier.
   *
   * @default {undefined}
   */
  publicId?: string | undefined;
  /**
   * System identifier.
   *
   * @default {undefined}
   */
  systemId?: string | undefined;
  /**
   * What stands between `[` and `]`, as it is written.
   *
   * @default {undefined}
   */
  internalSubset?: string | undefined;
}

/** What is known of a document beside its nodes. */
export interface DocumentInfo {
  /** The document type declaration. */
  doctype?: Doctype | undefined;
  /** Handle of the last node before the document type declaration, 0 if it comes first. */
  doctypeAfter?: number | undefined;
  /** Version of XML that the document declares. */
  version?: string | undefined;
  /** Name of the encoding that the document was read in. */
  encoding?: string | undefined;
  /** Whether the document says that it stands alone. */
  standalone?: boolean | undefined;
  /** Mode of an HTML document, as its document type decides. */
  quirks?: "no-quirks" | "quirks" | "limited-quirks" | undefined;
  /** Where the document came from. */
  url?: string | undefined;
}
