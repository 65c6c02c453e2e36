// Many changes of like kind: the same text as one after another gives, in one pass over it.
import { assert, assertEquals } from "@std/assert";
import { parse } from "@ferry/std/formats/toml";
import { edit, type TomlEdit } from "@ferry/std/formats/toml-edit";
import { fractions, seedFor } from "../../_support/random.ts";

const range = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Texts in which something of `count` stands at the path `a`, in every form that has one. */
const FORMS: Record<string, (count: number, odd: (i: number) => boolean) => string> = {
  "an array in a line": (count) => `a = [${range(count, String).join(", ")}] # end\nb = 1\n`,
  "an array with a comma at its end": (count) =>
    `a = [ ${range(count, (i) => `${i},`).join(" ")} ]\n`,
  "an array of lines": (count, odd) =>
    `a = [\n${range(count, (i) => `  ${i},${odd(i) ? ` # ${i}` : ""}\n`).join("")}]\n`,
  "an array with comments before its commas": (count, odd) =>
    `a = [\n${range(count, (i) => odd(i) ? `  ${i} # ${i}\n  ` : `  ${i}\n`).join(",")}]\n`,
  "an array of several in a line": (count, odd) =>
    `a = [\r\n${range(count, (i) => `${i},${odd(i) ? "\r\n" : " "}`).join("")}]\r\nb = 2\r\n`,
  "an inline table": (count) => `a = { ${range(count, (i) => `k${i} = ${i}`).join(", ")} }\n`,
  "quoted keys of an inline table": (count) =>
    `a = {z = 1,${range(count, (i) => `"k ${i}" = ${i}`).join(",")}}\nb = 1\n`,
  "a table": (count, odd) =>
    `b = 1\n[a]\n${range(count, (i) => `k${i} = ${i}${odd(i) ? " # why" : ""}\n`).join("")}\n[c]\n`,
  "dotted keys": (count, odd) =>
    range(count, (i) => `${odd(i) ? `b${i} = 0\n` : ""}a.k${i} = ${i}\n`).join(""),
  "tables of an array": (count, odd) =>
    `b = 1\n\n${
      range(count, (i) => `${odd(i) ? `# ${i}\n` : ""}[[a]]\nv = ${i}\n\n`).join("")
    }[c]\n`,
  "tables of an array to the end": (count, odd) =>
    range(count, (i) => `[[a]]\nv = ${i}\n${odd(i) ? `[a.sub]\nx = 1\n` : "\n"}`).join(""),
  "tables of a table": (count, odd) =>
    range(count, (i) => `[a.t${i}]\nv = ${i}\n${odd(i) ? "# kept\n" : "\n"}`).join(""),
  "tables of a table with a header": (count, odd) =>
    `[a]\nz = 1\n${
      range(count, (i) => `[a.t${i}]\n${odd(i) ? `[a.t${i}.deep]\n` : ""}v = ${i}\n\n`).join("")
    }[b]\n`,
};

/** Forms with a blank or a blank line here and there: whether it stays depends on what went first. */
const IRREGULAR: ReadonlySet<string> = new Set([
  "an array with comments before its commas",
  "tables of an array to the end",
  "tables of a table",
]);

/** A run of removals or additions of what is at `a`, as it is by then. */
function changes(text: string, count: number, random: () => number): TomlEdit[] {
  const { a } = parse(text);
  if (Array.isArray(a)) {
    const { length } = a;
    const item = typeof a[0] === "object"
      ? (i: number) => ({ v: i, s: { t: i } })
      : (i: number) => i;
    return random() < 0.3
      ? range(count, (i) => ({ path: ["a", length + i], value: item(i) }))
      : range(
        Math.min(count, length),
        (i) => ({ path: ["a", Math.floor(random() * (length - i))] }),
      );
  }
  const keys = Object.keys(a as object).sort(() => random() - 0.5);
  return random() < 0.3
    ? range(count, (i) => ({ path: ["a", `new ${i}`], value: i }))
    : keys.slice(0, count).map((key) => ({ path: ["a", key] }));
}

