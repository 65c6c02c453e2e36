import type { Registry } from "../registry.ts";

/** Packages whose objects are data to most who read them: all that is not known in detail is a recipe. */
const PACKAGES = ["numpy", "pandas", "scipy", "sklearn", "networkx", "dateutil", "pytz", "joblib"];

/** Registers the packages that data is kept with. */
export function registerPackages(registry: Registry): void {
  for (const name of PACKAGES) registry.registerPackage(name);
}
