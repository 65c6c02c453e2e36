import { parseAll, YamlError } from "@ferry/std/formats/yaml";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  yaml: string;
  error: boolean;
  json: string | null;
  label: string;
}

const cases = conformanceCases<Case>("yaml-test-suite");

/** Values written one after another. */
function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  let rest = text.trim();
  while (rest !== "") {
    let end = 1;
    for (;; end++) {
      if (end > rest.length) throw new SyntaxError(`Cannot split ${JSON.stringify(rest)}`);
      if (end < rest.length && !/\s/.test(rest[end]!)) continue;
      try {
        values.push(JSON.parse(rest.slice(0, end)));
        break;
      } catch {
        // A space inside a value.
      }
    }
    rest = rest.slice(end).trim();
  }
  return values;
}

/** Why a case fails, or undefined. */
function failure(test: Case, strict: boolean): string | undefined {
  let values: unknown[];
  try {
    values = parseAll(test.yaml, { strict });
  } catch (error) {
    assert(error instanceof YamlError, `${test.id}: ${error}`);
    return test.error ? undefined : `refused: ${error.message}`;
  }
  if (test.error) return "accepted";
  if (test.json === null || test.json === undefined) return undefined;
  try {
    assertEquals(values, jsonValues(test.json));
  } catch {
    return `read as ${JSON.stringify(values)}`;
  }
  return undefined;
}

for (const [mode, share] of [["default", 0.97], ["strict", 0.99]] as const) {
  Deno.test({
    name: `parseAll() passes at least ${share * 100}% of the yaml-test-suite (${mode})`,
    ignore: cases === undefined,
    fn() {
      const failed = cases!.flatMap((test) => {
        const why = failure(test, mode === "strict");
        return why === undefined ? [] : [`${test.id} ${test.label}: ${why}`];
      });
      const passed = cases!.length - failed.length;
      console.log(`yaml-test-suite, ${mode}: ${passed}/${cases!.length}`);
      for (const line of failed) console.log(`  ${line}`);
      assertGreaterOrEqual(cases!.length, 150);
      assertGreaterOrEqual(passed / cases!.length, share);
    },
  });
}
