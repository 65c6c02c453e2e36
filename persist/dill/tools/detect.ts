import { checkOptions } from "../../options.ts";
import { CAPTURE_RULES, type CaptureOptions } from "../options.ts";
import { discover } from "../write/discover.ts";

/** Something that cannot be dumped. */
export interface Problem {
  /** Where it is: `value.items[3].callback`, `value.run <count>` for a captured variable. */
  readonly path: string;
  /** Why it cannot be dumped. */
  readonly reason: string;
}

/**
 * Finds everything in a value that cannot be dumped, and why.
 *
 * @param value The value.
 * @param options Captured variables and modules, as for {@linkcode dumps}.
 * @returns The problems; none if it can be dumped.
 *
 * @example All of them at once
 * ```ts
 * import { detect } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const problems = await detect({ cache: new WeakMap(), jobs: [Promise.resolve(1)] });
 * assertEquals(problems.map(({ path }) => path), ["value.cache", "value.jobs[0]"]);
 * ```
 */
export async function detect(value: unknown, options: CaptureOptions = {}): Promise<Problem[]> {
  checkOptions("Cannot look for what cannot be dumped", options, CAPTURE_RULES);
  const problems: Problem[] = [];
  await discover(
    value,
    options,
    ({ path, reason }) => void problems.push({ path, reason }),
    true,
  );
  return problems;
}
