export { dumps, type MarshalDumpOptions, type MarshalRefs } from "./dumps.ts";
export { loads, type MarshalLoadOptions } from "./loads.ts";
export {
  MarshalError,
  MarshallingError,
  type MarshallingErrorOptions,
  UnmarshallingError,
  type UnmarshallingErrorOptions,
} from "./errors.ts";
