/** Finds where one piece of a document ends, byte by byte as they come, without a look at what is in it. */

const GREATER = 62;
const BANG = 33;
const DASH = 45;
const QUESTION = 63;
const OPEN = 91;
const CLOSE = 93;
const QUOTE = 34;
const APOSTROPHE = 39;
const LESS = 60;

type State = "begin" | "text" | "tag" | "bang" | "comment" | "cdata" | "pi" | "doctype" | "subset";

/**
 * Looks for the end of the piece that begins at an offset: a text (its end is the `<` behind it), a tag, a comment and so on.
 * Each byte is looked at once, however many times it is asked.
 */
export class Boundary {
  #state: State = "begin";
  #start = 0;
  #at = 0;
  #quote = 0;
  /** Where the inner piece of a document type declaration began, and what it is. */
  #inner: State = "begin";
  #innerStart = 0;

  /** Begins at another piece. */
  reset(start: number): void {
    this.#state = "begin";
    this.#inner = "begin";
    this.#start = this.#at = start;
    this.#quote = 0;
  }

  /** How far it has looked: behind the piece that has ended, of texts behind the `<`. */
  get offset(): number {
    return this.#at;
  }

  /** The bytes have moved to smaller offsets. */
  shift(by: number): void {
    this.#start -= by;
    this.#at -= by;
    this.#innerStart -= by;
  }

  /**
   * Goes on looking.
   *
   * @param bytes The bytes.
   * @param end How many there are by now.
   * @returns Whether the piece has ended.
   */
  find(bytes: Uint8Array, end: number): boolean {
    while (this.#at < end) {
      const byte = bytes[this.#at++]!;
      switch (this.#state) {
        case "begin":
          if (byte !== LESS) this.#state = "text";
          else if (this.#at < end) this.#state = this.#open(bytes[this.#at++]!);
          else {
            this.#at--;
            return false;
          }
          break;
        case "text":
          if (byte === LESS) return true;
          break;
        case "tag":
          if (this.#quoted(byte)) break;
          if (byte === GREATER) return true;
          break;
        case "bang":
          this.#state = this.#bang(bytes);
          break;
        case "comment":
          if (byte === GREATER && this.#ended(bytes, this.#start + 6, DASH, DASH)) return true;
          break;
        case "cdata":
          if (byte === GREATER && this.#ended(bytes, this.#start + 11, CLOSE, CLOSE)) return true;
          break;
        case "pi":
          if (byte === GREATER && bytes[this.#at - 2] === QUESTION && this.#at > this.#start + 3) {
            return true;
          }
          break;
        case "doctype":
          if (this.#quoted(byte)) break;
          if (byte === OPEN) this.#state = "subset";
          else if (byte === GREATER) return true;
          break;
        case "subset":
          this.#subset(byte, bytes);
          break;
      }
    }
    return false;
  }

  #open(byte: number): State {
    if (byte === BANG) return "bang";
    return byte === QUESTION ? "pi" : "tag";
  }

  /** `<!` and one byte more. */
  #bang(bytes: Uint8Array): State {
    const byte = bytes[this.#at - 1];
    if (byte === OPEN) return "cdata";
    if (byte !== DASH) return "doctype";
    return "comment";
  }

  /** Whether two bytes stand before the last one, not earlier than an offset. */
  #ended(bytes: Uint8Array, from: number, one: number, two: number): boolean {
    return this.#at - 1 >= from && bytes[this.#at - 2] === two && bytes[this.#at - 3] === one;
  }

  /** Whether a byte is in quotes, or one. */
  #quoted(byte: number): boolean {
    if (this.#quote !== 0) {
      if (byte === this.#quote) this.#quote = 0;
      return true;
    }
    if (byte !== QUOTE && byte !== APOSTROPHE) return false;
    this.#quote = byte;
    return true;
  }

  /** One byte between `[` and `]`. */
  #subset(byte: number, bytes: Uint8Array): void {
    const at = this.#at - 1;
    switch (this.#inner) {
      case "begin":
        if (byte === CLOSE) this.#state = "doctype";
        else if (byte === LESS) {
          this.#inner = "bang";
          this.#innerStart = at;
        }
        return;
      case "bang":
        // The bytes that tell what begins: <? or <!- or <!x.
        if (at === this.#innerStart + 1) {
          if (byte === QUESTION) this.#inner = "pi";
          else if (byte !== BANG) this.#inner = "tag";
        } else if (byte === DASH) this.#inner = "comment";
        else {
          this.#inner = "tag";
          if (!this.#quoted(byte) && byte === GREATER) this.#inner = "begin";
        }
        return;
      case "pi":
        if (byte === GREATER && bytes[at - 1] === QUESTION && at > this.#innerStart + 2) {
          this.#inner = "begin";
        }
        return;
      case "comment":
        if (byte === GREATER && this.#ended(bytes, this.#innerStart + 6, DASH, DASH)) {
          this.#inner = "begin";
        }
        return;
      default:
        if (!this.#quoted(byte) && byte === GREATER) this.#inner = "begin";
    }
  }
}
