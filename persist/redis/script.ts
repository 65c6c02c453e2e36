const encoder = new TextEncoder();

/** A Lua script. */
export class Script {
  /** Its source. */
  readonly text: string;
  #sha1: Promise<string> | undefined;

  /**
   * Takes a source.
   *
   * @param text The source.
   */
  constructor(text: string) {
    this.text = text;
  }

  /** The hash by which Redis knows it. */
  sha1(): Promise<string> {
    return this.#sha1 ??= crypto.subtle.digest("SHA-1", encoder.encode(this.text))
      .then((digest) => new Uint8Array(digest).toHex());
  }
}
