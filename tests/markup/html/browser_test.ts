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
const TOGETHER = 100;
/** Vectors that are shown as they are, to see that the browser would tell. */
const CONTROLS = 60;

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
  const found: string[] = [];
  for (let at = 0; at < cleaned.length; at += TOGETHER) {
    const together = cleaned.slice(at, at + TOGETHER);
    const body = together.map(({ html }) => `<div>${html}</div>`).join("\n");
    const seen = await browser.look(body);
    const scripts = seen.scripts;
    const requests = mayLoad ? [] : seen.requests;
    if (scripts.length === 0 && requests.length === 0) continue;
    if (together.length === 1) {
      found.push(`${together[0]!.id}: ${[...scripts, ...requests].join(", ")}`);
    } else {
      for (const one of together) found.push(...await doings(browser, [one], mayLoad));
    }
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
    const step = Math.floor(cases!.length / CONTROLS);
    let [ran, loaded] = [0, 0];
    for (let at = 0; at < cases!.length; at += step) {
      const { scripts } = await browser.look(cases![at]!.html);
      if (scripts.length > 0) ran++;
    }
    for (const { html, context } of cases!) {
      if (context !== "http_leak") continue;
      const { requests } = await browser.look(html);
      if (requests.length > 0) loaded++;
    }
    console.log(`not cleaned: ${ran} of ${CONTROLS} run something, ${loaded} leaks load something`);
    assertGreater(ran, CONTROLS / 2);
    assertGreater(loaded, 15);

    const cleaned = cases!.map(({ id, html }) => ({ id, html: clean(html, { hosts: [] }) }));
    assertEquals(await doings(browser, cleaned), []);
    // By default, pictures of others may be loaded; nothing may run.
    const usual = cases!.map(({ id, html }) => ({ id, html: clean(html) }));
    assertEquals(await doings(browser, usual, true), []);
    // Twice through a parser and a writer, as on the way from one program to another.
    const again = cleaned.map(({ id, html }) => ({ id, html: rewritten(rewritten(html)) }));
    assertEquals(await doings(browser, again), []);
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
