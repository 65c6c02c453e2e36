/**
 * This agent's encoder and decoder, with handles for the shared objects in a message; see `message_references.ts` for what keeps those
 * alive while it is under way.
 */
import { BLOCK_KIND } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { Kind } from "../memory/arena.ts";
import type { Memory } from "../codec/bytes.ts";
import { Decoder } from "../codec/decoder.ts";
import { Encoder } from "../codec/encoder.ts";
import { ShapeTable } from "../codec/shapes.ts";
import { adopt, destroy } from "../memory/references.ts";
import type { Lockable } from "../sync/guard.ts";
import { RecursiveLock } from "../sync/recursive_lock.ts";
import { MessageReferences, pack, REFERENCES_BYTES, unpack } from "./message_references.ts";
import { assertUsable, blockOf, isSharedObject, SharedObject } from "../memory/shared_object.ts";
import { Refusal } from "../codec/unsendable_path.ts";

/** Bytes of the program's table of object shapes. */
const SHAPES_BYTES = 256 * 1024;

let encoder: Encoder | undefined;
let decoder: Decoder | undefined;
const NOBODY: SharedObject[] = [];
/** Shared objects met by the encoding that is going on. */
let meeting: SharedObject[] = NOBODY;
/** What the message that is being encoded is sent through, where that can itself be in the message. */
export let carriedBy: object | undefined;
/** Connections met by the decoding that is going on. */
let arriving: SharedObject[] = NOBODY;
/** The references of the message that was encoded last. */
let made: MessageReferences | undefined;

function shapes(): ShapeTable {
  const { arena, id } = agent();
  if (arena.shapesLine === 0) {
    const block = arena.allocate(Kind.shapes, SHAPES_BYTES, id);
    if (!arena.offerShapes(block)) destroy(block);
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
    if (object instanceof RecursiveLock) {
      return { kind: Kind.lockOf, ref: hook.toHandle(object.home)!.ref };
    }
    if (!isSharedObject(object)) {
      if (!(object instanceof SharedObject)) return undefined;
      throw new Refusal(
        object,
        "looks like a shared object and is none; send the object behind it",
      );
    }
    assertUsable(object);
    const { words, line } = blockOf(object);
    const kind = Atomics.load(words, BLOCK_KIND);
    pack(object);
    if (meeting === NOBODY) meeting = [];
    meeting.push(object);
    return { kind, ref: line };
  },
  fromHandle(kind: number, line: number): object {
    if (kind === Kind.lockOf) {
      const home = adopt(Atomics.load(agent().arena.block(line).words, BLOCK_KIND), line);
      return (home as { readonly lock: Lockable }).lock;
    }
    const object = adopt(kind, line);
    if (kind === Kind.connection) {
      if (arriving === NOBODY) arriving = [];
      arriving.push(object as SharedObject);
    }
    return object;
  },
};

function codecs(): void {
  const table = shapes();
  encoder = new Encoder({ shapes: table, handles: hook });
  decoder = new Decoder({ shapes: table, handles: hook });
}

/**
 * Encodes in place; see {@linkcode Encoder.encodeInto}. Where there are handles, the line of the references follows. Afterwards
 * call {@linkcode takeReferences}.
 */
export function encodeInto(
  value: unknown,
  memory: Memory,
  start: number,
  end: number,
  carrier?: object,
): number {
  if (encoder === undefined) codecs();
  // A registered class may send messages of its own while it is being encoded.
  const outer = meeting;
  const outerCarrier = carriedBy;
  meeting = NOBODY;
  carriedBy = carrier;
  let done = -1;
  try {
    const position = encoder!.encodeInto(value, memory, start, end);
    made = undefined;
    if (meeting === NOBODY) return done = position;
    if (position < 0 || end - position < REFERENCES_BYTES) return -1;
    made = new MessageReferences(meeting);
    made.sign(memory.view, position);
    return done = position + REFERENCES_BYTES;
  } finally {
    if (done < 0) meeting.forEach(unpack);
    meeting = outer;
    carriedBy = outerCarrier;
  }
}

/**
 * Encodes into scratch memory, valid until the next call. Where there are handles, the line of the references follows.
 * Afterwards call {@linkcode takeReferences}.
 */
export function encode(value: unknown): Uint8Array {
  if (encoder === undefined) codecs();
  const outer = meeting;
  const outerCarrier = carriedBy;
  meeting = NOBODY;
  carriedBy = undefined;
  let done = false;
  try {
    let bytes: Uint8Array = encoder!.encode(value);
    made = undefined;
    if (meeting !== NOBODY) {
      const whole = new Uint8Array(bytes.length + REFERENCES_BYTES);
      whole.set(bytes);
      made = new MessageReferences(meeting);
      made.sign(new DataView(whole.buffer), bytes.length);
      bytes = whole;
    }
    done = true;
    return bytes;
  } finally {
    if (!done) meeting.forEach(unpack);
    meeting = outer;
    carriedBy = outerCarrier;
  }
}

/** Decodes a message in shared memory. */
export function decodeFrom(memory: Memory, start: number, end: number): unknown {
  if (decoder === undefined) codecs();
  const outer = arriving;
  arriving = NOBODY;
  try {
    return decoder!.decodeFrom(memory, start, end);
  } catch (error) {
    closeArriving();
    throw error;
  } finally {
    arriving = outer;
  }
}

/** Decodes a message in ordinary memory. */
export function decode(bytes: Uint8Array): unknown {
  if (decoder === undefined) codecs();
  const outer = arriving;
  arriving = NOBODY;
  try {
    return decoder!.decode(bytes);
  } catch (error) {
    closeArriving();
    throw error;
  } finally {
    arriving = outer;
  }
}

/** The message did not decode: nobody has the ends of pipes in it, and those at the other ends must not wait for them. */
function closeArriving(): void {
  for (const connection of arriving) connection[Symbol.dispose]();
}

/** The references of the message that was just encoded, or `undefined` where there are no shared objects in it. */
export function takeReferences(): MessageReferences | undefined {
  const taken = made;
  made = undefined;
  return taken;
}
