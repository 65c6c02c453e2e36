// @ts-types="./parse_stream.d.ts"
export * from "npm:deno-std@1.4.0/csv/parse_stream.js";
