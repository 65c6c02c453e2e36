/**
 * Streams that a connection uses in one direction only: the ends of a pipe that is not duplex.
 */
import type { Duplex } from "./options.ts";

/** What an end does. */
type Only = "receives" | "sends";

const oneWay = new WeakMap<Duplex, Only>();

/** Says that a stream is for one direction. */
export function useOnly<S extends Duplex>(stream: S, only: Only): S {
  oneWay.set(stream, only);
  return stream;
}

/** The only direction of a stream; `undefined` if it has both. */
export function onlyOf(stream: Duplex): Only | undefined {
  return oneWay.get(stream);
}
