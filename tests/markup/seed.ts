/** The seed of a random test: `FERRY_SEED` to replay one, else a new one; printed either way. */
export function testSeed(name: string): number {
  const given = Deno.env.get("FERRY_SEED");
  const seed = given === undefined ? Date.now() % 1_000_000_007 : Number(given);
  console.log(`${name}: FERRY_SEED=${seed}`);
  return seed;
}
