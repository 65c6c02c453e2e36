/**
 * This agent's encoder and decoder, and the references that travel inside messages.
 *
 * A shared object in a message is a handle: its kind and line. While the message is under way the handle owns one
 * reference, taken when the message is encoded, given to the receiver's wrapper, or dropped when the message is not sent
 * after all. A connection moves: when its message is published, the sender's end is closed without closing the pipe.
 */
import { agent } from "./_agent.ts";
import { BLOCK_KIND, Kind } from "./_arena.ts";
import { Decoder, Encoder, type Memory, ShapeTable } from "./_codec.ts";
import { addReference, adopt, dropReference, kindInfo } from "./_handles.ts";
import { assertUsable, blockOf, moveAway, SharedObject } from "./_shared_object.ts";

/** Bytes of the program's table of object shapes. */
const SHAPES_BYTES = 256 * 1024;

let encoder: Encoder | undefined;
let decoder: Decoder | undefined;
const NOBODY: SharedObject[] = [];
/** Shared objects met by the encoding that is going on. */
let meeting: SharedObject[] = NOBODY;
/** Those met by the encoding that ended last. */
let met: SharedObject[] = NOBODY;

function shapes(): ShapeTable {
  const { arena, id } = agent();
  if (arena.shapesLine === 0) {
    const block = arena.allocate(Kind.shapes, SHAPES_BYTES, id);
    if (!arena.offerShapes(block.line)) dropReference(block);
  }
  const { words } = arena.block(arena.shapesLine);
  const { buffer, byteOffset } = words;
  const length = words.byteLength;
  const memory: Memory = {
    bytes: new Uint8Array(buffer, byteOffset, length),
    view: new DataView(buffer, byteOffset, length),
    i32: words,
  };
  return new ShapeTable(memory, 64, SHAPES_BYTES - 64);
}

const hook = {
  toHandle(object: object): { kind: number; ref: number } | undefined {
    if (!(object instanceof SharedObject)) return undefined;
    assertUsable(object);
    const { words, line } = blockOf(object);
    const kind = Atomics.load(words, BLOCK_KIND);
    kindInfo(kind)?.checkMovable?.(object);
    if (meeting === NOBODY) meeting = [];
    meeting.push(object);
    return { kind, ref: line };
  },
  fromHandle(kind: number, line: number): object {
    if (copied === undefined) return adopt(kind, line);
    addReference(agent().arena.block(line));
    copied.push(line);
    return adopt(kind, line);
  },
};

/** Lines of the handles that {@linkcode decodeCopy} met. */
let copied: number[] | undefined;

function codecs(): void {
  const table = shapes();
  encoder = new Encoder({ shapes: table, handles: hook });
  decoder = new Decoder({ shapes: table, handles: hook });
}

/** Encodes in place; see {@linkcode Encoder.encodeInto}. Afterwards call {@linkcode takeRiders}. */
export function encodeInto(value: unknown, memory: Memory, start: number, end: number): number {
  if (encoder === undefined) codecs();
  // A registered class may send messages of its own while it is being encoded.
  const outer = meeting;
  meeting = met = NOBODY;
  try {
    const position = encoder!.encodeInto(value, memory, start, end);
    met = position < 0 ? NOBODY : meeting;
    return position;
  } finally {
    meeting = outer;
  }
}

/** Encodes into scratch memory, valid until the next call. Afterwards call {@linkcode takeRiders}. */
export function encode(value: unknown): Uint8Array {
  if (encoder === undefined) codecs();
  const outer = meeting;
  meeting = met = NOBODY;
  try {
    const bytes = encoder!.encode(value);
    met = meeting;
    return bytes;
  } finally {
    meeting = outer;
  }
}

/** Decodes a message in shared memory. */
export function decodeFrom(memory: Memory, start: number, end: number): unknown {
  if (decoder === undefined) codecs();
  return decoder!.decodeFrom(memory, start, end);
}

/**
 * Decodes a message in shared memory that stays where it is until the caller says so: the wrappers take references of
 * their own, and the handles in the message keep theirs.
 *
 * @returns The value, and the lines of the handles, whose references the caller drops once the message is consumed.
 */
export function decodeCopy(memory: Memory, start: number, end: number): [unknown, number[]] {
  const outer = copied;
  const lines = copied = [];
  try {
    return [decodeFrom(memory, start, end), lines];
  } finally {
    copied = outer;
  }
}

/** Decodes a message in ordinary memory. */
export function decode(bytes: Uint8Array): unknown {
  if (decoder === undefined) codecs();
  return decoder!.decode(bytes);
}

/** The references that a message takes along. */
export class Riders {
  readonly #objects: SharedObject[];

  constructor(objects: SharedObject[]) {
    this.#objects = objects;
    for (const object of objects) addReference(blockOf(object));
  }

  /** The message is about to be published: connections leave this agent. */
  depart(): void {
    for (const object of this.#objects) {
      const info = kindInfo(Atomics.load(blockOf(object).words, BLOCK_KIND));
      if (info?.moves !== true || object.disposed) continue;
      info.leave?.(object);
      moveAway(object);
      // Its own reference is given up; the one in the message keeps the pipe open.
      dropReference(blockOf(object));
    }
  }

  /** The message will not be sent. */
  stay(): void {
    for (const object of this.#objects) dropReference(blockOf(object));
  }
}

/** The shared objects of the message that was just encoded, or `undefined` where there are none. */
export function takeRiders(): Riders | undefined {
  if (met === NOBODY) return undefined;
  const taken = new Riders(met);
  met = NOBODY;
  return taken;
}
