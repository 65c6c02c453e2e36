// Types of the @std/json functions, for the JavaScript re-exported by mod.ts.
export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = { [key: string]: JsonValue | undefined } | JsonValue[] | JsonPrimitive;

export declare class JsonParseStream extends TransformStream<string, JsonValue> {
  constructor();
}

export declare class ConcatenatedJsonParseStream implements TransformStream<string, JsonValue> {
  readonly writable: WritableStream<string>;
  readonly readable: ReadableStream<JsonValue>;
}

export interface StringifyStreamOptions {
  readonly prefix?: string;
  readonly suffix?: string;
  readonly writableStrategy?: QueuingStrategy<unknown>;
  readonly readableStrategy?: QueuingStrategy<string>;
}

export declare class JsonStringifyStream extends TransformStream<unknown, string> {
  constructor(options?: StringifyStreamOptions);
}

export declare function canonicalize(value: JsonValue): string;
export declare function canonicalizeToBytes(value: JsonValue): Uint8Array;
