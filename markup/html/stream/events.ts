/** The start of an element. */
export interface HtmlStartEvent {
  /** What it is. */
  readonly type: "start";
  /** The name in small letters. */
  readonly tag: string;
  /** The attributes; of those with the same name, the first. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether the tag ends with `/>`. */
  readonly selfClosing: boolean;
}

/** One thing in a document of HTML. */
export type HtmlEvent =
  | HtmlStartEvent
  | { readonly type: "end"; readonly tag: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "comment"; readonly text: string }
  | {
    readonly type: "doctype";
    readonly name: string;
    readonly publicId: string | undefined;
    readonly systemId: string | undefined;
  };
