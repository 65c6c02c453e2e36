/** The table as it comes. */
import { reached, type Result } from "./measure.ts";

/** Prints one row. */
export function printRow({ name, kind, microseconds, ratios, targets }: Result): void {
  console.log(name);
  const mark = kind === "rate" ? ">=" : "<=";
  for (const [peer, us] of Object.entries(microseconds)) {
    const ratio = ratios[peer];
    const target = targets[peer];
    const verdict = target === undefined
      ? ""
      : `  target ${mark} ${target}${reached(kind, ratio!, target) ? "" : "  MISSED"}`;
    const versus = ratio === undefined
      ? ""
      : `  ${kind === "rate" ? "ours is" : "ours takes"} ${round(ratio)}x`;
    console.log(
      `  ${peer.padEnd(24)} ${`${round(us)} us`.padStart(12)} ${
        `${round(1e3 / us)} k/s`.padStart(14)
      }${versus.padEnd(22)}${verdict}`,
    );
  }
}

function round(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Prints a row of the picture: megabytes a second, which are bytes a microsecond. */
export function printThroughput({ name, bytes, microseconds }: Result): void {
  const each = Object.entries(microseconds)
    .map(([contender, us]) => `${contender} ${(bytes! / us).toPrecision(3)}`);
  console.log(`${name} (MB/s): ${each.join(", ")}`);
}

/** Prints which targets were reached, and those that were not. */
export function printTargets(results: readonly Result[]): void {
  const judged = results.flatMap(({ name, kind, ratios, targets }) =>
    Object.entries(targets).map(([peer, target]) => ({
      name,
      peer,
      ratio: ratios[peer]!,
      target,
      ok: reached(kind, ratios[peer]!, target),
    }))
  );
  console.log(`\n${judged.filter(({ ok }) => ok).length} of ${judged.length} targets reached`);
  for (const { name, peer, ratio, target, ok } of judged) {
    if (!ok) console.log(`  missed: ${name}, ${peer}: ${round(ratio)}, target ${target}`);
  }
}
