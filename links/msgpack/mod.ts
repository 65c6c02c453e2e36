// Stand-in for @std/msgpack where JSR cannot be reached: the same code from npm, with types beside it.
// @ts-types="./mod.d.ts"
export * from "npm:deno-std@1.4.0/msgpack/mod.js";
