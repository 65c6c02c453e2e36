import { Random } from "../../_support/random.ts";

/** Pieces that the rules of the standard meet each other in. */
const TAGS =
  ("a address applet article b base big body br button caption center code col colgroup dd details div dl dt em fieldset font form " +
    "frame frameset h1 h3 head hr html i iframe image img input li link listing main marquee math menu meta mi mtext nobr " +
    "noembed noframes noscript object ol optgroup option p param plaintext pre rb rp rt rtc ruby s script section small span " +
    "strong style sub summary svg foreignObject desc table tbody td template textarea tfoot th thead title tr tt u ul wbr xmp " +
    "annotation-xml mglyph x-y select input").split(" ");
const TEXTS = [
  "text",
  " ",
  "\n",
  "&amp;",
  "&notit;",
  "&lt",
  "&#x80;",
  "&",
  "<",
  "</>",
  "</ x>",
  "<?x>",
  "<!x>",
  "<!---->",
  "<!-- a -- b --!>",
  "<!-->",
  "<!DOCTYPE html>",
  "<![CDATA[x]]>",
  "\0",
  "\f",
  "é😀",
  "-->",
  "]]>",
];
const ATTRIBUTES = [
  "",
  "",
  "",
  " a",
  " a=1",
  ' a="1" b',
  " color=red",
  " type=hidden",
  " encoding=text/html",
  " viewbox=1 xlink:href=2",
  " a=1 A=2",
  " x='&amp;&copy=1'",
  "/",
  " =x",
  ' "',
];

const TEMPLATES = [
  "<!DOCTYPE html><html><head><title>x</title></head><body><p>1<b>2</p>3</b></body></html>",
  "<table><caption>c</caption><tr><td>1<td>2</table>",
  "<ul><li>1<li>2<ul><li>3</ul></ul><dl><dt>a<dd>b</dl>",
  "<svg><foreignObject><p>1</p></foreignObject><path/></svg><math><mi>x</mi></math>",
  "<frameset><frame></frameset><noframes>x</noframes>",
  "<a href=1>2<div>3</a>4</div><i><p><b></i>5</p>",
];

/** A page: a template or nothing, into which pieces are put, and from which pieces are cut. */
export function mutatedPage(seed: number): string {
  const random = new Random(Math.imul(seed, 0x9e3779b1));
  const piece = (): string => {
    const kind = random.below(10);
    if (kind < 5) return `<${random.pick(TAGS)}${random.pick(ATTRIBUTES)}>`;
    if (kind < 8) return `</${random.pick(TAGS)}>`;
    return random.pick(TEXTS);
  };
  let page = random.below(3) === 0 ? "" : random.pick(TEMPLATES);
  for (let count = 1 + random.below(20); count > 0; count--) {
    const at = random.below(page.length + 1);
    switch (random.below(5)) {
      case 0:
        page = page.slice(0, at) + page.slice(at + random.below(8));
        break;
      case 1:
        page = page.slice(0, at) + page.slice(random.below(page.length + 1)).slice(0, 30) +
          page.slice(at);
        break;
      case 2:
        page += piece();
        break;
      default:
        page = page.slice(0, at) + piece() + page.slice(at);
    }
  }
  return page;
}
