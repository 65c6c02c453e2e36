/**
 * What calls wait for, each with the search that also serves the forms that do not wait.
 */
import { Call, type Intake, MORE } from "./_intake.ts";
import type { Needle } from "./_needle.ts";
import type { Framing, Span } from "./options.ts";

const LF = 10;
const CR = 13;

/** How the message that is being looked for lies: one for all readers, a search never waits. */
const span: Span = { head: 0, length: 0, tail: 0, seen: 0 };

/** The bytes that have arrived. */
export class ReadCall extends Call<Uint8Array | null> {
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  take(intake: Intake): Uint8Array | null | typeof MORE {
    const { slab } = intake;
    if (slab.length > 0) return slab.take(Math.min(this.#max, slab.length));
    return intake.over ? null : intake.need(1);
  }
}

/** The bytes that have arrived, in memory of the user's. */
export class ReadIntoCall extends Call<number | null> {
  readonly #into: Uint8Array;

  constructor(into: Uint8Array) {
    super();
    this.#into = into;
  }

  take(intake: Intake): number | null | typeof MORE {
    if (intake.slab.length > 0) return intake.slab.copy(this.#into);
    return intake.over ? null : intake.need(1);
  }
}

/** An exact number of bytes. */
export class ReadExactlyCall extends Call<Uint8Array> {
  readonly #count: number;

  constructor(count: number) {
    super();
    this.#count = count;
  }

  take(intake: Intake): Uint8Array | typeof MORE {
    const count = this.#count;
    if (intake.slab.length >= count) return intake.slab.take(count);
    if (intake.over) throw intake.incomplete(count);
    return intake.need(count);
  }
}

/** A line, or the rest. */
export class ReadLineCall extends Call<Uint8Array | null> {
  readonly #limit: number;
  /** Bytes that were searched before. */
  #seen = 0;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  take(intake: Intake): Uint8Array | null | typeof MORE {
    const line = takeLine(intake, this.#limit, this.#seen);
    if (line !== undefined) return line;
    const seen = this.#seen = intake.slab.length;
    if (!intake.over) return intake.need(seen + 1);
    if (seen === 0) return null;
    if (seen > this.#limit) throw intake.overrun(this.#limit, "line");
    return intake.slab.take(seen);
  }
}

/** The line at the start; `undefined` if its end is not there. `seen` bytes were searched before. */
export function takeLine(intake: Intake, limit: number, seen: number): Uint8Array | undefined {
  const { slab } = intake;
  const at = slab.indexOf(LF, slab.start + seen);
  if (at >= 0) {
    const end = at > slab.start && slab.bytes[at - 1] === CR ? at - 1 : at;
    const length = end - slab.start;
    if (length > limit) throw intake.overrun(limit, "line");
    return slab.take(length, at + 1 - end);
  }
  // A line of exactly `limit` bytes may have its "\r" here and its "\n" not yet.
  if (slab.length > limit + 1) throw intake.overrun(limit, "line");
  if (slab.length === limit + 1 && slab.bytes[slab.end - 1] !== CR) {
    throw intake.overrun(limit, "line");
  }
  return undefined;
}

/** The end of a line, with everything before it dropped. */
export class SkipLineCall extends Call<number> {
  #dropped = 0;

  take(intake: Intake): number | typeof MORE {
    const { slab } = intake;
    const at = slab.indexOf(LF, slab.start);
    const count = at < 0 ? slab.length : at + 1 - slab.start;
    slab.skip(count);
    this.#dropped += count;
    return at >= 0 || intake.over ? this.#dropped : intake.need(1);
  }
}

/** The bytes up to a separator. */
export class ReadUntilCall extends Call<Uint8Array> {
  readonly #find: Needle;
  readonly #limit: number;
  #seen = 0;

  constructor(find: Needle, limit: number) {
    super();
    this.#find = find;
    this.#limit = limit;
  }

  take(intake: Intake): Uint8Array | typeof MORE {
    const found = takeUntil(intake, this.#find, this.#limit, this.#seen);
    if (found !== undefined) return found;
    this.#seen = Math.max(0, intake.slab.length - this.#find.longest + 1);
    if (intake.over) throw intake.incomplete();
    return intake.need(intake.slab.length + 1);
  }
}

/** The bytes up to a separator, with it; `undefined` if it is not there. `seen` bytes were searched before. */
export function takeUntil(
  intake: Intake,
  find: Needle,
  limit: number,
  seen: number,
): Uint8Array | undefined {
  const { slab } = intake;
  const at = find.search(slab, slab.start + seen);
  if (at >= 0 && at - slab.start <= limit) return slab.take(at - slab.start + find.found);
  // Without the longest separator's last byte, nothing within the limit can be one.
  if (at >= 0 || slab.length - find.longest >= limit) throw intake.overrun(limit, "separator");
  return undefined;
}

/** All there is up to the end. */
export class ReadAllCall extends Call<Uint8Array> {
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  take(intake: Intake): Uint8Array | typeof MORE {
    const { length } = intake.slab;
    if (length > this.#limit) throw intake.overrun(this.#limit, "end");
    return intake.over ? intake.slab.take(length) : intake.need(2 * length + 1);
  }
}

/** A number of bytes, which stay. */
export class PeekCall extends Call<Uint8Array> {
  readonly #count: number;

  constructor(count: number) {
    super();
    this.#count = count;
  }

  take(intake: Intake): Uint8Array | typeof MORE {
    const { length } = intake.slab;
    return length >= this.#count || intake.over
      ? intake.slab.peek(length)
      : intake.need(this.#count);
  }
}

/** A message. */
export class ReadFrameCall extends Call<Uint8Array | null> {
  readonly #framing: Framing;
  #seen = 0;

  constructor(framing: Framing) {
    super();
    this.#framing = framing;
  }

  take(intake: Intake): Uint8Array | null | typeof MORE {
    const { length } = intake.slab;
    if (length > 0) {
      const frame = takeFrame(intake, this.#framing, this.#seen);
      if (frame !== undefined) return frame;
      this.#seen = span.seen;
    }
    if (!intake.over) return length === 0 ? intake.need(1) : MORE;
    if (length === 0) return null;
    throw intake.incomplete(Math.max(intake.wanted, length + 1));
  }
}

/** The message at the start; `undefined` if it is not complete. `seen` bytes were searched before. */
export function takeFrame(
  intake: Intake,
  framing: Framing,
  seen: number,
): Uint8Array | undefined {
  const { slab } = intake;
  span.seen = seen;
  const needed = framing.find(slab.bytes, slab.start, slab.end, span);
  if (needed === 0) return slab.take(span.length, span.tail, span.head);
  intake.wanted = needed;
  return undefined;
}
