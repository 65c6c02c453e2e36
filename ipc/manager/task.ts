/**
 * Functions on their way to a managed pool.
 *
 * @module
 */
import type { FunctionDescription } from "../process/target_function.ts";
import { callerOf, describeFunction } from "../process/target_function.ts";
import { describeModule, type ModuleTarget, type TargetFunction } from "../process/target.ts";
import { Global } from "../../persist/types/mod.ts";

/**
 * A function that a managed pool runs: a function that uses nothing from around it or an export of a module, from agents of the
 * server's program; or the name of one of the server's `functions`. A server of CPython's takes a `Global`, which names a
 * function there.
 */
// deno-lint-ignore no-explicit-any -- each function knows its own arguments
export type ManagedTask = TargetFunction<any> | ModuleTarget | Global | string;

/** A function on its way. */
export class Task {
  readonly target: FunctionDescription | { readonly module: string; readonly name: string };

  constructor(target: Task["target"]) {
    this.target = target;
  }
}

/**
 * What is sent of a function.
 *
 * @param called The method that was called with it: stacks begin there.
 * @throws {TypeError} If it cannot run elsewhere.
 */
export function sentTask(given: ManagedTask, called: { prototype: unknown }): unknown {
  if (typeof given === "string" || given instanceof Global) return given;
  if (typeof given === "function") return new Task(describeFunction(given, callerOf(called)));
  return new Task({ module: describeModule(given.module), name: given.export ?? "default" });
}
