/** Cuts writes into groups that fit into one commit of Deno KV. */
import type { Write } from "../backend.ts";
import { lengthOf } from "../../keys.ts";
import { INLINE_MAX } from "./_layout.ts";

/** A commit takes 1000 mutations; a large value needs three, and one more for the one that it replaces. */
const MUTATIONS = 1000;
/** A commit takes 100 checks: one for the fence, one for a large value and one for the one that it replaces. */
const CHECKS = 99;
/** A commit takes 819,200 bytes, with what surrounds each value. */
const BYTES = 780_000;
/** A commit takes 81,920 bytes of keys. */
const KEY_BYTES = 80_000;

/** What one write costs beside itself. */
const OVERHEAD = 64;

/**
 * Cuts writes into groups.
 *
 * @param writes The writes, in order.
 * @param careful Whether each of them may replace a large value.
 */
export function* groups(writes: readonly Write[], careful: boolean): Generator<Write[]> {
  let group: Write[] = [];
  let mutations = 0;
  let checks = 0;
  let bytes = 0;
  let keyBytes = 0;
  for (const write of writes) {
    const large = write.bytes !== undefined && write.bytes.length > INLINE_MAX;
    const replacing = careful || large ? 1 : 0;
    const moreMutations = (large ? 2 : 1) + replacing;
    const moreChecks = (large ? 1 : 0) + replacing;
    const moreBytes = OVERHEAD + (large ? 0 : write.bytes?.length ?? 0);
    const moreKeyBytes = lengthOf(write.key) + 2 + OVERHEAD * 2 * replacing;
    const full = mutations + moreMutations > MUTATIONS || checks + moreChecks > CHECKS ||
      bytes + moreBytes > BYTES || keyBytes + moreKeyBytes > KEY_BYTES;
    if (full && group.length > 0) {
      yield group;
      group = [];
      mutations =
        checks =
        bytes =
        keyBytes =
          0;
    }
    group.push(write);
    mutations += moreMutations;
    checks += moreChecks;
    bytes += moreBytes;
    keyBytes += moreKeyBytes;
  }
  if (group.length > 0) yield group;
}