Deno.test("edit() gives one text for a run of changes, done together or one after another", () => {
  const seed = seedFor("toml edit runs");
  const random = fractions(seed);
  const rounds = Deno.env.get("FERRY_STRESS") === "1" ? 500 : 25;
  for (const [form, make] of Object.entries(FORMS)) {
    for (let round = 0; round < rounds; round++) {
      const text = make(1 + Math.floor(random() * 8), () => random() < 0.3);
      const edits = changes(text, 1 + Math.floor(random() * 9), random);
      // What comes next sees them.
      if (random() < 0.3) edits.push({ path: ["c", "z"], value: 1 });
      const one = edits.reduce((now, { path, value }) => edit(now, path, value), text);
      const hint = `FERRY_SEED=${seed}, ${form}:\n${text}${Deno.inspect(edits)}`;
      const all = edit(text, edits);
      if (IRREGULAR.has(form)) {
        assertEquals(all.replaceAll(/\s+/g, " "), one.replaceAll(/\s+/g, " "), hint);
      } else assertEquals(all, one, hint);
      for (const comment of text.match(/#.*/g) ?? []) {
        assert(all.includes(comment.trimEnd()), `${comment} is lost; ${hint}`);
      }
    }
  }
});

Deno.test("edit() does thousands of changes of any kind in few passes", () => {
  const count = 3000;
  const never = () => false;
  for (const [form, make] of Object.entries(FORMS)) {
    const text = make(count, never);
    const { a } = parse(text) as { a: unknown };
    const isTables = Array.isArray(a) && typeof a[0] === "object";
    const more: TomlEdit[] = range(count, (i) => ({
      path: ["a", Array.isArray(a) ? count + i : `n${i}`],
      value: isTables ? { v: i } : i,
    }));
    const fewer: TomlEdit[] = Array.isArray(a)
      ? range(count - 1, () => ({ path: ["a", 1] }))
      : Object.keys(a as object).slice(1).map((key) => ({ path: ["a", key] }));
    // A pass for each takes minutes.
    assertEquals(
      Object.keys(parse(edit(text, more)).a as object).length,
      Object.keys(a as object).length + count,
      form,
    );
    assertEquals(Object.keys(parse(edit(text, fewer)).a as object).length, 1, form);
  }
});

Deno.test("edit() gives many tables that deeper headers imply a header, each below the comment of the one before", () => {
  const text = range(3000, (i) => `# ${i}\n[t${i}.x]\nv = ${i}\n`).join("\n");
  const edits = range(3000, (i) => ({ path: [`t${i}`, "k"], value: i }));
  const expected = range(3000, (i) => `[t${i}]\nk = ${i}\n\n# ${i}\n[t${i}.x]\nv = ${i}\n`).join(
    "\n",
  );
  assertEquals(edit(text, edits), expected);
  const small = "[t.x]\nv = 1\n";
  const steps = [["t", "k"], ["b"], ["t", "l"], ["c"]].map((path, value) => ({ path, value }));
  const one = steps.reduce((now, { path, value }) => edit(now, path, value), small);
  assertEquals(edit(small, steps), one);
  assertEquals(one, "b = 1\nc = 3\n\n[t]\nk = 0\nl = 2\n\n[t.x]\nv = 1\n");
});

Deno.test("edit() adds and removes dotted keys of an inline table, the last of which leaves an empty one", () => {
  const text = "x = { z = 1, a.k = 1, a.l = 2, a.m = 3 } # end\n";
  const path = (key: string) => ["x", "a", key];
  assertEquals(
    edit(text, [{ path: path("n"), value: 4 }, { path: path("o"), value: 5 }]),
    "x = { z = 1, a.k = 1, a.l = 2, a.m = 3, a.n = 4, a.o = 5 } # end\n",
  );
  assertEquals(
    edit(text, [{ path: path("k") }, { path: path("m") }]),
    "x = { z = 1, a.l = 2 } # end\n",
  );
  const none = edit(text, [{ path: path("l") }, { path: path("k") }, { path: path("m") }]);
  assertEquals(none, "x = { z = 1, a = {} } # end\n");
});
