import type { LinkSyntax } from "./spans.ts";

/** Attributes whose values are addresses, or have some in them. */
export const LINK_ATTRIBUTES: ReadonlyMap<string, LinkSyntax> = new Map([
  ..."action background cite classid codebase data dynsrc formaction href longdesc lowsrc manifest poster profile src usemap xlink:href"
    .split(" ").map((name) => [name, "url"] as const),
  ["{http://www.w3.org/1999/xlink}href", "url"],
  ["archive", "list"],
  ["ping", "list"],
  ["attributionsrc", "list"],
  ["srcset", "srcset"],
  ["imagesrcset", "srcset"],
  ["style", "css"],
]);
