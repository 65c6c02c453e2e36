/**
 * Messages to bytes and back: this agent's encoder and decoder, with handles for the shared objects in a message. What
 * keeps those alive while the message is under way: `message_references.ts`.
 */
import { BLOCK_KIND } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Arena, Kind } from "../memory/arena.ts";
import type { Memory } from "../codec/bytes.ts";
import { type RegisteredClass, registeredSharedByName } from "../codec/class_registry.ts";
import { Decoder } from "../codec/decoder.ts";
import { Encoder } from "../codec/encoder.ts";
import { ShapeTable } from "../codec/shapes.ts";
import { homeOf, kindInfo } from "../memory/kinds.ts";
import { destroy } from "../memory/references.ts";
import { adopt } from "../memory/wrappers.ts";
import type { ExclusiveLock } from "../sync/guard.ts";
import { fromMoved, toMoved } from "./moved_parts.ts";
import { MessageReferences, pack, REFERENCES_BYTES, unpack } from "./message_references.ts";
import { assertUsable, blockOf, isSharedObject, SharedObject } from "../memory/shared_object.ts";
import { Refusal } from "../codec/unsendable_path.ts";

/** Bytes of the program's table of object shapes. */
const SHAPES_BYTES = 256 * 1024;

const NONE: SharedObject[] = [];

/**
 * What this agent's codec is in the middle of. A registered class may send messages of its own while it is encoded or
 * decoded, so each message puts back what it has found here.
 */
const current: {
  /** Shared objects met so far by the message that is being encoded. */
  met: SharedObject[];
  /** What that message is sent through, where that can itself be in the message. */
  carrier: object | undefined;
  /** Connections met so far by the message that is being decoded. */
  arriving: SharedObject[];
  /** The references of the message that was encoded last. */
  references: MessageReferences | undefined;
  codec: Codec | undefined;
  /** The codec of what other programs read. */
  outside: Codec | undefined;
} = {
  met: NONE,
  carrier: undefined,
  arriving: NONE,
  references: undefined,
  codec: undefined,
  outside: undefined,
};

/** The carrier of a message that several agents receive. What has one owner cannot be in it. */
export const SEVERAL_RECEIVERS: object = {};

/**
 * The carrier of a message that other programs read. Shared objects of this program cannot be in it, and keys of records
 * travel with it: the table of shapes is this program's.
 */
export const OUTSIDE: object = {};

/** The carrier of messages that live in memory of an arena: {@linkcode OUTSIDE} where other programs share it. */
export function carrierIn(arena: Arena, inside?: object): object | undefined {
  return arena.isNamed ? OUTSIDE : inside;
}

/** Whether the message that is being encoded is sent through this object. */
export function isCarrier(object: object): boolean {
  return current.carrier === object;
}

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
    if (!isSharedObject(object)) {
      const home = homeOf(object);
      if (home !== undefined) return { kind: Kind.lockOf, ref: hook.toHandle(home)!.ref };
      if (!(object instanceof SharedObject)) return undefined;
      throw new Refusal(
        object,
        "looks like a shared object and is none; send the object behind it",
      );
    }
    assertUsable(object);
    const { words, line, arena } = blockOf(object);
    // It travels by its name.
    if (arena.isNamed) return undefined;
    const kind = Atomics.load(words, BLOCK_KIND);
    if (current.carrier === SEVERAL_RECEIVERS && kindInfo(kind)?.moves === true) {
      throw new Refusal(object, "has one owner, and would have several; send it through a queue");
    }
    pack(object);
    if (current.met === NONE) current.met = [];
    current.met.push(object);
    return { kind, ref: line };
  },
  fromHandle(kind: number, line: number): object {
    if (kind === Kind.lockOf) {
      const home = adopt(Atomics.load(agent().arena.block(line).words, BLOCK_KIND), line);
      return (home as { readonly lock: ExclusiveLock }).lock;
    }
    const object = adopt(kind, line);
    if (kind === Kind.connection) {
      if (current.arriving === NONE) current.arriving = [];
      current.arriving.push(object as SharedObject);
    }
    return object;
  },
  asClass,
  toMoved,
  fromMoved,
};

/** How an object with a name travels. */
function asClass(object: object): RegisteredClass | undefined {
  if (!isSharedObject(object) || !blockOf(object).arena.isNamed) return undefined;
  const found = registeredSharedByName(Object.getPrototypeOf(object));
  if (found !== undefined) return found;
  throw new Refusal(object, "has a name, but cannot be opened by it there");
}

const outsideHook = {
  toHandle(object: object): undefined {
    if (isSharedObject(object) && blockOf(object).arena.isNamed) assertUsable(object);
    else if (homeOf(object) !== undefined || object instanceof SharedObject) {
      throw new Refusal(object, "belongs to this program alone; give it a name to share it");
    }
  },
  asClass,
  fromHandle(kind: number): never {
    throw new Deno.errors.InvalidData(
      `Cannot decode a message of another program: it has a handle of kind ${kind}`,
    );
  },
};

