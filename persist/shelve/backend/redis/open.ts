export function openRedis(_url: URL, _options: unknown): Promise<import("../backend.ts").Backend> {
  throw new TypeError();
}
