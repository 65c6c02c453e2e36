/** An error in a document. Parsing goes on behind it, as the standard says. */
export interface HtmlParseError {
  /** The standard's name of the error, for instance `"duplicate-attribute"`. */
  readonly code: string;
  /** Offset in the text, whose line ends are line feeds. */
  readonly offset: number;
}

/** Called for each error. */
export type HtmlErrorHandler = (error: HtmlParseError) => void;