interface Codec {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
}

/** Both share what this agent knows of the program's shapes. */
function newCodec(): Codec {
  const options = { shapes: shapes(), handles: hook };
  return current.codec = { encoder: new Encoder(options), decoder: new Decoder(options) };
}

/** The codec for a carrier. */
function codecFor(carrier: object | undefined): Codec {
  if (carrier !== OUTSIDE) return current.codec ?? newCodec();
  const options = { handles: outsideHook };
  return current.outside ??= { encoder: new Encoder(options), decoder: new Decoder(options) };
}

/**
 * Encodes in place; see {@linkcode Encoder.encodeInto}. In a message with handles, the line of its references follows.
 * Call {@linkcode takeReferences} afterwards.
 *
 * @param carrier What the message is sent through, if it may itself be in the message.
 */
export function encodeInto(
  value: unknown,
  memory: Memory,
  start: number,
  end: number,
  carrier?: object,
): number {
  const { encoder } = codecFor(carrier);
  const outerMet = current.met;
  const outerCarrier = current.carrier;
  current.met = NONE;
  current.carrier = carrier;
  let done = -1;
  try {
    const position = encoder.encodeInto(value, memory, start, end);
    current.references = undefined;
    if (current.met === NONE) return done = position;
    if (position < 0 || end - position < REFERENCES_BYTES) return -1;
    const references = current.references = new MessageReferences(current.met);
    references.sign(memory.view, position);
    return done = position + REFERENCES_BYTES;
  } finally {
    if (done < 0) current.met.forEach(unpack);
    current.met = outerMet;
    current.carrier = outerCarrier;
  }
}

/**
 * Encodes into scratch memory, valid until the next call. In a message with handles, the line of its references follows.
 * Call {@linkcode takeReferences} afterwards.
 *
 * @param carrier What the message is sent through, if it may itself be in the message.
 */
export function encode(value: unknown, carrier?: object): Uint8Array {
  const { encoder } = codecFor(carrier);
  const outerMet = current.met;
  const outerCarrier = current.carrier;
  current.met = NONE;
  current.carrier = carrier;
  let done = false;
  try {
    let bytes: Uint8Array = encoder.encode(value);
    current.references = undefined;
    if (current.met !== NONE) {
      const whole = new Uint8Array(bytes.length + REFERENCES_BYTES);
      whole.set(bytes);
      const references = current.references = new MessageReferences(current.met);
      references.sign(new DataView(whole.buffer), bytes.length);
      bytes = whole;
    }
    done = true;
    return bytes;
  } finally {
    if (!done) current.met.forEach(unpack);
    current.met = outerMet;
    current.carrier = outerCarrier;
  }
}

/**
 * Decodes a message in shared memory.
 *
 * @param carrier {@linkcode OUTSIDE} if it may come from another program.
 */
export function decodeFrom(
  memory: Memory,
  start: number,
  end: number,
  carrier?: object,
): unknown {
  const { decoder } = codecFor(carrier);
  const outer = current.arriving;
  current.arriving = NONE;
  try {
    return decoder.decodeFrom(memory, start, end);
  } catch (error) {
    closeArriving();
    throw error;
  } finally {
    current.arriving = outer;
  }
}

/** Decodes a message in ordinary memory; see {@linkcode decodeFrom}. */
export function decode(bytes: Uint8Array, carrier?: object): unknown {
  const { decoder } = codecFor(carrier);
  const outer = current.arriving;
  current.arriving = NONE;
  try {
    return decoder.decode(bytes);
  } catch (error) {
    closeArriving();
    throw error;
  } finally {
    current.arriving = outer;
  }
}

/** Closes the ends of pipes in a message that does not decode: nobody has them, and their peers must not wait. */
function closeArriving(): void {
  for (const connection of current.arriving) connection[Symbol.dispose]();
}

/** Takes the references of the message encoded last, `undefined` if there is no shared object in it. */
export function takeReferences(): MessageReferences | undefined {
  const { references } = current;
  current.references = undefined;
  return references;
}

/** A message that was encoded into ordinary memory, to be copied into shared memory later. */
export class EncodedMessage {
  readonly bytes: Uint8Array;
  readonly references: MessageReferences | undefined;

  constructor(bytes: Uint8Array, references: MessageReferences | undefined) {
    this.bytes = bytes;
    this.references = references;
  }

  /**
   * Encodes a value.
   *
   * @param copy Whether the message must last. If not, it is valid until the next one is encoded.
   * @param carrier What the message is sent through, if that matters.
   */
  static of(value: unknown, copy: boolean, carrier?: object): EncodedMessage {
    const bytes = encode(value, carrier);
    const references = takeReferences();
    return new EncodedMessage(copy ? bytes.slice() : bytes, references);
  }

  /** Copies it into memory. Gives the offset after it, or -1 if it does not fit. */
  writeTo({ bytes }: Memory, start: number, end: number): number {
    if (end - start < this.bytes.length) return -1;
    bytes.set(this.bytes, start);
    return start + this.bytes.length;
  }
}
