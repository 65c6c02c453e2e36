import { Global } from "../../types/objects/global.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { isTuple, tagTuple, tuple } from "../../types/containers/tuple.ts";
import { saveDictItems, saveListItems } from "./_batch.ts";
import * as op from "../opcodes.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "../errors.ts";
import type { Reduction } from "../reduction.ts";

const RECONSTRUCTOR = new Global("copyreg", "_reconstructor");
const NEW = new Global("copyreg", "__newobj__");
const OBJECT = new Global("builtins", "object");
const PARTIAL = new Global("functools", "partial");

/** Writes an object as its reduction says; `object` is what the memo will know it by. */
export function saveReduction(
  saver: Saver,
  reduction: Reduction,
  object: object | undefined,
): void {
  const { out, protocol } = saver;
  const args = argumentsOf(saver, reduction);
  if (reduction.isNew === true && reduction.kwargs !== undefined) {
    saveNewWithKeywords(saver, reduction, args);
  } else if (reduction.isNew === true && protocol >= 2) {
    saver.save(reduction.callable);
    saveArguments(saver, args);
    out.byte(op.NEWOBJ);
  } else if (reduction.isNew === true) {
    // A class that has items extends a list or dict, which only its own `__new__` makes.
    const plain = args.length === 0 &&
      reduction.listItems === undefined && reduction.dictItems === undefined;
    saver.save(plain ? RECONSTRUCTOR : NEW);
    saveArguments(
      saver,
      plain ? [reduction.callable, OBJECT, null] : [reduction.callable, ...args],
    );
    out.byte(op.REDUCE);
  } else {
    saver.save(reduction.callable);
    saveArguments(saver, args);
    out.byte(op.REDUCE);
  }
  if (reduction instanceof PyObject) saver.open.delete(reduction);
  if (object !== undefined) {
    const index = saver.memo.objects.get(object);
    if (index !== undefined) {
      // The arguments led back to the object, which is complete already.
      out.byte(op.POP);
      return saver.fetch(index);
    }
    saver.memoize(object);
  }
  if (reduction.listItems !== undefined) saveListItems(saver, reduction.listItems);
  if (reduction.dictItems !== undefined) saveDictItems(saver, reduction.dictItems);
  if (reduction.setItems !== undefined) {
    out.byte(op.MARK);
    for (const item of reduction.setItems) saver.save(item);
    out.byte(op.ADDITEMS);
  }
  saveState(saver, reduction, object);
}

/**
 * The arguments to write. Python makes them anew each time it takes an object apart: one that its own arguments lead back to
 * is written again with copies, which are not in the memo yet.
 */
function argumentsOf(saver: Saver, reduction: Reduction): readonly unknown[] {
  const args = reduction.args ?? [];
  if (!(reduction instanceof PyObject)) return args;
  if (!saver.open.has(reduction)) {
    if (args.some((item) => typeof item === "object" && item !== null)) saver.open.add(reduction);
    return args;
  }
  return copyItems(args.map(copy), args);
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return copyItems(value.slice(), value);
  if (value instanceof PyDict) return new PyDict(value);
  const isRecord = typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
  return isRecord ? { ...value } : value;
}

function copyItems(items: unknown[], from: readonly unknown[]): unknown[] {
  return isTuple(from) ? tagTuple(items) : items;
}

function saveState(saver: Saver, { state, stateSetter }: Reduction, object: unknown): void {
  if (state === undefined) return;
  if (stateSetter === undefined) {
    saver.save(state);
    return saver.out.byte(op.BUILD);
  }
  saver.save(stateSetter);
  saver.save(object);
  saver.save(state);
  saver.out.byte(op.TUPLE2);
  saver.out.byte(op.REDUCE);
  saver.out.byte(op.POP);
}

/** Keyword arguments have an opcode since protocol 4; before, `partial(cls.__new__, cls, *args, **kwargs)()` is written. */
function saveNewWithKeywords(saver: Saver, reduction: Reduction, args: readonly unknown[]): void {
  const { callable, kwargs } = reduction;
  if (saver.protocol >= 4) {
    saver.save(callable);
    saveArguments(saver, args);
    saver.save(kwargs);
    return saver.out.byte(op.NEWOBJ_EX);
  }
  if (!(callable instanceof Global)) {
    throw new PicklingError(
      `Cannot pickle keyword arguments for ${String(callable)} with protocol ${saver.protocol}: ` +
        `it must be a Global, or the protocol at least 4`,
    );
  }
  const make = new Global(callable.module, `${callable.qualname}.__new__`);
  const state = tuple(make, tuple(callable, ...args), kwargs, null);
  saver.saveReduced({ callable: PARTIAL, args: [make], state }, {});
  saveArguments(saver, []);
  saver.out.byte(op.REDUCE);
}

/** Writes the arguments as a tuple; a tuple that came with its own identity keeps it. */
function saveArguments(saver: Saver, args: readonly unknown[]): void {
  if (saver.out.pos >= saver.out.full) saver.out.commit();
  saver.saveArguments(args);
}
