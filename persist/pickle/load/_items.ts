import { keepFloat } from "../../types/containers/float_keys.ts";
import { isTuple } from "../../types/containers/tuple.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import type { Machine } from "./_machine.ts";

/** Appends items to something that is not a plain list. */
export function appendItems(machine: Machine, target: unknown, items: unknown[]): void {
  machine.checkOwn(target);
  if (Array.isArray(target) && !isTuple(target)) {
    for (const item of items) target.push(item);
    return;
  }
  if (target instanceof PyObject) {
    const list = target.listItems ??= [];
    for (const item of items) list.push(item);
    return;
  }
  const entry = machine.resolver.entryOf(target);
  if (entry?.append === undefined) {
    machine.fail(`items cannot be appended to ${describe(target)}`);
  }
  machine.guard(`append to ${entry!.module}.${entry!.name}`, () => {
    for (const item of items) entry!.append!(target, item);
  });
}

/** Sets items of something that is not a plain object. */
export function setItemsOf(
  machine: Machine,
  target: unknown,
  stack: unknown[],
  from: number,
  to: number,
): unknown {
  machine.checkOwn(target);
  if (target instanceof PyObject) {
    const pairs = target.dictItems ??= [];
    for (let i = from; i < to; i += 2) pairs.push([stack[i], stack[i + 1]]);
    return target;
  }
  const entry = machine.resolver.entryOf(target);
  if (entry?.setItem !== undefined) {
    machine.guard(`set an item of ${entry.module}.${entry.name}`, () => {
      for (let i = from; i < to; i += 2) entry.setItem!(target, stack[i], stack[i + 1]);
    });
    return target;
  }
  if (!(target instanceof Map)) machine.fail(`items cannot be set in ${describe(target)}`);
  machine.guard("set an item of a dict", () => {
    for (let i = from; i < to; i += 2) {
      checkPlainKey(machine, target, stack[i]);
      const key = machine.exact ? keepFloat(target, stack[i]) : stack[i];
      (target as Map<unknown, unknown>).set(key, stack[i + 1]);
    }
  });
  return target;
}

/** Adds items to a set. */
export function addItems(machine: Machine, target: unknown, items: unknown[]): void {
  machine.checkOwn(target);
  if (target instanceof PyObject) {
    const list = target.setItems ??= [];
    for (const item of items) list.push(item);
    return;
  }
  if (!(target instanceof Set)) machine.fail(`items cannot be added to ${describe(target)}`);
  machine.guard("add to a set", () => {
    for (const item of items) {
      checkPlainKey(machine, target, item);
      (target as Set<unknown>).add(machine.exact ? keepFloat(target, item) : item);
    }
  });
}

/**
 * Refuses a key that Python refuses. A `PyDict` and a `PySet` do that themselves; in plain mode a list cannot be told from a
 * tuple, nor a set from a frozenset, but a dict is known.
 */
function checkPlainKey(machine: Machine, container: object, key: unknown): void {
  if (machine.exact) return;
  if (typeof key === "bigint") machine.payKey(container, key);
  if (typeof key !== "object" || key === null) return;
  if (key instanceof Map || Object.getPrototypeOf(key) === Object.prototype) {
    machine.fail("a dict cannot be a key or an element of a set: it can change, and has no hash");
  }
}

/** A value in an error message: its kind, never its contents. */
export function describe(value: unknown): string {
  if (value === null) return "None";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return isTuple(value) ? "a tuple" : "a list";
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null
    ? "a dict"
    : `a ${prototype.constructor?.name ?? "object"}`;
}
