// deno run examples/markup/04_sanitize.ts
/**
 * Makes what a user wrote harmless before others see it: what runs or hides goes, links lead away without a reference, pictures
 * come from one host, and the result is short enough.
 */
import { cleanTree, type HtmlCleanOptions } from "@ferry/std/markup/html";
import { parseFragment, select, serialize, textContent } from "@ferry/std/markup/html";

const RULES: HtmlCleanOptions = {
  tags: "a b blockquote br code em i img li ol p pre strong ul".split(" "),
  attributes: { a: ["href", "title"], img: ["src", "alt", "width", "height"] },
  schemes: ["https", "mailto"],
  hosts: ["pictures.example"],
};
const LONGEST = 10_000;

function sanitize(comment: string): string {
  const holder = parseFragment(comment.slice(0, 4 * LONGEST), { createParent: true });
  cleanTree(holder, RULES);
  for (const link of select(holder, "a[href]")) {
    // A text that claims to be another address.
    const text = textContent(link).trim();
    if (/^https?:/.test(text) && !link.get("href")!.startsWith(text)) link.attrib.delete("href");
    else link.set("rel", "nofollow noopener ugc");
  }
  for (const picture of select(holder, "img:not([src])")) picture.getParent()!.remove(picture);
  const result = serialize(holder, { outer: false }).trim();
  if (result.length > LONGEST) throw new RangeError(`A comment has at most ${LONGEST} units`);
  return result;
}

const COMMENTS = [
  `Nice <b onmouseover=steal()>ship</b>! <script>steal()</script>`,
  `<a href="javascript:steal()">win</a> <a href="https://sea.example/?a=1&b=2">more</a>`,
  `<a href="https://evil.example">https://bank.example</a>`,
  `<img src="https://pictures.example/1.png" onerror=steal()> <img src="https://track.example/x.gif">`,
  `<svg><p><style><a id="</style><img src=1 onerror=steal()>">`,
  `<form action="https://evil.example"><input name=password><ul><li>one<li>two</ul>`,
  `<p style="position:fixed;top:0">In front of all <!--[if IE]> <b>old</b> <![endif]-->`,
];
for (const comment of COMMENTS) {
  console.log(`${comment}\n  -> ${sanitize(comment) || "(nothing)"}\n`);
}
