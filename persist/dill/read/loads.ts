import { checkOptions } from "../../options.ts";
import { DillError, LoadError } from "../errors.ts";
import type { Body } from "../format/body.ts";
import { type Container, unpack, verify } from "../format/container.ts";
import { MAX_BYTES, parseBody } from "../format/parse_body.ts";
import { LOAD_RULES, type LoadOptions } from "../options.ts";
import { Decoder } from "./_decoder.ts";

/**
 * Makes a dumped value again. That evaluates the functions and classes in the dump and imports the modules it names, which
 * can do whatever this program can do: so it takes `{ trust: true }`, or a `key` that the dump must be signed with.
 * {@linkcode inspect} shows what would run.
 *
 * @param bytes The dump.
 * @param options Trust or a key; limits.
 * @returns The value.
 * @throws {TypeError} If neither `trust` nor `key` is given, there is no such option, or something is of another type.
 * @throws {RangeError} If a limit is no positive integer, or the key is empty.
 * @throws {SignatureError} If it is not signed with the key. Nothing was evaluated.
 * @throws {LoadError} If it is no dump, or damaged, or what it names is not here.
 *
 * @example Only what was signed
 * ```ts
 * import { dumps, loads } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const bytes = await dumps((a: number, b: number) => a * b, { key });
 *
 * const multiply = await loads(bytes, { key }) as (a: number, b: number) => number;
 * assertEquals(multiply(6, 7), 42);
 * ```
 */
export async function loads(bytes: Uint8Array, options: LoadOptions): Promise<unknown> {
  if (options !== undefined) checkOptions("Cannot load a dump", options, LOAD_RULES);
  const { key, trust = false, maxBytes = MAX_BYTES } = options ?? {};
  if (key === undefined && trust !== true) {
    throw new TypeError(
      "Cannot load a dump without trust: it may run any code, so { trust: true } or a key is needed",
    );
  }
  const container = unpack(bytes, maxBytes);
  const body = await verifiedBody(container, options);
  const namespaces: Record<string, unknown>[] = [];
  for (const specifier of body.modules) {
    try {
      namespaces.push(await import(specifier));
    } catch (cause) {
      throw new LoadError(`Cannot load the dump: its module ${specifier} cannot be imported`, {
        cause,
      });
    }
  }
  try {
    return new Decoder(body, container.data, namespaces, options.persistentLoad).run();
  } catch (cause) {
    if (cause instanceof DillError) throw cause;
    throw new LoadError("Cannot load the dump: making its values failed", { cause });
  }
}

/**
 * The body of a dump whose digest fits. Nothing of a dump is read before its signature is checked. A digest without a key finds
 * damage alone: it is computed, on another thread, while the text is parsed.
 */
async function verifiedBody(container: Container, options: LoadOptions): Promise<Body> {
  if (options.key !== undefined) {
    await verify(container, options.key);
    return parseBody(container, options);
  }
  const verifying = verify(container, undefined);
  let body: Body;
  try {
    body = parseBody(container, options);
  } catch (error) {
    // What is damaged is said to be damaged.
    await verifying;
    throw error;
  }
  await verifying;
  return body;
}
