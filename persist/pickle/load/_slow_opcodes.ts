/**
 * The opcodes that are not on the fast path: texts and long integers of every protocol, classes, objects, buffers.
 */
import { ByteArray } from "../../types/arrays/byte_array.ts";
import { Global } from "../../types/objects/global.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { beside, freshModules } from "../notes.ts";
import { build, newObject, reduce } from "./_apply.ts";
import { JoblibArray } from "../joblib_array.ts";
import { readJoblibArray } from "./_joblib.ts";
import { describe } from "./_items.ts";
import type { Machine } from "./_machine.ts";
import { MOST_BYTES, parseFloatText, parseIntText, readLong } from "./_number.ts";
import { decodePython2, unescapeRaw, unquote } from "./_protocol0_text.ts";
import { recognise } from "../wrapped/recognise.ts";
import { PickleBuffer } from "../pickle_buffer.ts";

/** Executes an opcode that the loop does not know. */
export function slowOpcode(machine: Machine, opcode: number, end: number): void {
  switch (opcode) {
    case 0x80: // PROTO
      need(machine, 1, end);
      machine.protocol = machine.bytes[machine.pos++]!;
      if (machine.protocol > 5) {
        machine.fail(`pickle protocol ${machine.protocol} is not supported, only 0 to 5`);
      }
      return;
    case 0x43: // SHORT_BINBYTES
      return machine.push(takeBytes(machine, length(machine, 1, end), end));
    case 0x42: // BINBYTES
      return machine.push(takeBytes(machine, length(machine, 4, end), end));
    case 0x8e: // BINBYTES8
      return machine.push(takeBytes(machine, length(machine, 8, end), end));
    case 0x96: { // BYTEARRAY8
      const view = takeView(machine, length(machine, 8, end), end);
      return machine.push(
        copyInto(machine.exact ? new ByteArray(view.length) : new Uint8Array(view.length), view),
      );
    }
    case 0x8d: // BINUNICODE8
      return machine.push(takeText(machine, length(machine, 8, end), end));
    case 0x54: // BINSTRING
      return machine.push(python2(machine, takeView(machine, signed32(machine, end), end)));
    case 0x55: // SHORT_BINSTRING
      return machine.push(python2(machine, takeView(machine, length(machine, 1, end), end)));
    case 0x8a: // LONG1
      return machine.push(readLong(takeView(machine, length(machine, 1, end), end)));
    case 0x8b: { // LONG4
      const bytes = takeView(machine, signed32(machine, end), end);
      if (bytes.length > MOST_BYTES) machine.fail(`an integer has more than ${MOST_BYTES} bytes`);
      return machine.push(readLong(bytes));
    }
    case 0x93: { // STACK_GLOBAL
      const name = machine.pop();
      const module = machine.pop();
      if (typeof name !== "string" || typeof module !== "string") {
        machine.fail("STACK_GLOBAL needs two strings");
      }
      return machine.push(stackGlobal(machine, module as string, name as string));
    }
    case 0x52: { // REDUCE
      const args = machine.pop();
      const callable = machine.pop();
      return machine.push(reduce(machine, callable, args));
    }
    case 0x81: { // NEWOBJ
      const args = machine.pop();
      const callable = machine.pop();
      return machine.push(newObject(machine, callable, args, undefined));
    }
    case 0x92: { // NEWOBJ_EX
      const kwargs = machine.pop();
      const args = machine.pop();
      const callable = machine.pop();
      if (!isDict(kwargs)) machine.fail(`NEWOBJ_EX needs a dict, not ${describe(kwargs)}`);
      return machine.push(newObject(machine, callable, args, kwargs));
    }
    case 0x62: { // BUILD
      const state = machine.pop();
      const object = machine.pop();
      build(machine, object, state);
      return machine.push(
        object instanceof JoblibArray ? readJoblibArray(machine, object, end) : object,
      );
    }
    case 0x30: // POP
      if (machine.marks.length > 0 && machine.fence === machine.height) machine.popMark();
      else keepState(machine, machine.pop());
      return;
    case 0x31: // POP_MARK
      machine.height = machine.popMark();
      return;
    case 0x32: { // DUP
      const value = machine.pop();
      machine.expose(value);
      machine.push(value);
      return machine.push(value);
    }
    case 0x6c: // LIST
      return machine.push(takeItems(machine));
    case 0x64: // DICT
      return machine.push(dict(machine));
    case 0x97: // NEXT_BUFFER
      return machine.push(nextBuffer(machine));
    case 0x98: { // READONLY_BUFFER
      const buffer = machine.pop();
      if (typeof buffer === "object" && buffer !== null) beside.delete(buffer);
      return machine.push(buffer);
    }
    case 0x51: // BINPERSID
      return machine.push(persistent(machine, machine.pop()));
    case 0x82: // EXT1
      return machine.push(extension(machine, length(machine, 1, end)));
    case 0x83: // EXT2
      return machine.push(extension(machine, length(machine, 2, end)));
    case 0x84: // EXT4
      return machine.push(extension(machine, signed32(machine, end)));
    default:
      return textual(machine, opcode, end);
  }
}

