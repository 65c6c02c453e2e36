// Cleaned HTML in a real browser: nothing runs, nothing is asked for.
import { clean, parse, parseFragment, serialize } from "@ferry/std/markup/html";
import { assertEquals, assertGreater } from "@std/assert";
import { Chromium, findChromium } from "../../_support/chromium.ts";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  html: string;
  context: string;
}

const cases = conformanceCases<Case>("xss-vectors")?.filter(({ context }) =>
  ["html", "html_head", "html_outer", "http_leak"].includes(context)
);
const chromium = cases === undefined ? undefined : findChromium();

/** How many cleaned vectors are on one page. */
const TOGETHER = 500;
/** Vectors that are shown as they are, each on a page of its own, to see that the browser would tell. */
const CONTROLS = Deno.env.get("FERRY_STRESS") === "1" ? 400 : 12;
/** How many leaks that are not cleaned are on one page. */
const LEAKS_TOGETHER = 8;

/** HTML that was read and written. */
function rewritten(html: string): string {
  return serialize(parseFragment(html, { createParent: true }), { outer: false });
}

/** Vectors that do something when they are cleaned. */
async function doings(
  browser: Chromium,
  cleaned: readonly { id: string; html: string }[],
  mayLoad = false,
): Promise<string[]> {
  const seen = await browser.look(cleaned.map(({ html }) => `<div>${html}</div>`).join("\n"));
  const found = mayLoad ? seen.scripts : [...seen.scripts, ...seen.requests];
  if (found.length === 0) return [];
  if (cleaned.length === 1) return [`${cleaned[0]!.id}: ${found.join(", ")}`];
  const half = cleaned.length >> 1;
  const halves = [
    ...await doings(browser, cleaned.slice(0, half), mayLoad),
    ...await doings(browser, cleaned.slice(half), mayLoad),
  ];
  // Some may do something only beside the others.
  return halves.length > 0 ? halves : [`of ${cleaned.length} together: ${found.join(", ")}`];
}

/** As {@linkcode doings}, of many pages. */
async function allDoings(
  browser: Chromium,
  cleaned: readonly { id: string; html: string }[],
  mayLoad = false,
): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < cleaned.length; at += TOGETHER) {
    found.push(...await doings(browser, cleaned.slice(at, at + TOGETHER), mayLoad));
  }
  return found;
}

Deno.test({
  name:
    "clean() leaves nothing that runs or loads in Chromium, and Chromium tells if something does",
  ignore: chromium === undefined,
  async fn() {
    await using browser = await Chromium.start(chromium!);

    // A detector that cannot see is of no use: the vectors as they are.
    const step = Math.ceil(cases!.length / CONTROLS);
    const controls = cases!.filter((_, at) => at % step === 0);
    let ran = 0;
    for (const { html } of controls) if ((await browser.look(html)).scripts.length > 0) ran++;
    const leaks = cases!.filter(({ context }) => context === "http_leak");
    const loaded = new Set<string>();
    for (let at = 0; at < leaks.length; at += LEAKS_TOGETHER) {
      const together = leaks.slice(at, at + LEAKS_TOGETHER).map(({ html }) => html);
      for (const address of (await browser.look(together.join("\n"))).requests) loaded.add(address);
    }
    console.log(
      `not cleaned: ${ran} of ${controls.length} run something, ${leaks.length} leaks load ${loaded.size} addresses`,
    );
    assertGreater(ran, controls.length / 2);
    assertGreater(loaded.size, 15);

    const cleaned = cases!.map(({ id, html }) => ({ id, html: clean(html, { hosts: [] }) }));
    assertEquals(await allDoings(browser, cleaned), []);
    // By default, pictures of others may be loaded; nothing may run.
    const usual = cases!.map(({ id, html }) => ({ id, html: clean(html) }));
    assertEquals(await allDoings(browser, usual, true), []);
    // Twice through a parser and a writer, as on the way from one program to another.
    const again = cleaned.map(({ id, html }) => ({ id, html: rewritten(rewritten(html)) }));
    assertEquals(await allDoings(browser, again), []);
  },
});

Deno.test({
  name: "clean() changes nothing that was cleaned, written and read again",
  ignore: cases === undefined,
  fn() {
    for (const { id, html } of cases!) {
      const text = clean(html);
      assertEquals(rewritten(text), text, id);
      assertEquals(clean(rewritten(text)), text, id);
      const body = parse(`<!DOCTYPE html><body><p>${text}`).find("body")!;
      assertEquals(clean(serialize(body, { outer: false })), clean(`<p>${text}`), id);
    }
  },
});
