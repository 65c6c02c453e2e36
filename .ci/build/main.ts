/**
 * Builds the package into a folder: `deno task build [folder]`, by default `coverage/package`. See `package.ts`.
 */
import { copyPackage } from "../copy_package.ts";
import { ROOT } from "../entries.ts";
import { buildPackage } from "./package.ts";

const target = Deno.args[0] ?? `${ROOT}coverage/package`;
const copy = await copyPackage({ links: true, everything: true });
try {
  await buildPackage(copy);
  await Deno.remove(target, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(target, { recursive: true });
  await Deno.remove(target);
  await Deno.rename(copy, target);
} catch (error) {
  await Deno.remove(copy, { recursive: true });
  throw error;
}
