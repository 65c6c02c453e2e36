/** Managers. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";

/** The rows. */
export const managerRows = ({ cpython, managers }: Contenders): Row[] => [
  {
    name: "manager: get, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ dict }, key) => dict.getSync(key)),
      "CPython": cpython.measure("dict_get"),
    },
    targets: { "CPython": 3.5 },
  },
  {
    name: "manager: set, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ dict }, key, i) => dict.setSync(key, i)),
      "CPython": cpython.measure("dict_set"),
    },
    targets: { "CPython": 3.5 },
  },
  {
    name: "manager: get, awaited",
    kind: "rate",
    contenders: {
      "ferry": managers.awaited("near", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
  {
    name: "manager: get, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("near", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
    targets: { "CPython": 25 },
  },
  {
    name: "manager: set, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("near", ({ dict }, key, i) => dict.set(key, i)),
      "CPython": cpython.measure("dict_set"),
    },
    targets: { "CPython": 25 },
  },
  {
    name: "manager: queue, put and get, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ queue }, _, i) => {
        queue.putSync(i);
        queue.getSync();
      }),
      "CPython": cpython.measure("manager_queue"),
    },
  },
  {
    name: "manager: lock, acquire and release, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ lock }) => lock.acquireSync().release()),
      "CPython": cpython.measure("manager_lock"),
    },
  },
  {
    name: "manager: get through a socket, awaited",
    kind: "rate",
    contenders: {
      "ferry": managers.awaited("far", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
  {
    name: "manager: get through a socket, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("far", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
];
