// Stand-in for @std/json where JSR cannot be reached: the same code from npm, with types beside it.
// @ts-types="./mod.d.ts"
export * from "npm:deno-std@1.4.0/json/mod.js";
