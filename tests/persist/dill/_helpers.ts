/** A local module whose exports are captured. */

let calls = 0;

export const UNIT = "px";
export const settings = { scale: 2 };
export function scaled(n: number): string {
  calls++;
  return `${n * settings.scale}${UNIT}`;
}
export class Size {
  #n: number;
  constructor(n: number) {
    this.#n = n;
  }
  toString(): string {
    return scaled(this.#n);
  }
}
function internal(n: number): string {
  return `<${scaled(n)}>`;
}
export const makeFormatter = (): (n: number) => string => (n) => internal(n);
export const countCalls = (): number => calls;
export default function shout(text: string): string {
  return text.toUpperCase();
}
