/** Maps and broadcasts. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";

/** The rows. */
export const collectionRows = ({ channel, collections, cpython }: Contenders): Row[] => [
  {
    name: "map: get a number",
    kind: "rate",
    contenders: {
      "ferry": collections.get(),
      "Map": collections.plainGet(),
      "CPython Manager().dict": cpython.measure("dict_get"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: get {id, name}",
    kind: "rate",
    contenders: {
      "ferry": collections.getItem(),
      "CPython Manager().dict": cpython.measure("dict_get", { name: "items" }),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: set a number",
    kind: "rate",
    contenders: {
      "ferry": collections.set(),
      "Map": collections.plainSet(),
      "CPython Manager().dict": cpython.measure("dict_set"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: set {id, name}",
    kind: "rate",
    contenders: {
      "ferry": collections.setItem(),
      "CPython Manager().dict": cpython.measure("dict_set_item"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: update, one more",
    kind: "rate",
    contenders: {
      "ferry": collections.update(),
      "CPython Manager().dict, Lock": cpython.measure("dict_update"),
    },
    targets: { "CPython Manager().dict, Lock": 10 },
  },
  {
    name: "map: set, 2 processes",
    kind: "rate",
    contenders: {
      "2 processes": collections.setTogether(2),
      "1 process": collections.setTogether(1),
      "CPython Manager().dict, 2": cpython.measure("dict_set_together", { processes: 2 }),
    },
    targets: { "1 process": 1.4, "CPython Manager().dict, 2": 10 },
  },
  {
    name: "broadcast: to 4 processes, {id, name}, deliveries",
    kind: "rate",
    contenders: {
      "ferry": collections.broadcast("get"),
      "ferry getMany": collections.broadcast("getMany"),
      "CPython, 4 pipes": cpython.measure("broadcast"),
      "BroadcastChannel, 100 at a time": channel.broadcast(),
    },
    most: 400_000,
    targets: { "CPython, 4 pipes": 3 },
  },
];
