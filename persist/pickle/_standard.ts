/** Fills the registry of the standard library's types. */
import { registerBuiltins } from "./_std_builtins.ts";
import { standard } from "./registry.ts";

registerBuiltins(standard);