function stackGlobal(machine: Machine, module: string, name: string): unknown {
  const again = machine.wrapFloats && machine.resolver.isNewOf(module, name) &&
    spellsModule(machine, module, name);
  const value = machine.resolver.resolve(module, name);
  if (again && value instanceof Global) freshModules.add(value);
  return value;
}

/** Whether the bytes before the opcode spell the module, and do not fetch it. */
function spellsModule(machine: Machine, module: string, name: string): boolean {
  const { bytes, at } = machine;
  // SHORT_BINUNICODE length ... MEMOIZE, for the module and for the name, or a BINGET for the name. Names are ASCII.
  const fetched = bytes[at - 1] !== 0x94;
  const to = at - (fetched ? 2 : name.length + 3);
  const from = to - module.length - 3;
  if (from < machine.start || bytes[to - 1] !== 0x94 || bytes[from] !== 0x8c) return false;
  if (bytes[to] !== (fetched ? 0x68 : 0x8c) || bytes[from + 1] !== module.length) return false;
  return machine.text.latin1(from + 2, to - 1) === module;
}

/** A state setter is called for its effect, and what it returns is dropped: of an unknown one, the recipe keeps the call. */
function keepState(machine: Machine, dropped: unknown): void {
  if (!(dropped instanceof PyObject) || dropped.isNew || dropped.args.length !== 2) return;
  const [object, state] = dropped.args;
  const below = machine.height > machine.fence ? machine.stack[machine.height - 1] : undefined;
  if (object !== below || !(object instanceof PyObject)) return;
  object.state = state;
  object.stateSetter = dropped.callable;
}

/** The opcodes of protocol 0, whose arguments are lines. */
function textual(machine: Machine, opcode: number, end: number): void {
  switch (opcode) {
    case 0x49: // INT
      return machine.push(parseIntText(machine, takeLine(machine, end), true));
    case 0x4c: // LONG
      return machine.push(parseIntText(machine, takeLine(machine, end).replace(/L$/, ""), false));
    case 0x46: // FLOAT
      return machine.push(machine.float(parseFloatText(machine, takeLine(machine, end))));
    case 0x53: // STRING
      return machine.push(python2(machine, unquote(machine, takeLine(machine, end))));
    case 0x56: // UNICODE
      return machine.push(unescapeRaw(machine, takeLine(machine, end)));
    case 0x50: // PERSID
      return machine.push(persistent(machine, takeLine(machine, end)));
    case 0x63: { // GLOBAL
      const module = utf8(machine, takeLine(machine, end));
      const name = utf8(machine, takeLine(machine, end));
      return machine.push(machine.resolver.resolve(module, name));
    }
    case 0x69: { // INST
      const module = utf8(machine, takeLine(machine, end));
      const name = utf8(machine, takeLine(machine, end));
      const args = takeItems(machine);
      return machine.push(instance(machine, machine.resolver.resolve(module, name), args));
    }
    case 0x6f: { // OBJ
      const items = takeItems(machine);
      if (items.length === 0) machine.underflow();
      return machine.push(instance(machine, items[0], items.slice(1)));
    }
    case 0x67: // GET
      return machine.push(machine.recall(index(machine, takeLine(machine, end))));
    case 0x70: { // PUT
      const at = index(machine, takeLine(machine, end));
      if (machine.height <= machine.fence) machine.underflow();
      return machine.memoize(at, machine.stack[machine.height - 1]);
    }
    default: {
      const format = machine.at === machine.start && recognise(machine.bytes, machine.start);
      machine.fail(`${hex(opcode)} is not an opcode${format ? `; it may be ${format} data` : ""}`);
    }
  }
}

function isDict(value: unknown): boolean {
  return value instanceof Map ||
    typeof value === "object" && value !== null &&
      Object.getPrototypeOf(value) === Object.prototype;
}

function copyInto<T extends Uint8Array>(copy: T, bytes: Uint8Array): T {
  copy.set(bytes);
  return copy;
}

