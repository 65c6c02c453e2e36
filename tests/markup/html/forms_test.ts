import { forms, HtmlForm, parse } from "@ferry/std/markup/html";
import { assertEquals, assertThrows } from "@std/assert";

function form(html: string, attributes = ""): HtmlForm {
  return forms(parse(`<form ${attributes}>${html}</form>`, { url: "https://e.com/a/b" }))[0]!;
}

Deno.test("HtmlForm.formValues() gives what browsers submit", () => {
  const cases: [string, string][] = [
    ["<input name=a><input value=x><input name=b value=1>", "a=&b=1"],
    [
      "<input type=checkbox name=a><input type=checkbox name=b checked><input type=radio name=c value=1 checked>",
      "b=on&c=1",
    ],
    [
      "<input type=submit name=a value=1><button name=b value=2></button><input type=file name=c>",
      "",
    ],
    ["<textarea name=a>\n1<b></textarea>", "a=1%3Cb%3E"],
    ["<select name=a><option>1<option>2</select>", "a=1"],
    ["<select name=a><option disabled>1<option> 2  3 </select>", "a=2+3"],
    ["<select name=a><option selected value=x>1<option selected value=y>2</select>", "a=y"],
    ["<select name=a multiple><option selected>1<option>2<option selected>3</select>", "a=1&a=3"],
    [
      "<input name=a disabled><fieldset disabled><legend><input name=b></legend><input name=c></fieldset>",
      "b=",
    ],
  ];
  for (const [html, expected] of cases) {
    assertEquals(new URLSearchParams(form(html).formValues()).toString(), expected, html);
  }
});

/** As Chromium submits them. */
Deno.test("HtmlForm.formValues() reads values as browsers do", () => {
  const cases: [string, string][] = [
    ["<input type=text value='a&#13;&#10; b '>", "a b "],
    ["<input type=foo value='a&#10;b'>", "ab"],
    ["<input type=hidden value='a&#10;b'>", "a\nb"],
    ["<input type=url value=' x '>", "x"],
    ["<input type=email multiple value=' x@y.z , q@r.s '>", "x@y.z,q@r.s"],
    ["<input type=number value=-1.5e3>", "-1.5e3"],
    ["<input type=number value=+1>", ""],
    ["<input type=number value=1e400>", ""],
    ["<input type=range>", "50"],
    ["<input type=range min=10 max=20 value=99>", "20"],
    ["<input type=range min=0 max=10 step=7 value=8>", "7"],
    ["<input type=range value=.5>", "0.5"],
    ["<input type=color value='#FF00aa'>", "#ff00aa"],
    ["<input type=color>", "#000000"],
    ["<input type=date value=2024-02-29>", "2024-02-29"],
    ["<input type=date value=2023-02-29>", ""],
    ["<input type=week value=2020-W53>", "2020-W53"],
    ["<input type=week value=2024-W53>", ""],
    ["<input type=time value=24:00>", ""],
    ["<input type=datetime-local value='2024-02-29 10:00'>", "2024-02-29T10:00"],
    ["<textarea>\n\na&#13;\nb</textarea>", "\na\nb"],
    ["<select><option>&nbsp;x \n y&nbsp;</select>", "\xa0x y\xa0"],
  ];
  for (const [html, expected] of cases) {
    const named = html.replace(/^<\w+/, "$& name=a");
    assertEquals(form(named).formValues(), [["a", expected]], html);
  }
});

Deno.test("HtmlForm.formValues() leaves out what browsers leave out", () => {
  const cases: [string, string][] = [
    [
      "<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked><input type=radio name=a value=3>",
      "a=2",
    ],
    ["<select name=a size=2><option>1</select>", ""],
    ["<select name=a size=1><option>1</select>", "a=1"],
    ["<select name=a><optgroup disabled><option>1</optgroup><option>2</select>", "a=2"],
    ["<select name=a><option>1<option selected disabled>2</select>", ""],
    ["<template><input name=a></template><input name=b>", "b="],
  ];
  for (const [html, expected] of cases) {
    assertEquals(new URLSearchParams(form(html).formValues()).toString(), expected, html);
  }
});

