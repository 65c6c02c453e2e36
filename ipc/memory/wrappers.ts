/**
 * The objects of this agent that stand for blocks.
 *
 * An agent has at most one wrapper of a block, so that an object that comes back in a message is the same object. The
 * wrapper holds one reference to the block until it is disposed of or garbage collected.
 */
import { BLOCK_KIND } from "../kill_safe.ts";
import { agent } from "./agent.ts";
import { kindInfo } from "./kinds.ts";
import { dropHold, endHolds, type Hold } from "./references.ts";

/** By line of the block. */
const wrappers = new Map<number, { readonly wrapper: WeakRef<object>; readonly held: Hold }>();

const finalizer = new FinalizationRegistry<Hold>((held) => {
  // The block may have a new wrapper since this one was collected.
  if (wrappers.get(held.block.line)?.held === held) wrappers.delete(held.block.line);
  dropHold(held);
});

/** Remembers the wrapper of a block, and drops its reference if it is collected. */
export function rememberWrapper(wrapper: object, held: Hold): void {
  // What has a name can be opened more than once.
  if (!held.block.arena.isNamed) {
    wrappers.set(held.block.line, { wrapper: new WeakRef(wrapper), held });
  }
  finalizer.register(wrapper, held, held);
}

/** Forgets a wrapper that was disposed of, or has moved to another agent. */
export function forgetWrapper(held: Hold): void {
  finalizer.unregister(held);
  if (!held.block.arena.isNamed) wrappers.delete(held.block.line);
}

/**
 * This agent's wrapper of a block whose handle has arrived, a new one if it has none.
 *
 * @throws {Deno.errors.InvalidData} If the block is of another kind than the handle says.
 */
export function adopt(kind: number, line: number): object {
  const block = agent().arena.block(line);
  const found = Atomics.load(block.words, BLOCK_KIND);
  const info = kindInfo(kind);
  if (found !== kind || info?.attach === undefined) {
    throw new Deno.errors.InvalidData(
      `Cannot attach a shared object: line ${line} holds kind ${found}, the handle says ${kind}`,
    );
  }
  return wrapperAt(line) ?? info.attach(block);
}

/** This agent's wrapper of the block at a line, if it has one. */
export function wrapperAt(line: number): object | undefined {
  return wrappers.get(line)?.wrapper.deref();
}

/** Ends this agent's use of shared memory, of which nothing is left to reclaim. Code that still runs finds its objects disposed of. */
export function forgetAll(): void {
  endHolds();
  const all = [...wrappers.values()];
  for (const { held } of all) held.dropped = true;
  // Some wrappers have more to tell than that they are disposed of.
  for (const { wrapper } of all) (wrapper.deref() as Disposable | undefined)?.[Symbol.dispose]();
}
