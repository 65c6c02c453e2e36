import { decoderOf, encodingOf, isLatin1 } from "../parse/decode_input.ts";

/** How many bytes are waited for to see what encoding a document declares. */
const LOOK = 1024;

const encoder = new TextEncoder();

function joined(one: Uint8Array, two: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + two.length);
  both.set(one);
  both.set(two, one.length);
  return both;
}

/** Makes UTF-8 of a document that comes in pieces: bytes of any encoding, or strings. */
export class ByteFeed {
  /** The first bytes, while the encoding is not known. */
  #first: Uint8Array | undefined = new Uint8Array(0);
  #decoder: TextDecoder | undefined;
  #latin1 = false;
  readonly #given: string | undefined;
  /** Half of a surrogate pair at the end of a string. */
  #half = "";
  #begun = false;
  /** Name of the encoding, once it is known. */
  encoding: string | undefined;

  /**
   * Begins a document.
   *
   * @param given Name of the encoding of bytes, whatever they say.
   */
  constructor(given: string | undefined) {
    this.#given = given;
  }

  /** A piece as UTF-8; it may come with a later one. */
  feed(piece: Uint8Array | string): Uint8Array {
    return typeof piece === "string" ? this.#string(piece) : this.#bytes(piece);
  }

  /** What has been kept back. */
  close(): Uint8Array {
    if (this.#half !== "") {
      throw new SyntaxError("A document cannot end in half of a surrogate pair");
    }
    if (this.#first !== undefined && !this.#begun) return this.#decide(this.#first);
    return this.#decode(new Uint8Array(0), false);
  }

  #string(piece: string): Uint8Array {
    let text = this.#half + piece;
    this.#half = "";
    if (!this.#begun && text !== "") {
      this.#begun = true;
      this.#first = undefined;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last < 0xdc00) {
      this.#half = text.slice(-1);
      text = text.slice(0, -1);
    }
    if (!text.isWellFormed()) {
      throw new SyntaxError("A document cannot have halves of surrogate pairs in it");
    }
    return encoder.encode(text);
  }

  #bytes(piece: Uint8Array): Uint8Array {
    if (this.#first === undefined) return this.#decode(piece, true);
    const first = joined(this.#first, piece);
    // With a declaration that goes on, what it declares is not known yet.
    const declares = first.length < 6 || (first[0] !== 0x3c && first[0]! < 0xef && first[0] !== 0)
      ? first.length < 6
      : first.length < LOOK && !first.includes(0x3e);
    if (declares) {
      this.#first = first;
      return new Uint8Array(0);
    }
    return this.#decide(first);
  }

  #decide(first: Uint8Array): Uint8Array {
    this.#first = undefined;
    this.#begun = true;
    const { encoding, mark } = encodingOf(first, this.#given);
    this.encoding = encoding;
    this.#latin1 = isLatin1(encoding);
    if (encoding !== "utf-8" && !this.#latin1) this.#decoder = decoderOf(encoding);
    return this.#decode(first.subarray(mark), true);
  }

  #decode(piece: Uint8Array, stream: boolean): Uint8Array {
    if (this.#latin1) {
      let text = "";
      for (let at = 0; at < piece.length; at += 8192) {
        text += String.fromCharCode(...piece.subarray(at, at + 8192));
      }
      return encoder.encode(text);
    }
    if (this.#decoder === undefined) return piece;
    try {
      return encoder.encode(this.#decoder.decode(piece, { stream }));
    } catch (cause) {
      throw new SyntaxError(`The document is not in its encoding "${this.encoding}"`, { cause });
    }
  }
}
