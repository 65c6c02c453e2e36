/** All that has to be dumped with a value. */
import { ModuleIndex } from "../capture/modules.ts";
import { loadTypes } from "../capture/object_types.ts";
import type { CaptureOptions } from "../options.ts";
import { Bindings } from "./_bindings.ts";
import { type Encoded, Encoder } from "./_encoder.ts";
import { Functions } from "./_functions.ts";
import { Paths } from "./_path.ts";
import { type OnProblem, Walk } from "./_walk.ts";

/**
 * Finds all that has to be dumped with a value.
 *
 * @param onProblem Told of everything that cannot be dumped; it may throw.
 * @param tracking Whether problems say where they are. Takes time, so that it is done in a second try.
 * @returns Writes down what was found.
 */
export async function discover(
  value: unknown,
  options: CaptureOptions,
  onProblem: OnProblem,
  tracking: boolean,
): Promise<() => Encoded> {
  const { capture = {}, modules = [] } = options;
  const index = new ModuleIndex();
  await loadTypes();
  await index.addModules(modules);
  const walk = new Walk(value, index, options, onProblem, tracking ? new Paths(value) : undefined);
  using functions = new Functions(walk, new Bindings(capture, index), value);
  walk.visit(value);
  await functions.complete();
  return () => new Encoder(walk, functions).encode(value);
}
