// A class that crosses between processes, and targets that get instances of it.
import { registerClass } from "@ferry/std/ipc";

export class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

registerClass("tests/Point", Point, {
  encode: ({ x, y }): [number, number] => [x, y],
  decode: ([x, y]) => new Point(x, y),
});

export function lengthOf(point: Point): number {
  if (!(point instanceof Point)) throw new TypeError("not a Point of this module");
  return point.length;
}

export default function double({ x, y }: Point): Point {
  return new Point(2 * x, 2 * y);
}
