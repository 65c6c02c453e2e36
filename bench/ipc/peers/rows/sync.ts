/** Locks and events. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import * as alone from "../one_thread.ts";
import { alongside } from "./alongside.ts";

/** The rows. */
export const syncRows = ({ ferry, cpython, readers }: Contenders): Row[] => [
  alongside(cpython, "lock: acquire, increment, release", alone.lockRaw, "lock_raw", 15),
  alongside(cpython, "lock: acquire, release", alone.lockOnly, "lock_only"),
  {
    name: "lock: acquire, increment, release, 2 processes",
    kind: "rate",
    contenders: {
      "ferry": ferry.lockContended(),
      "CPython": cpython.measure("lock_contended"),
    },
  },
  alongside(cpython, "rlock: acquire, increment, release", alone.rlockRaw, "rlock_raw"),
  ...[16, 1024, 65536].map((items): Row => ({
    name: `read-write lock: 90% reads of ${items} numbers, 2 processes`,
    kind: "rate",
    contenders: {
      "ReadWriteLock": readers.under("ReadWriteLock", items),
      "Lock": readers.under("Lock", items),
    },
  })),
  alongside(cpython, "event: wait when set", alone.eventWait, "event_wait"),
];