Deno.test("HtmlForm.fields has those of a form between the rows of a table", () => {
  const page = parse(
    "<table><form id=x><tr><td><input name=a><table><tr><td><input name=b></table></td></tr></form>" +
      "<form id=y><tr><td><input name=c></form></table><input name=d>" +
      "<template><input name=e form=x></template>",
  );
  const names = forms(page).map(({ fields }) => fields.map((field) => field.get("name")));
  assertEquals(names, [["a", "b"], ["c"]]);
  // Only the first element of an id is meant, and an empty one is none.
  const twins = parse(
    "<form id=x></form><form id=x></form><form id=''></form>" +
      "<input name=a form=x><input name=b form=''>",
  );
  assertEquals(forms(twins).map(({ fields }) => fields.length), [1, 0, 0]);
});

Deno.test("HtmlForm.request() sends the pressed button in its place, and line ends as CR LF", async () => {
  const written = form(
    "<input name=a><button name=b value=1></button><input type=image name=c><textarea name=d>\n1\n2</textarea>",
    "method=post",
  );
  const [, button, image] = written.fields;
  const body = (pressed?: typeof button) =>
    written.request(pressed === undefined ? {} : { button: pressed }).text();
  assertEquals(await body(), "a=&d=1%0D%0A2");
  assertEquals(await body(button), "a=&b=1&d=1%0D%0A2");
  assertEquals(await body(image), "a=&c.x=0&c.y=0&d=1%0D%0A2");
  const other = form("<button></button>").fields[0]!;
  assertThrows(() => written.request({ button: other }), TypeError, "a button of its own");
});

Deno.test("HtmlForm.request() resolves the action against the base, and none to the document", () => {
  const page = parse("<base href=/c/><form action=d></form><form></form>", {
    url: "https://e.com/a/b",
  });
  const addresses = forms(page).map((one) => one.request().url);
  assertEquals(addresses, ["https://e.com/c/d", "https://e.com/a/b"]);
});

Deno.test("HtmlForm.fields has those that belong to the form by their attribute", () => {
  const page = parse(
    "<form id=x><input name=a><input name=b form=y></form><input name=c form=x><form id=y>",
  );
  const names = forms(page).map(({ fields }) => fields.map((field) => field.get("name")));
  assertEquals(names, [["a", "c"], ["b"]]);
});

Deno.test("HtmlForm.set() fills in texts, choices and boxes, and refuses what is not there", () => {
  const filled = form(
    "<input name=t><textarea name=u>x</textarea><select name=s><option>1<option value=z>2</select>" +
      "<input type=radio name=r value=1 checked><input type=radio name=r value=2><input type=checkbox name=c>" +
      "<select name=m multiple><option>1<option>2<option>3</select>",
  );
  filled.set("t", "a").set("u", "b").set("s", "z").set("r", "2").set("c", true).set("m", [
    "1",
    "3",
  ]);
  assertEquals(
    new URLSearchParams(filled.formValues()).toString(),
    "t=a&u=b&s=z&r=2&c=on&m=1&m=3",
  );
  filled.set("c", false).set("m", []);
  assertEquals(new URLSearchParams(filled.formValues()).toString(), "t=a&u=b&s=z&r=2");
  assertThrows(() => filled.set("no", "x"), RangeError);
  assertThrows(() => filled.set("s", "3"), RangeError);
  assertThrows(() => filled.set("r", "3"), RangeError);
});

Deno.test("HtmlForm.request() goes where the form and the button say", async () => {
  const get = form("<input name=q value='a b'>", "action='/x?old=1'").request();
  assertEquals([get.method, get.url], ["GET", "https://e.com/x?q=a+b"]);
  const post = form("<input name=q value=1>", "method=POST").request();
  assertEquals([post.method, post.url, await post.text()], ["POST", "https://e.com/a/b", "q=1"]);
  const multi = form("<input name=q value=1>", "method=post enctype=multipart/form-data").request();
  assertEquals((await multi.formData()).get("q"), "1");
  const pressed = form("<button name=b value=2 formaction=/y formmethod=post>");
  const request = pressed.request({ button: pressed.fields[0]! });
  assertEquals([request.method, request.url, await request.text()], [
    "POST",
    "https://e.com/y",
    "b=2",
  ]);
  assertThrows(() => forms(parse("<form>"))[0]!.request(), TypeError);
});

Deno.test("HtmlForm.submit() sends the request with what it is given", async () => {
  const response = await form("<input name=q value=1>").submit((request) =>
    Promise.resolve(new Response(request.url))
  );
  assertEquals(await response.text(), "https://e.com/a/b?q=1");
});

Deno.test("HtmlForm needs a form", () => {
  assertThrows(() => new HtmlForm(parse("<p>").find("body/p")!), TypeError);
});
