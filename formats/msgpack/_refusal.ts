// What the encoder cannot write, said in words, and the test for what not every runtime has.

/** Runtimes without `Temporal` have no instants. */
export function isInstant(value: object): value is Temporal.Instant {
  return typeof Temporal !== "undefined" && value instanceof Temporal.Instant;
}

/** Says where the lone surrogate is. */
export function refuseSurrogate(text: string): never {
  const at = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text)
    ?.index;
  throw new TypeError(
    `Cannot encode a string with a lone surrogate at index ${at}: well-formed text is needed (or fatal: false)`,
  );
}

/** What a value is, for a message. */
export function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const name = value.constructor?.name;
    return name ? `an instance of ${name}` : "an object of unknown class";
  }
  return value === undefined ? "undefined" : `a ${typeof value}`;
}
