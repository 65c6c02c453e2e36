import { checkOptions } from "../../options.ts";
import { isTooLarge } from "../../engine_limits.ts";
import { UndumpableError } from "../errors.ts";
import type { Body } from "../format/body.ts";
import { pack } from "../format/container.ts";
import { DUMP_RULES, type DumpOptions } from "../options.ts";
import { discover } from "./discover.ts";
import type { Encoded } from "./_encoder.ts";

/**
 * Dumps a value: data of any shape, and functions, closures and classes with all they need.
 *
 * The variables that functions use from around them are found by the engine's inspector, which needs `--allow-sys`;
 * `capture` gives them by hand. Equal graphs give equal bytes.
 *
 * @param value What to dump. It must not change until the promise is settled.
 * @param options Captured variables, modules, a key.
 * @returns The dump.
 * @throws {TypeError} If there is no such option, or one is of another type.
 * @throws {CaptureError} If a function uses something around it that cannot be captured.
 * @throws {UndumpableError} If a value cannot be dumped.
 *
 * @example A closure, its variables included
 * ```ts
 * import { dumps, loads } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * let count = 40;
 * const counter = { next: () => ++count, get: () => count };
 *
 * const copy = await loads(await dumps(counter), { trust: true }) as typeof counter;
 * copy.next();
 * copy.next();
 * assertEquals(copy.get(), 42);
 * assertEquals(count, 40);
 * ```
 */
export async function dumps(
  value: unknown,
  options: DumpOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions("Cannot dump a value", options, DUMP_RULES);
  const { body, buffers } = await encode(value, options);
  return await pack(textOf(body), buffers, options.key);
}

function textOf(body: Body): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const reason = "its text would be longer than this runtime's strings can be";
    throw new UndumpableError("value", reason, { cause: error });
  }
}

async function encode(value: unknown, options: DumpOptions): Promise<Encoded> {
  let first: UndumpableError | undefined;
  const raise = (error: UndumpableError): never => {
    throw first = error;
  };
  try {
    return (await discover(value, options, raise, false))();
  } catch (error) {
    if (first === undefined || error !== first) throw error;
  }
  // Again, to say where; what was wrong may be gone by now.
  return (await discover(value, options, raise, true))();
}
