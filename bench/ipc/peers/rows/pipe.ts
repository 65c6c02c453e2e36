/** Pipes. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import { item, KIB, MIB } from "../items.ts";

/** The rows. */
export function pipeRows(all: Contenders): Row[] {
  const { ferry, cpython, web, node, piscina } = all;
  return [
    roundTrip(all, "64 B", 64, { "CPython": 0.5, "postMessage": 0.25 }),
    roundTrip(all, "4 KiB", 4 * KIB),
    roundTrip(all, "1 MiB", MIB),
    {
      name: "pipe: round trip, 1 MiB, { transfer: true }",
      kind: "time",
      contenders: {
        "ferry": ferry.roundTripMoved(MIB),
        "CPython": cpython.measure("round_trip", { size: MIB }),
        "postMessage": web.roundTripMoved(MIB),
      },
    },
    {
      name: "pipe: round trip, {id, name}",
      kind: "time",
      contenders: {
        "ferry": ferry.roundTripObjects(),
        "CPython": cpython.measure("round_trip_objects"),
        "postMessage": web.roundTrip(item),
        "postMessage (node)": node.roundTrip(item),
        "piscina": piscina.roundTrip(item),
      },
    },
    {
      name: "pipe: round trip, {id, name}, async",
      kind: "time",
      contenders: {
        "ferry": ferry.roundTripAsync(),
        "CPython": cpython.measure("round_trip_objects"),
        "postMessage": web.roundTrip(item),
        "postMessage (node)": node.roundTrip(item),
        "piscina": piscina.roundTrip(item),
      },
      targets: { "postMessage": 0.3 },
    },
    oneWay(all, "64 B", 64, "recvBytesInto", { "CPython": 12 }),
    oneWay(all, "64 B", 64, "recvBytes", { "CPython": 3.5 }),
    oneWay(all, "4 KiB", 4 * KIB, "recvBytesInto", { "CPython": 8 }),
    oneWay(all, "4 KiB", 4 * KIB, "recvBytes"),
    oneWay(all, "1 MiB", MIB, "recvBytesInto", { "CPython": 1.5 }),
    oneWay(all, "1 MiB", MIB, "recvBytes"),
    oneWay(all, "1 MiB", MIB, "recvBytes and release", { "CPython": 1, "postMessage": 1 }),
    oneWay(all, "1 MiB", MIB, "SharedArray", { "CPython": 1, "postMessage": 1 }),
    oneWay(all, "1 MiB", MIB, "transfer", { "CPython": 5 }),
    {
      name: "pipe: one way, {id, name}",
      kind: "rate",
      contenders: {
        "ferry": ferry.oneWayObjects(),
        "CPython": cpython.measure("one_way_objects"),
        "postMessage": web.oneWay("objects"),
        "postMessage (node)": node.oneWay("objects"),
      },
      most: 300_000,
      targets: { "CPython": 15, "postMessage": 10 },
    },
  ];
}

function roundTrip(
  { ferry, cpython, web, node }: Contenders,
  name: string,
  size: number,
  targets: Record<string, number> = {},
): Row {
  const payload = new Uint8Array(size);
  return {
    name: `pipe: round trip, ${name}`,
    kind: "time",
    contenders: {
      "ferry": ferry.roundTrip(size),
      "CPython": cpython.measure("round_trip", { size }),
      "postMessage": web.roundTrip(() => payload),
      "postMessage (node)": node.roundTrip(() => payload),
    },
    targets,
  };
}

function oneWay(
  { ferry, cpython, web }: Contenders,
  name: string,
  size: number,
  how: "recvBytes" | "recvBytesInto" | "transfer" | "recvBytes and release" | "SharedArray",
  targets: Record<string, number> = {},
): Row {
  return {
    name: how === "transfer"
      ? `pipe: one way, ${name}, { transfer: true }`
      : how === "SharedArray"
      ? `pipe: one way, ${name}, a SharedArray by its handle`
      : `pipe: one way, ${name}, ${how}`,
    kind: "rate",
    bytes: size,
    // No peer holds back a sender that is too fast: everything may have to be kept in memory.
    most: Math.ceil(256 * MIB / size),
    contenders: {
      "ferry": how === "recvBytes"
        ? ferry.oneWay(size)
        : how === "recvBytesInto"
        ? ferry.oneWayInto(size)
        : how === "recvBytes and release"
        ? ferry.oneWayReleased(size)
        : how === "SharedArray"
        ? ferry.oneWayLent(size)
        : ferry.oneWayMoved(size),
      "CPython": cpython.measure("one_way", { size }),
      "CPython recv_bytes_into": cpython.measure("one_way", { size, into: true }),
      "postMessage": web.oneWay(how === "transfer" ? "moved" : "bytes", size),
    },
    targets,
  };
}
