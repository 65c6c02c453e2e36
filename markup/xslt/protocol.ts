/** What an {@linkcode Xslt} and its worker say to each other. */

/** To the worker. */
export type ToWorker =
  /** The first message: the stylesheet. */
  | { readonly kind: "compile"; readonly stylesheet: string; readonly url: string }
  | {
    readonly kind: "transform";
    readonly document: string;
    readonly url: string;
    /** Names and XPath expressions. */
    readonly parameters: Readonly<Record<string, string>>;
  }
  /** What was asked for: the document, or nothing. */
  | { readonly kind: "resolved"; readonly id: number; readonly content: Uint8Array | undefined };

/** From the worker. */
export type FromWorker =
  | { readonly kind: "compiled" }
  | { readonly kind: "transformed"; readonly text: string; readonly messages: readonly string[] }
  /** The stylesheet is wrong, or ended itself; `broken` if the worker cannot go on. */
  | {
    readonly kind: "failed";
    readonly reason: string;
    readonly messages: readonly string[];
    readonly broken: boolean;
  }
  /** It may not read what it needs, and cannot go on. */
  | { readonly kind: "denied"; readonly reason: string }
  /** A document is needed. */
  | { readonly kind: "resolve"; readonly id: number; readonly url: string };
