/** What the size of a message does: the rows of the picture. */
import type { Contenders } from "../contenders.ts";
import { KIB, MIB } from "../items.ts";
import type { Row } from "../measure.ts";

/** From 16 bytes to 16 MiB. */
const SIZES = Array.from({ length: 11 }, (_, power) => 16 * 4 ** power);

/** The rows. */
export const throughputRows = ({ cpython, ferry, web }: Contenders): Row[] =>
  SIZES.map((size) => ({
    name: `throughput, ${size} B`,
    kind: "rate",
    bytes: size,
    most: Math.max(4, Math.floor(192 * MIB / size)),
    contenders: {
      "recvBytesInto": ferry.oneWayInto(size),
      "recvBytes": ferry.oneWay(size),
      ...(size < 32 * KIB ? {} : { "{ transfer: true }": ferry.oneWayMoved(size) }),
      "CPython": cpython.measure("one_way", { size }),
      "postMessage": web.oneWay("bytes", size),
      ...(size < 32 * KIB ? {} : { "postMessage, transfer": web.oneWay("moved", size) }),
    },
  }));
