/**
 * `deno publish --dry-run` without JSR: the package as it is built, beside the stand-ins for its dependencies, as two members of a
 * workspace. Inside the package the stand-ins would be published with it.
 */
import { buildPackage } from "./build/package.ts";
import { copyInto, copyPackage } from "./copy_package.ts";
import { ROOT } from "./entries.ts";

const packageCopy = await copyPackage({ links: false, everything: false });
const root = await Deno.makeTempDir({ prefix: "ferry-publish-" });
try {
  await buildPackage(packageCopy);
  await Deno.rename(packageCopy, `${root}/package`);
  await copyInto(`${ROOT}links`, `${root}/links`);
  const links = [...Deno.readDirSync(`${root}/links`)].map(({ name }) => `./links/${name}`);
  await Deno.writeTextFile(
    `${root}/deno.json`,
    JSON.stringify({ workspace: ["./package"], links, unstable: ["kv"] }),
  );
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-provenance", "--quiet"],
    cwd: `${root}/package`,
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(root, { recursive: true });
}
