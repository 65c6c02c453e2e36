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
