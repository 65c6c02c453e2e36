/** Fills the registry of the standard library's types, when something is looked up in it. */
import { registerArray } from "./_array.ts";
import { registerBuiltins } from "./_builtins.ts";
import { registerCollections } from "./_collections.ts";
import { registerDatetime } from "./_datetime.ts";
import { registerEnums } from "./_enum.ts";
import { registerExceptions } from "./_exceptions.ts";
import { registerNumbers } from "./_numbers.ts";
import { registerNumpy } from "./_numpy.ts";
import { registerPaths } from "./_paths.ts";
import { registerRecipes } from "./_recipes.ts";
import { fillLater, refuseStates, standard } from "../registry.ts";

fillLater(standard, () => {
  registerBuiltins(standard);
  registerExceptions(standard);
  registerNumbers(standard);
  registerDatetime(standard);
  registerCollections(standard);
  registerPaths(standard);
  registerEnums(standard);
  registerArray(standard);
  registerNumpy(standard);
  registerRecipes(standard);
  // Whoever may set the attributes of a Decimal, a Range or a date forges one.
  refuseStates(standard);
});
