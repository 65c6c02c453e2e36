import { Global } from "../../types/objects/global.ts";
import { type PathClass, PurePath } from "../../types/objects/pure_path.ts";
import { FreshText } from "../fresh_text.ts";
import type { Registry } from "../registry.ts";

const CLASSES: readonly PathClass[] = [
  "PurePath",
  "PurePosixPath",
  "PureWindowsPath",
  "Path",
  "PosixPath",
  "WindowsPath",
];

/** Registers `pathlib`; Python 3.13 keeps its classes in `pathlib._local`, and writes one string. */
export function registerPaths(registry: Registry): void {
  for (const module of ["pathlib", "pathlib._local"] as const) {
    for (const className of CLASSES) {
      const load = (args: unknown[]) => {
        if (!args.every((segment) => typeof segment === "string")) {
          throw new TypeError("a path is made of strings");
        }
        return new PurePath(args as string[], { className, module });
      };
      registry.register(module, className, {
        load,
        loadPlain: (args) => load(args).toString(),
      });
    }
  }
  registry.registerWriter(PurePath, "pathlib", "PurePosixPath", (path) => ({
    callable: new Global(path.module, path.className),
    // Python 3.13 makes one new string, the others have the segments once each.
    args: path.module === "pathlib" ? path.segments : path.segments.map((s) => new FreshText(s)),
  }));
}
