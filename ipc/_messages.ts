/**
 * This agent's encoder and decoder, and the references that travel inside messages.
 *
 * A shared object in a message is a handle: its kind and line. While the message is under way it owns one reference for
 * each, taken when it is encoded and dropped when it was received, is thrown away, or is not sent after all; receivers
 * take references of their own while they decode. So that a message can be thrown away without decoding it, one with
 * handles ends with a *manifest*: their lines, then how many there are (uint32 each).
 *
 * A connection moves: when its message is published, the sender's end is closed without closing the pipe.
 */
import { agent } from "./_agent.ts";
import { BLOCK_KIND, Kind } from "./_arena.ts";
import { Decoder, Encoder, type Memory, ShapeTable } from "./_codec.ts";
import {
  addReference,
  adopt,
  dropLine,
  dropReference,
  type Hold,
  hold,
  kindInfo,
  unhold,
} from "./_handles.ts";
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
    addReference(agent().arena.block(line));
    return adopt(kind, line);
  },
};

function codecs(): void {
  const table = shapes();
  encoder = new Encoder({ shapes: table, handles: hook });
  decoder = new Decoder({ shapes: table, handles: hook });
}

/**
 * Encodes in place; see {@linkcode Encoder.encodeInto}. A manifest follows where there are handles. Afterwards call
 * {@linkcode takeRiders}.
 */
export function encodeInto(value: unknown, memory: Memory, start: number, end: number): number {
  if (encoder === undefined) codecs();
  // A registered class may send messages of its own while it is being encoded.
  const outer = meeting;
  meeting = met = NOBODY;
  try {
    let position = encoder!.encodeInto(value, memory, start, end);
    if (position >= 0 && meeting !== NOBODY) {
      position = end - position < manifestBytes(meeting)
        ? -1
        : list(meeting, memory.view, position);
    }
    met = position < 0 ? NOBODY : meeting;
    return position;
  } finally {
    meeting = outer;
  }
}

/**
 * Encodes into scratch memory, valid until the next call. A manifest follows where there are handles. Afterwards call
 * {@linkcode takeRiders}.
 */
export function encode(value: unknown): Uint8Array {
  if (encoder === undefined) codecs();
  const outer = meeting;
  meeting = met = NOBODY;
  try {
    let bytes: Uint8Array = encoder!.encode(value);
    if (meeting !== NOBODY) {
      const whole = new Uint8Array(bytes.length + manifestBytes(meeting));
      whole.set(bytes);
      list(meeting, new DataView(whole.buffer), bytes.length);
      bytes = whole;
    }
    met = meeting;
    return bytes;
  } finally {
    meeting = outer;
  }
}

function manifestBytes(objects: readonly unknown[]): number {
  return 4 * (objects.length + 1);
}

/** Writes a manifest; returns the place behind it. */
function list(objects: readonly SharedObject[], view: DataView, position: number): number {
  for (const object of objects) {
    view.setUint32(position, blockOf(object).line, true);
    position += 4;
  }
  view.setUint32(position, objects.length, true);
  return position + 4;
}

/** The lines in the manifest at the end of a message. */
export function manifestOf(view: DataView, end: number): number[] {
  const lines: number[] = [];
  const count = view.getUint32(end - 4, true);
  for (let at = end - 4 - 4 * count; at < end - 4; at += 4) lines.push(view.getUint32(at, true));
  return lines;
}

/** Drops the references that a message had. */
export function dropManifest(lines: readonly number[]): void {
  for (const line of lines) dropLine(line);
}

/** Decodes a message in shared memory. */
export function decodeFrom(memory: Memory, start: number, end: number): unknown {
  if (decoder === undefined) codecs();
  return decoder!.decodeFrom(memory, start, end);
}

/** Decodes a message in ordinary memory. */
export function decode(bytes: Uint8Array): unknown {
  if (decoder === undefined) codecs();
  return decoder!.decode(bytes);
}

/** The references that a message takes along. Until it departs they are on this agent's record. */
export class Riders {
  readonly #objects: SharedObject[];
  readonly #holds: Hold[];
  /** Whether it is decided what becomes of them. */
  #settled = false;

  constructor(objects: SharedObject[]) {
    this.#objects = objects;
    this.#holds = objects.map((object) => {
      addReference(blockOf(object));
      return hold(blockOf(object));
    });
  }

  /** Bytes that the manifest takes. */
  get bytes(): number {
    return manifestBytes(this.#objects);
  }

  /**
   * Takes the references off this agent's record, for a message that its receiver may find before it departs: the
   * receiver drops them then, and whoever buries this agent must not do so again.
   */
  letGo(): void {
    for (const held of this.#holds) unhold(held);
  }

  /** The message is about to be published: connections leave this agent. */
  depart(): void {
    this.#settled = true;
    for (const object of this.#objects) {
      const info = kindInfo(Atomics.load(blockOf(object).words, BLOCK_KIND));
      if (info?.moves !== true || object.disposed) continue;
      info.leave?.(object);
      moveAway(object);
      // Its own reference is given up; the one in the message keeps the pipe open.
      dropReference(blockOf(object));
    }
    for (const held of this.#holds) unhold(held);
  }

  /** The message will not be sent. */
  stay(): void {
    if (this.#settled) return;
    this.#settled = true;
    for (const held of this.#holds) {
      unhold(held);
      dropReference(held.block);
    }
  }
}

/** The shared objects of the message that was just encoded, or `undefined` where there are none. */
export function takeRiders(): Riders | undefined {
  if (met === NOBODY) return undefined;
  const taken = new Riders(met);
  met = NOBODY;
  return taken;
}
