/** Encodes records of its own and decodes those of the others. */
import { Codec } from "@ferry/std/ipc/codec";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
};

export interface Start {
  shapes: SharedArrayBuffer;
  gate: Int32Array;
  /** Key lists in this worker's order. */
  order: number[];
}

export function record(kind: number, value: number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: 1 + kind % 5 }, (_, i) => [`k${kind}_${i}`, value + i]),
  );
}

let codec: Codec;
scope.onmessage = ({ data }) => {
  if (data.shapes !== undefined) {
    const { shapes, gate, order } = data as Start;
    codec = new Codec({ shapes });
    Atomics.add(gate, 0, 1);
    Atomics.notify(gate, 0);
    // All start at once, so that they compete for the table.
    Atomics.wait(gate, 1, 0, 10_000);
    const messages: Uint8Array[] = [];
    for (let round = 0; round < 3; round++) {
      for (const kind of order) messages.push(codec.encode({ kind, record: record(kind, round) }));
    }
    scope.postMessage(messages);
  } else {
    let wrong = 0;
    for (const bytes of data as Uint8Array[]) {
      const { kind, record: found } = codec.decode(bytes) as { kind: number; record: object };
      const [first] = Object.values(found) as number[];
      if (JSON.stringify(found) !== JSON.stringify(record(kind, first!))) wrong++;
    }
    scope.postMessage(wrong);
  }
};
