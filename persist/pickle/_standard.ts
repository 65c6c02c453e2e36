/** Fills the registry of the standard library's types. */
import { registerArray } from "./_std_array.ts";
import { registerBuiltins } from "./_std_builtins.ts";
import { registerCollections } from "./_std_collections.ts";
import { registerDatetime } from "./_std_datetime.ts";
import { registerEnums } from "./_std_enum.ts";
import { registerExceptions } from "./_std_exceptions.ts";
import { registerNumbers } from "./_std_numbers.ts";
import { registerNumpy } from "./_std_numpy.ts";
import { registerPaths } from "./_std_paths.ts";
import { standard } from "./registry.ts";

registerBuiltins(standard);
registerExceptions(standard);
registerNumbers(standard);
registerDatetime(standard);
registerCollections(standard);
registerPaths(standard);
registerEnums(standard);
registerArray(standard);
registerNumpy(standard);
