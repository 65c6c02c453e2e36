/** Compares a tag with the version of the package: `check_tag.ts v1.2.3`. */
import config from "../deno.json" with { type: "json" };

const tag = Deno.args[0];
if (tag !== `v${config.version}`) {
  console.error(`The tag needs to be v${config.version}, as deno.json says, received ${tag}`);
  Deno.exit(1);
}
