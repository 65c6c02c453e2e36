import { edit } from "@ferry/std/formats/toml-edit";
import { parse, stringify, TomlError, type TomlTable } from "@ferry/std/formats/toml";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  versions: ("1.0.0" | "1.1.0")[];
  valid: boolean;
  toml?: string | null;
  toml_base64?: string | null;
  expected?: unknown;
}

const cases = conformanceCases<Case>("toml-test");

function source(test: Case): string | Uint8Array {
  return test.toml ?? Uint8Array.fromBase64(test.toml_base64!);
}

function select(version: "1.0" | "1.1", valid: boolean): Case[] {
  return cases!.filter((test) => test.valid === valid && test.versions.includes(`${version}.0`));
}

interface Tagged {
  type: string;
  value: string;
}

/** The suite's tagged value as the value we should give with all integers as bigint. */
function expectedValue(tagged: unknown): unknown {
  if (Array.isArray(tagged)) return tagged.map(expectedValue);
  const entries = Object.entries(tagged as object);
  const { type, value } = tagged as Tagged;
  if (entries.length !== 2 || typeof type !== "string" || typeof value !== "string") {
    return Object.fromEntries(entries.map(([key, item]) => [key, expectedValue(item)]));
  }
  switch (type) {
    case "string":
      return value;
    case "integer":
      return BigInt(value);
    case "float":
      return value.endsWith("inf")
        ? (value.startsWith("-") ? -Infinity : Infinity)
        : value.endsWith("nan")
        ? NaN
        : Number(value);
    case "bool":
      return value === "true";
    case "datetime":
      return `ZonedDateTime ${Temporal.Instant.from(value)}`;
    case "datetime-local":
      return `PlainDateTime ${Temporal.PlainDateTime.from(value)}`;
    case "date-local":
      return `PlainDate ${Temporal.PlainDate.from(value)}`;
    case "time-local":
      return `PlainTime ${Temporal.PlainTime.from(value)}`;
  }
  throw new TypeError(`Unknown type ${type}`);
}

/** Our value with dates as text that names their type, to compare with the suite's. */
function shown(value: unknown): unknown {
  if (value instanceof Temporal.ZonedDateTime) return `ZonedDateTime ${value.toInstant()}`;
  if (value instanceof Temporal.PlainDateTime) return `PlainDateTime ${value}`;
  if (value instanceof Temporal.PlainDate) return `PlainDate ${value}`;
  if (value instanceof Temporal.PlainTime) return `PlainTime ${value}`;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

for (const version of ["1.0", "1.1"] as const) {
  Deno.test({
    name: `parse() reads all valid documents of toml-test ${version} with their types`,
    ignore: cases === undefined,
    fn() {
      const tests = select(version, true);
      assertGreaterOrEqual(tests.length, 80);
      for (const test of tests) {
        const value = parse(source(test), { version, bigint: "all" });
        assertEquals(shown(value), expectedValue(test.expected), test.id);
      }
      console.log(`toml-test ${version}: valid ${tests.length}/${tests.length}`);
    },
  });

  Deno.test({
    name: `parse() refuses at least 99% of the invalid documents of toml-test ${version}`,
    ignore: cases === undefined,
    fn() {
      const tests = select(version, false);
      assertGreaterOrEqual(tests.length, 200);
      const accepted: string[] = [];
      for (const test of tests) {
        try {
          parse(source(test), { version });
          accepted.push(test.id);
        } catch (error) {
          assert(error instanceof TomlError, `${test.id}: ${error}`);
        }
      }
      console.log(
        `toml-test ${version}: invalid ${tests.length - accepted.length}/${tests.length}`,
      );
      for (const id of accepted) console.log(`  accepted: ${id}`);
      assertGreaterOrEqual((tests.length - accepted.length) / tests.length, 0.99);
    },
  });
}

Deno.test({
  name:
    "stringify() writes every valid document of toml-test as TOML 1.0 with the same values and types",
  ignore: cases === undefined,
  fn() {
    for (const test of select("1.1", true)) {
      const value = parse(source(test), { bigint: "all" });
      const text = stringify(value, { numbers: "float" });
      const again = parse(text, { bigint: "all", version: "1.0" });
      assertEquals(shown(again), shown(value), `${test.id}\n${text}`);
      const plain = parse(source(test));
      assertEquals(shown(parse(stringify(plain))), shown(plain), test.id);
    }
  },
});

/** Paths of all scalars of a table, a few per document. */
function* scalars(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* scalars(item, [...path, i]);
  } else if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value as TomlTable)) {
      yield* scalars(item, [...path, key]);
    }
  } else yield path;
}

Deno.test({
  name: "edit() changes any value of the valid documents of toml-test, or says that it cannot",
  ignore: cases === undefined,
  fn() {
    let done = 0;
    const refused: string[] = [];
    for (const test of select("1.1", true)) {
      if (typeof test.toml !== "string") continue;
      const value = parse(test.toml);
      for (const path of [...scalars(value)].slice(0, 5)) {
        try {
          const changed = edit(test.toml, [{ path, value: "changed" }]);
          let at: unknown = parse(changed);
          for (const step of path) at = (at as TomlTable)[step];
          assertEquals(at, "changed", test.id);
          done++;
        } catch (error) {
          assert(error instanceof TomlError, `${test.id}: ${error}`);
          refused.push(`${test.id} ${path.join(".")}: ${error.cause ?? error.message}`);
        }
      }
    }
    console.log(`toml edits: ${done} done, ${refused.length} refused`);
    for (const line of refused) console.log(`  ${line.slice(0, 160)}`);
    assertGreaterOrEqual(done / (done + refused.length), 0.97);
  },
});
