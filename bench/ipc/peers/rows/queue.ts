/** Queues. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import { MIB } from "../items.ts";

/** The rows. */
export const queueRows = ({ ferry, cpython, web }: Contenders): Row[] => [
  {
    name: "queue: 1 producer, 1 consumer, {id, name}",
    kind: "rate",
    contenders: {
      "ferry": ferry.queueOneToOne(),
      "CPython": cpython.measure("queue", { putters: 1, getters: 0 }),
    },
    targets: { "CPython": 12 },
  },
  {
    name: "queue: 2 producers, 2 consumers, {id, name}",
    kind: "rate",
    contenders: {
      "ferry": ferry.queueTwoToTwo(),
      "CPython": cpython.measure("queue", { putters: 2, getters: 2 }),
    },
    targets: { "CPython": 10 },
  },
  ...["new arrays", "arrays given back"].map((how): Row => ({
    name: `queue: 1 producer, 1 consumer, 1 MiB, ${how}`,
    kind: "rate",
    bytes: MIB,
    most: 256,
    contenders: {
      "ferry": ferry.queueBytes(MIB, how !== "new arrays"),
      "postMessage": web.oneWay("bytes", MIB),
      "CPython": cpython.measure("one_way", { size: MIB }),
    },
    targets: { "postMessage": 1 },
  })),
];
