// States of HTML, as jsdom finds them.
import { select } from "@ferry/std/markup/css";
import { parse } from "@ferry/std/markup/html";
import { assertEquals } from "@std/assert";
import { JSDOM } from "npm:jsdom@29.1.1";

const PAGE = `<!DOCTYPE html><html lang=en><body>
<a id=a1 href=x>1</a><a id=a2>2</a><area id=a3 href=""><link id=a4 href=x>
<form id=f><fieldset id=s1 disabled><legend><input id=i1></legend><legend><input id=i2></legend><div><select id=q1><option id=o1>
</select></div><fieldset id=s2><button id=b1></button></fieldset></fieldset>
<fieldset id=s3 disabled><p><input id=i7></p><legend><input id=i8></legend></fieldset>
<select id=q2><option id=o2 disabled>1<option id=o3>2<option id=o4>3</select>
<select id=q3><option id=o5 selected>1<option id=o6 selected>2</select>
<select id=q4 multiple><option id=o7 selected>1<option id=o8 selected>2<option id=o9>3</select>
<select id=q5 size=3><option id=p1>1<option id=p2>2</select>
<select id=q6><optgroup id=g1 disabled><option id=p3>1</optgroup><optgroup id=g2><option id=p4>2</optgroup></select>
<datalist id=d><option id=p5 selected>1</datalist>
<input id=i3 type=CHECKBOX checked><input id=i4 type=radio checked required><input id=i5 checked><input id=i6 type=hidden required>
<textarea id=t1 required></textarea><textarea id=t2 disabled></textarea><object id=x1 disabled></object>
</form><p id=l1 lang=de-CH>x<b id=l2>y</b><i id=l3 lang="">z</i><u id=l4 lang=zh-Hant-TW>u</u></p>
<p id=r1 dir=rtl>x<b id=r2>y<bdi id=r3>שלום</bdi><bdi id=r4>a</bdi></b></p><p id=r5 dir=auto> 12 שלום a</p><p id=r6 dir=auto><b dir=ltr>x</b></p>
<svg><a id=v1 href=x></a></svg></body>`;

/** Of the whole page: those that have an id. */
const SELECTORS = [
  ":any-link",
  ":link",
  ":disabled",
  ":enabled",
  ":checked",
  "input:required",
  ":required",
  ":optional",
  "input:not(:checked)",
  ":lang(en)",
  ":lang(de)",
  ":lang(de-CH)",
  ':lang("*-CH")',
  ":lang(zh-TW)",
  ":lang(fr, zh)",
  ":is(fieldset, select):has(:disabled)",
  "input[type=checkbox], input[type=RADIO]",
  "input[type=checkbox s]",
  "[ID=i1 i], [id=I2 i]",
  "INPUT[TYPE]",
  "select :nth-child(odd)",
];

Deno.test("select() knows the states of HTML's elements as jsdom does", () => {
  const { document } = new JSDOM(PAGE).window;
  const root = parse(PAGE);
  for (const selector of SELECTORS) {
    const theirs = [...document.querySelectorAll(selector)].map(({ id }) => id).filter((id) =>
      id !== ""
    );
    const ours = select(root, selector).map((element) =>
      (element as { get(name: string): string }).get("id")
    )
      .filter((id) => id !== undefined);
    assertEquals(ours, theirs, selector);
  }
});

Deno.test("select() knows directions of text", () => {
  const ids = (selector: ":dir(rtl)" | ":dir(ltr)") =>
    select(parse(PAGE), selector).map((element) => element.get("id")).filter((id) =>
      id?.startsWith("r")
    );
  assertEquals(ids(":dir(rtl)"), ["r1", "r2", "r3", "r5"]);
  assertEquals(ids(":dir(ltr)"), ["r4", "r6"]);
});
