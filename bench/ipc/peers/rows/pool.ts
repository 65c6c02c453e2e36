/** Pools. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import { Pools } from "../pool.ts";
import { start } from "../start.ts";

/** The rows. */
export const poolRows = ({ cpython, piscina, pools }: Contenders): Row[] => [
  {
    name: "pool: apply, one at a time",
    kind: "rate",
    contenders: {
      "ferry": pools.apply(),
      "ferry applySync": pools.applySync(),
      "CPython": cpython.measure("pool_apply"),
      "piscina": piscina.roundTrip((i) => i),
    },
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: applySync, one at a time",
    kind: "rate",
    contenders: {
      "ferry": pools.applySync(),
      "CPython": cpython.measure("pool_apply"),
      "piscina": piscina.roundTrip((i) => i),
    },
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: apply, 1,000 in flight",
    kind: "rate",
    contenders: {
      "ferry": pools.inFlight(),
      "CPython": cpython.measure("pool_in_flight"),
      "piscina": piscina.inFlight(),
    },
    most: 100_000,
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: map, 2 workers, chunk size 1",
    kind: "rate",
    contenders: {
      "ferry": pools.map(1),
      "CPython": cpython.measure("pool_map", { chunksize: 1 }),
    },
    most: 100_000,
    targets: { "CPython": 15 },
  },
  {
    name: "pool: map, 2 workers, default chunks",
    kind: "rate",
    contenders: { "ferry": pools.map(), "CPython": cpython.measure("pool_map") },
    most: 1_000_000,
    targets: { "CPython": 1 },
  },
  {
    name: "pool: map of 3 ms of work, 2 workers against 1",
    kind: "rate",
    contenders: { "2 workers": pools.busy(2), "1 worker": pools.busy(1) },
    most: 100,
    targets: { "1 worker": 1.8 },
  },
  {
    name: "pool: start of 2 workers against 1 process",
    kind: "time",
    contenders: { "2 workers": Pools.start(), "1 process": start },
    most: 2,
    targets: { "1 process": 1.3 },
  },
];
