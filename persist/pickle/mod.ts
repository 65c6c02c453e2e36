/** @module */
export { dis, type DisMemo, type DisOptions } from "./dis.ts";
export { dump, dumpSync } from "./dump.ts";
export { dumps } from "./dumps.ts";
export type { DumpOptions, Reducer } from "./dump_options.ts";
export {
  PickleError,
  PicklingError,
  UnpicklingError,
  type UnpicklingErrorOptions,
} from "./errors.ts";
export { genops, type GenopsOptions, type OpcodeArgument, type PickleOperation } from "./genops.ts";
export { load, loadSync } from "./load.ts";
export { loadAll } from "./load_all.ts";
export type { LoadLimits, LoadOptions } from "./load_options.ts";
export { loads } from "./loads.ts";
export type { ArgumentKind, OpcodeInfo, StackItem } from "./opcode_info.ts";
export { optimize } from "./optimize.ts";
export { PickleBuffer, type PickleBufferOptions } from "./pickle_buffer.ts";
export {
  DEFAULT_PROTOCOL,
  HIGHEST_PROTOCOL,
  Pickler,
  type PickleSink,
  type PickleWriter,
  type PickleWriterSync,
} from "./pickler.ts";
export type { Reduction } from "./reduction.ts";
export {
  register,
  type Registration,
  Registry,
  type RegistryEntry,
  sharedRegistry,
} from "./registry.ts";
export type { PickleReader, PickleReaderSync, PickleSource, PickleSourceSync } from "./sources.ts";
export { type LoadWaitOptions, Unpickler } from "./unpickler.ts";
export * from "../types/mod.ts";
