/** What programs share by name. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import { MIB } from "../items.ts";
import { copy, copyLocal, createUnlink, listGet, listSet } from "../shared_memory.ts";

/** The rows. */
export const namedRows = ({ cpython, named }: Contenders): Row[] => [
  {
    name: "queue between programs: 64 B one way",
    kind: "rate",
    contenders: { "ferry": named.oneWay, "CPython": cpython.measure("queue_one_way") },
    most: 300_000,
    targets: { "CPython": 5 },
  },
  {
    name: "pipe between programs: round trip, 64 B",
    kind: "time",
    contenders: {
      "ferry": named.roundTrip,
      "CPython": cpython.measure("round_trip", { size: 64 }),
    },
  },
  {
    name: "shared memory: create, close, unlink",
    kind: "time",
    contenders: { "ferry": createUnlink, "CPython": cpython.measure("shared_memory_create") },
    targets: { "CPython": 1.2 },
  },
  {
    name: "shared memory: 64 MiB in and out",
    kind: "rate",
    bytes: 128 * MIB,
    most: 8,
    contenders: {
      "ferry": copy(64 * MIB),
      "arrays of one process": copyLocal(64 * MIB),
      "CPython": cpython.measure("shared_memory_copy", { size: 64 * MIB }),
    },
    targets: { "arrays of one process": 0.9 },
  },
  {
    name: "ShareableList: set",
    kind: "rate",
    contenders: { "ferry": listSet, "CPython": cpython.measure("shareable_list_set") },
    targets: { "CPython": 20 },
  },
  {
    name: "ShareableList: get",
    kind: "rate",
    contenders: { "ferry": listGet, "CPython": cpython.measure("shareable_list_get") },
    targets: { "CPython": 20 },
  },
];