function hex(opcode: number): string {
  return opcode > 0x20 && opcode < 0x7f
    ? `"${String.fromCharCode(opcode)}"`
    : `0x${opcode.toString(16).padStart(2, "0")}`;
}

function need(machine: Machine, n: number, end: number): void {
  if (n > end - machine.pos) machine.truncated();
}

/** An unsigned length of 1, 2, 4 or 8 bytes. */
function length(machine: Machine, size: 1 | 2 | 4 | 8, end: number): number {
  need(machine, size, end);
  const { view, pos } = machine;
  machine.pos += size;
  if (size === 1) return machine.bytes[pos]!;
  if (size === 2) return view.getUint16(pos, true);
  return size === 4 ? view.getUint32(pos, true) : machine.length64(pos);
}

/** A length or code that Python reads as signed. */
function signed32(machine: Machine, end: number): number {
  need(machine, 4, end);
  const value = machine.view.getInt32(machine.pos, true);
  machine.pos += 4;
  if (value < 0) machine.fail(`its argument is negative: ${value}`);
  return value;
}

function takeView(machine: Machine, n: number, end: number): Uint8Array {
  need(machine, n, end);
  const view = machine.bytes.subarray(machine.pos, machine.pos + n);
  machine.pos += n;
  return view;
}

function takeBytes(machine: Machine, n: number, end: number): Uint8Array {
  need(machine, n, end);
  const { bytes, pos } = machine;
  machine.pos += n;
  // A Node Buffer's slice would be a view, and of its own class.
  return machine.copies
    ? Uint8Array.prototype.slice.call(bytes, pos, pos + n)
    : new Uint8Array(bytes.buffer, bytes.byteOffset + pos, n);
}

function takeText(machine: Machine, n: number, end: number): string {
  need(machine, n, end);
  const text = machine.text.read(machine.pos, machine.pos + n);
  if (text === undefined) machine.fail("a string is not UTF-8");
  machine.pos += n;
  return text!;
}

/** The text up to the next newline, one character per byte; the newline is consumed. */
function takeLine(machine: Machine, end: number): string {
  const { bytes, pos } = machine;
  const newline = bytes.indexOf(0x0a, pos);
  if (newline < 0 || newline >= end) machine.truncated();
  machine.pos = newline + 1;
  return machine.text.latin1(pos, newline);
}

function utf8(machine: Machine, line: string): string {
  const bytes = Uint8Array.from(line, (c) => c.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    machine.fail("the name of a class or function is not UTF-8", error);
  }
}

function index(machine: Machine, line: string): number {
  if (!/^\s*\d{1,15}\s*$/.test(line)) machine.fail("its memo number is not a number of at least 0");
  return Number(line);
}

function takeItems(machine: Machine): unknown[] {
  const mark = machine.popMark();
  const items = machine.stack.slice(mark, machine.height);
  machine.height = mark;
  return items;
}

function dict(machine: Machine): unknown {
  const mark = machine.popMark();
  if ((machine.height - mark) & 1) machine.fail("a dict has a key without a value");
  const made = machine.setItems(
    machine.maps ? machine.newMap() : {},
    mark,
    machine.height,
  );
  machine.height = mark;
  return made;
}

function instance(machine: Machine, type: unknown, args: unknown[]): unknown {
  return args.length === 0
    ? newObject(machine, type, args, undefined)
    : reduce(machine, type, args);
}

function python2(machine: Machine, bytes: Uint8Array): unknown {
  return decodePython2(machine, bytes);
}

function persistent(machine: Machine, id: unknown): unknown {
  const { persistentLoad } = machine.options;
  if (persistentLoad === undefined) {
    machine.fail("it holds a persistent id, and the option persistentLoad is not given");
  }
  const value = persistentLoad!(id) ?? null;
  machine.protect(value);
  return value;
}

function extension(machine: Machine, code: number): unknown {
  if (code === 0) machine.fail("extension code 0 stands for nothing");
  return machine.resolver.extension(code);
}

function nextBuffer(machine: Machine): unknown {
  const next = machine.buffers?.next();
  if (next === undefined || next.done === true) {
    machine.fail("it refers to a buffer beside the pickle that the option buffers does not give");
  }
  const buffer = next!.value;
  const raw = buffer instanceof PickleBuffer ? buffer.raw() : buffer;
  if (!ArrayBuffer.isView(raw) && !(raw instanceof ArrayBuffer)) {
    machine.fail(`${describe(buffer)} among the option buffers is not a buffer`);
  }
  beside.add(raw as object);
  return raw;
}
