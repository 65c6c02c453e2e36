// What the MessagePack benchmarks run on. Seeded, so that all runs see the same bytes.

const WORDS =
  ("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut " +
    "labore et dolore magna aliqua").split(" ");

function generator(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 * end;
  };
}

type Draw = (end: number) => number;

const word = (draw: Draw): string => WORDS[Math.floor(draw(WORDS.length))]!;
const words = (draw: Draw, count: number): string =>
  Array.from({ length: count }, () => word(draw)).join(" ");

/** A record of mixed types, about 290 bytes of MessagePack. */
function record(draw: Draw, id: number): Record<string, unknown> {
  return {
    id,
    name: words(draw, 2),
    email: `${word(draw)}.${word(draw)}${id}@example.com`,
    active: draw(1) < 0.5,
    score: draw(100),
    balance: Math.floor(draw(1e6)) / 100,
    age: Math.floor(draw(90)),
    created: 1_600_000_000_000 + Math.floor(draw(1e11)),
    tags: Array.from({ length: Math.floor(draw(5)) }, () => word(draw)),
    address: {
      street: `${Math.floor(draw(999))} ${word(draw)} street`,
      city: draw(1) < 0.2 ? "Zürich" : word(draw),
      zip: String(10_000 + Math.floor(draw(89_999))),
      geo: [draw(180) - 90, draw(360) - 180],
    },
    note: draw(1) < 0.3 ? null : words(draw, 3 + Math.floor(draw(8))),
    extra: draw(1) < 0.1 ? `naïve café – ☕ ${word(draw)}` : word(draw),
    visits: Math.floor(draw(70_000)),
    parent: draw(1) < 0.5 ? null : Math.floor(draw(id)),
  };
}

const many = <T>(count: number, make: (draw: Draw, index: number) => T): T[] => {
  const draw = generator(12345);
  return Array.from({ length: count }, (_, index) => make(draw, index));
};

/** The shapes, smallest last. `count` scales them; 17,300 records are 5 MB. */
export const shapes: Record<string, () => unknown> = {
  "records": () => many(17_300, record),
  "numbers": () => many(200_000, (draw, i) => i % 3 === 0 ? draw(1e6) : Math.floor(draw(1e9))),
  "long text": () => many(8_000, (draw) => words(draw, 80)),
  "text beyond ASCII": () => many(40_000, (draw) => `${word(draw)} Zürich 漢字 ${word(draw)}`),
  "all keys different": () =>
    Object.fromEntries(many(60_000, (draw, i) => [`${word(draw)}-${i}`, Math.floor(draw(1e6))])),
};

/** Messages as a protocol has them: 49 and 187 bytes. */
export const messages: Record<string, unknown> = {
  "message of 49 bytes": { id: 12, name: "hello world", ok: true, tags: ["a", "b"], x: 1.5 },
  "message of 187 bytes": {
    user: { id: 123456, name: "Jane Doe", email: "jane.doe@example.com" },
    items: [{ sku: "AB-1234", qty: 2, price: 19.99 }, { sku: "CD-5678", qty: 1, price: 5.5 }],
    note: null,
    time: 1_700_000_000_000,
    seen: [true, false, "yes"],
    text: "The quick brown fox jumps over",
  },
};

/** A record for streams, by its number. */
export function streamRecord(id: number): Record<string, unknown> {
  return record(generator(id + 1), id);
}
