import type { TreeStore } from "../../store/tree_store.ts";
import type { Input } from "../parse/decode_input.ts";
import type { Settings } from "../parse/options.ts";
import { type XmlPosition, XmlSyntaxError } from "../xml_error.ts";
import { RecoveringParser } from "./recovering_parser.ts";
import { RecoverSource } from "./recover_source.ts";
import { LimitError, type Report } from "./tag_reader.ts";

const WINDOW = 72;
/** Most faults that are told of. */
const MOST = 1000;

/** Tells positions in a text, one behind the other, without counting from its start again. */
export class Positions {
  readonly #source: RecoverSource;
  #at = 0;
  #line = 1;
  /** Where the line begins; below 0 if that is gone. */
  #start = 0;
  #bytes = 0;
  /** The end of what is gone. */
  #before = "";
  /** The position that is counted from again if one is asked for that was passed. */
  #base = { line: 1, start: 0, bytes: 0 };

  constructor(source: RecoverSource) {
    this.#source = source;
  }

  #go(at: number): void {
    const { text } = this.#source;
    if (at < this.#at) {
      this.#at = 0;
      ({ line: this.#line, start: this.#start, bytes: this.#bytes } = this.#base);
    }
    for (let i = this.#at; i < at; i++) {
      const unit = text.charCodeAt(i);
      this.#bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
      if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) {
        this.#line++;
        this.#start = i + 1;
      }
    }
    this.#at = at;
  }

  /** The position of an offset in the text that is there. */
  of(at: number): XmlPosition {
    this.#go(at);
    const { text } = this.#source;
    const from = Math.max(this.#start, at - WINDOW / 2);
    const head = (from < 0 ? this.#before.slice(from) : "") + text.slice(Math.max(from, 0), at);
    const [after = ""] = text.slice(at, at + WINDOW).split(/[\r\n]/);
    return {
      line: this.#line,
      column: at - this.#start + 1,
      offset: this.#bytes,
      caret: `${head}${after}\n${head.replace(/[^\t]/g, " ")}^`,
    };
  }

  /** Takes the front of the text away. */
  drop(count: number): void {
    this.#go(count);
    this.#before = (this.#before + this.#source.text.slice(0, count)).slice(-WINDOW);
    this.#source.text = this.#source.text.slice(count);
    this.#source.offset += count;
    this.#start -= count;
    this.#at = 0;
    this.#base = { line: this.#line, start: this.#start, bytes: this.#bytes };
  }
}

/** Tells of faults, of the first 1,000. */
export function reporter(
  positions: Positions,
  onError: ((error: SyntaxError) => void) | undefined,
): Report {
  let told = 0;
  return (message, at) => {
    if (onError !== undefined && told++ < MOST) {
      onError(new XmlSyntaxError(message, positions.of(at)));
    }
  };
}

/**
 * Reads a document that is not well-formed.
 *
 * @param input The document.
 * @param settings Limits.
 * @param fault What the parser that does not forgive said.
 * @param onError Is told of each fault.
 * @throws {XmlSyntaxError} If there is no element at all, or the document goes beyond a limit.
 */
export function recoverInput(
  { bytes, length, encoding }: Input,
  settings: Settings,
  fault: XmlSyntaxError,
  onError: ((error: SyntaxError) => void) | undefined,
): TreeStore {
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const source = new RecoverSource(text);
  const positions = new Positions(source);
  try {
    const parser = new RecoveringParser(source, settings, reporter(positions, onError));
    parser.read();
    if (!parser.rooted) throw fault;
    const { store } = parser;
    store.info.encoding = encoding;
    return store;
  } catch (error) {
    if (error instanceof LimitError) {
      throw new XmlSyntaxError(error.message, positions.of(error.at));
    }
    throw error;
  }
}
