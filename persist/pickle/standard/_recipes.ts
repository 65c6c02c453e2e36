/** Classes of the standard library, of pytz and of dateutil whose objects are recipes with a way to look into them. */
import { ChainMap } from "../../types/recipes/chain_map.ts";
import { ForeignZone } from "../../types/recipes/foreign_zone.ts";
import { IpAddress } from "../../types/recipes/ip_address.ts";
import { Partial } from "../../types/recipes/partial.ts";
import { Pattern } from "../../types/recipes/pattern.ts";
import { SimpleNamespace } from "../../types/recipes/simple_namespace.ts";
import { StructTime } from "../../types/recipes/struct_time.ts";
import { UserData } from "../../types/recipes/user_data.ts";
import type { RecipeClass, Registry } from "../registry.ts";

const NAMES: [recipe: RecipeClass, module: string, names: string][] = [
  [ChainMap, "collections", "ChainMap"],
  [UserData, "collections", "UserDict UserList UserString"],
  [SimpleNamespace, "types", "SimpleNamespace"],
  [Pattern, "re", "_compile"],
  [
    IpAddress,
    "ipaddress",
    "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
  ],
  [StructTime, "time", "struct_time"],
  [Partial, "functools", "partial"],
  [ForeignZone, "pytz", "_UTC _p FixedOffset"],
  [ForeignZone, "dateutil.tz.tz", "tzutc tzoffset tzfile tzlocal tzstr"],
  [ForeignZone, "dateutil.zoneinfo", "tzfile"],
];

/** Registers them. */
export function registerRecipes(registry: Registry): void {
  for (const [recipe, module, names] of NAMES) {
    for (const name of names.split(" ")) registry.register(module, name, { recipe });
  }
}
