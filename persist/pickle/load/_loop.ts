/**
 * The loop of the stack machine.
 *
 * Opcodes that a protocol 2+ pickle is made of are here, where stack, position and memo are local variables; all others go
 * through `slowOpcode`, which finds them in the machine's fields.
 *
 * The case labels are literals, for V8 makes a jump table only of those.
 */
import { PySet } from "../../types/containers/py_set.ts";
import { TUPLE } from "../../types/containers/tuple.ts";
import { Float } from "../../types/numbers/float.ts";
import { readNumbers } from "./_fast_paths.ts";
import { addItems, appendItems } from "./_items.ts";
import type { Machine } from "./_machine.ts";
import { slowOpcode } from "./_slow_opcodes.ts";

type Tagged = Record<symbol, unknown>;

/** Executes the opcodes of the pickle that begins at `machine.start`, and returns its value. */
export function run(machine: Machine): unknown {
  const { bytes, view, text, stack, marks, wrapFloats, maps } = machine;
  const memo = machine.memo.list;
  const maxMemo = machine.maxMemo;
  const all = machine.memo;
  const end = Math.min(bytes.length, machine.start + machine.maxBytes);
  // Every opcode takes a byte: counting is needed only where there are more bytes than opcodes allowed.
  let budget = end - machine.start > machine.maxOps ? machine.maxOps : Infinity;
  let pos = machine.start;
  let sp = 0;
  let fence = 0;

  for (;;) {
    if (pos >= end) {
      machine.at = pos;
      if (end < bytes.length) machine.fail(`it is longer than maxBytes ${machine.maxBytes}`);
      machine.truncated();
    }
    if (--budget < 0) {
      machine.at = pos;
      machine.fail(`it has more opcodes than maxOps ${machine.maxOps}`);
    }
    const at = pos++;
    const opcode = bytes[at]!;
    switch (opcode) {
      case 0x4b: // BININT1
        if (pos >= end) break;
        stack[sp++] = bytes[pos++];
        continue;
      case 0x4d: // BININT2
        if (pos + 2 > end) break;
        stack[sp++] = bytes[pos]! | bytes[pos + 1]! << 8;
        pos += 2;
        continue;
      case 0x4a: // BININT
        if (pos + 4 > end) break;
        stack[sp++] = bytes[pos]! | bytes[pos + 1]! << 8 | bytes[pos + 2]! << 16 |
          bytes[pos + 3]! << 24;
        pos += 4;
        continue;
      case 0x47: { // BINFLOAT
        if (pos + 8 > end) break;
        const value = view.getFloat64(pos);
        pos += 8;
        stack[sp++] = wrapFloats && Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)
          ? new Float(value)
          : value;
        continue;
      }
      case 0x8c: { // SHORT_BINUNICODE
        if (pos >= end) break;
        const to = pos + 1 + bytes[pos]!;
        if (to > end) break;
        const value = text.read(pos + 1, to);
        if (value === undefined) {
          machine.at = at;
          machine.fail("a string is not UTF-8");
        }
        stack[sp++] = value;
        pos = to;
        continue;
      }
      case 0x58: { // BINUNICODE
        if (pos + 4 > end) break;
        const to = pos + 4 + view.getUint32(pos, true);
        if (to > end) break;
        const value = text.read(pos + 4, to);
        if (value === undefined) {
          machine.at = at;
          machine.fail("a string is not UTF-8");
        }
        stack[sp++] = value;
        pos = to;
        continue;
      }
      case 0x94: // MEMOIZE
        if (sp > fence && memo.length < maxMemo && all.sparse === undefined) {
          memo.push(stack[sp - 1]);
          continue;
        }
        machine.at = at;
        if (sp <= fence) machine.underflow();
        machine.memoize(all.size, stack[sp - 1]);
        continue;
      case 0x71: { // BINPUT
        if (pos >= end) break;
        machine.at = at;
        if (sp <= fence) machine.underflow();
        machine.memoize(bytes[pos++]!, stack[sp - 1]);
        continue;
      }
      case 0x72: { // LONG_BINPUT
        if (pos + 4 > end) break;
        machine.at = at;
        if (sp <= fence) machine.underflow();
        machine.memoize(view.getUint32(pos, true), stack[sp - 1]);
        pos += 4;
        continue;
      }
      case 0x68: { // BINGET
        if (pos >= end) break;
        const value = memo[bytes[pos++]!];
        if (typeof value === "string") stack[sp++] = value;
        else {
          machine.at = at;
          stack[sp++] = machine.recall(bytes[pos - 1]!);
        }
        continue;
      }
      case 0x6a: { // LONG_BINGET
        if (pos + 4 > end) break;
        machine.at = at;
        stack[sp++] = machine.recall(view.getUint32(pos, true));
        pos += 4;
        continue;
      }
      case 0x28: // MARK
        if (marks.length >= machine.maxDepth) {
          machine.at = at;
          machine.fail(`it nests deeper than maxDepth ${machine.maxDepth}`);
        }
        if (sp > fence && (bytes[pos]! - 0x47) >>> 0 <= 6) {
          // Numbers that follow the mark of a list go straight into it.
          const list = stack[sp - 1];
          if (isList(machine, list)) {
            const before = list.length;
            const from = pos;
            pos = readNumbers(bytes, view, pos, end, wrapFloats, list);
            budget -= list.length - before;
            if (bytes[pos] === 0x65 && pos < end && budget > 0) { // APPENDS
              pos++;
              continue;
            }
            // Something else comes as well, or they are not for the list at all.
            list.length = before;
            budget += pos - from;
            pos = from;
          }
        }
        marks.push(sp);
        fence = sp;
        continue;
      case 0x5d: // EMPTY_LIST
        stack[sp++] = [];
        continue;
      case 0x7d: // EMPTY_DICT
        stack[sp++] = maps ? machine.newMap() : {};
        continue;
      case 0x29: // EMPTY_TUPLE
        stack[sp++] = machine.exact ? tagged([]) : [];
        continue;
      case 0x4e: // NONE
        stack[sp++] = null;
        continue;
      case 0x88: // NEWTRUE
        stack[sp++] = true;
        continue;
      case 0x89: // NEWFALSE
        stack[sp++] = false;
        continue;
      case 0x65: { // APPENDS
        machine.at = at;
        const mark = machine.popMark();
        fence = machine.fence;
        if (mark <= fence) machine.underflow();
        const list = stack[mark - 1];
        if (isList(machine, list)) {
          for (let i = mark; i < sp; i++) list.push(stack[i]);
        } else appendItems(machine, list, stack.slice(mark, sp));
        sp = mark;
        continue;
      }
      case 0x61: { // APPEND
        machine.at = at;
        if (sp - 2 < fence) {
          machine.fence = fence;
          machine.underflow();
        }
        sp--;
        const list = stack[sp - 1];
        if (isList(machine, list)) {
          list.push(stack[sp]);
        } else appendItems(machine, list, [stack[sp]]);
        continue;
      }
      case 0x75: { // SETITEMS
        machine.at = at;
        const mark = machine.popMark();
        fence = machine.fence;
        if (mark <= fence) machine.underflow();
        if ((sp - mark) & 1) machine.fail("a dict has a key without a value");
        stack[mark - 1] = machine.setItems(stack[mark - 1], mark, sp);
        sp = mark;
        continue;
      }
      case 0x73: { // SETITEM
        machine.at = at;
        if (sp - 3 < fence) machine.underflow();
        stack[sp - 3] = machine.setItems(stack[sp - 3], sp - 2, sp);
        sp -= 2;
        continue;
      }
      case 0x85: // TUPLE1
        if (sp - 1 < fence) break;
        stack[sp - 1] = machine.exact ? tagged([stack[sp - 1]]) : [stack[sp - 1]];
        continue;
      case 0x86: // TUPLE2
        if (sp - 2 < fence) break;
        sp--;
        stack[sp - 1] = machine.exact
          ? tagged([stack[sp - 1], stack[sp]])
          : [stack[sp - 1], stack[sp]];
        continue;
      case 0x87: // TUPLE3
        if (sp - 3 < fence) break;
        sp -= 2;
        stack[sp - 1] = machine.exact
          ? tagged([stack[sp - 1], stack[sp], stack[sp + 1]])
          : [stack[sp - 1], stack[sp], stack[sp + 1]];
        continue;
      case 0x74: { // TUPLE
        machine.at = at;
        const mark = machine.popMark();
        fence = machine.fence;
        const items = stack.slice(mark, sp);
        stack[mark] = machine.exact ? tagged(items) : items;
        sp = mark + 1;
        continue;
      }
      case 0x8f: // EMPTY_SET
        stack[sp++] = machine.exact ? new PySet() : new Set();
        continue;
      case 0x90: { // ADDITEMS
        machine.at = at;
        const mark = machine.popMark();
        fence = machine.fence;
        if (mark <= fence) machine.underflow();
        addItems(machine, stack[mark - 1], stack.slice(mark, sp));
        sp = mark;
        continue;
      }
      case 0x91: { // FROZENSET
        machine.at = at;
        const mark = machine.popMark();
        fence = machine.fence;
        stack[mark] = machine.frozenSet(stack.slice(mark, sp));
        sp = mark + 1;
        continue;
      }
      case 0x95: // FRAME
        if (pos + 8 > end || machine.length64(pos) > end - pos - 8) break;
        pos += 8;
        continue;
      case 0x2e: // STOP
        machine.at = at;
        if (sp <= fence) machine.underflow();
        machine.pos = pos;
        return stack[sp - 1];
      default:
        machine.at = at;
        machine.pos = pos;
        machine.height = sp;
        machine.fence = fence;
        slowOpcode(machine, opcode, end);
        pos = machine.pos;
        sp = machine.height;
        fence = machine.fence;
        continue;
    }
    // An opcode left the switch: its argument goes past the end, or its items are not there.
    machine.at = at;
    if (opcode >= 0x85 && opcode <= 0x87) machine.underflow();
    if (end < bytes.length) machine.fail(`it is longer than maxBytes ${machine.maxBytes}`);
    machine.truncated();
  }
}

/** Whether something is a list that the pickle may append to. */
function isList(machine: Machine, value: unknown): value is unknown[] {
  return Array.isArray(value) && (value as unknown as Tagged)[TUPLE] === undefined &&
    machine.memo.foreign === undefined;
}

function tagged(items: unknown[]): unknown[] {
  (items as unknown as Tagged)[TUPLE] = true;
  return items;
}
