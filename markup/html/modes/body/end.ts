import { adopt, anyOtherEndTag, reconstruct } from "../../build/adoption.ts";
import type { Builder } from "../../build/builder.ts";
import { AFTER_BODY, IN_HEAD } from "../../build/modes.ts";
import { current, rulesOf } from "../../build/rules.ts";
import { FLAGS, HEADING, LIST_SCOPE, SCOPE } from "../../names/flags.ts";
import { NAME_OF_TAG } from "../../names/html_names.ts";
import * as tag from "../../names/tags.ts";

type Handler = (builder: Builder) => void;

/** What to do with an end tag, by its element. */
const END: Handler[] = new Array(256);

function block(builder: Builder): void {
  const id = builder.tag;
  if (!builder.inScope(id, SCOPE)) return;
  builder.impliedEndTags(0);
  builder.popUntil(id);
}

function inHead(builder: Builder): void {
  rulesOf(IN_HEAD).end(builder);
}

function endBody(builder: Builder): void {
  if (builder.inScope(tag.BODY, SCOPE)) builder.mode = AFTER_BODY;
}

function endHtml(builder: Builder): void {
  if (!builder.inScope(tag.BODY, SCOPE)) return;
  builder.mode = AFTER_BODY;
  current(builder).end(builder);
}

function endForm(builder: Builder): void {
  const { open } = builder;
  if (open.templates > 0) return block(builder);
  const { form } = builder;
  builder.form = 0;
  if (form === 0 || !open.mayHave(NAME_OF_TAG[tag.FORM]!)) return;
  let at = open.top;
  for (; at >= 0 && open.nodes[at] !== form; at--) {
    if ((FLAGS[open.tags[at]!]! & SCOPE) !== 0) return open.searched(open.top - at);
  }
  if (at < 0) return;
  builder.impliedEndTags(0);
  if (open.node === form) builder.pop();
  else open.removeAt(at);
}

function endP(builder: Builder): void {
  if (!builder.open.hasP) builder.insertImplied(tag.P);
  builder.closeP();
}

function endLi(builder: Builder): void {
  if (!builder.inScope(tag.LI, SCOPE | LIST_SCOPE)) return;
  builder.impliedEndTags(tag.LI);
  builder.popUntil(tag.LI);
}

function endItem(builder: Builder): void {
  const id = builder.tag;
  if (!builder.inScope(id, SCOPE)) return;
  builder.impliedEndTags(id);
  builder.popUntil(id);
}

function endHeading(builder: Builder): void {
  const { open } = builder;
  for (let at = open.top; at >= 0; at--) {
    const flags = FLAGS[open.tags[at]!]!;
    if ((flags & HEADING) !== 0) {
      builder.impliedEndTags(0);
      return builder.popUntilFlag(HEADING);
    }
    if ((flags & SCOPE) !== 0) return open.searched(open.top - at);
  }
}

function endFormatting(builder: Builder): void {
  const { open, formatting } = builder;
  const at = formatting.entries.length - 1;
  // Nearly always the tag closes what was opened last. Then this is all that the adoption agency does.
  if (at >= 0 && open.tag === builder.tag && formatting.entries[at]!.node === open.node) {
    open.pop();
    return formatting.removeAt(at);
  }
  if (adopt(builder, builder.tag)) anyOtherEndTag(builder);
}

function endMarked(builder: Builder): void {
  const id = builder.tag;
  if (!builder.inScope(id, SCOPE)) return;
  builder.impliedEndTags(0);
  builder.popUntil(id);
  builder.formatting.clearToMarker();
}

function endBr(builder: Builder): void {
  reconstruct(builder);
  builder.insertImplied(tag.BR);
  builder.open.pop();
  builder.framesetOk = false;
}

const GROUPS: readonly (readonly [string, Handler])[] = [
  ["template", inHead],
  ["body", endBody],
  ["html", endHtml],
  [
    "address article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer header hgroup " +
    "listing main menu nav ol pre search section select summary ul",
    block,
  ],
  ["form", endForm],
  ["p", endP],
  ["li", endLi],
  ["dd dt", endItem],
  ["h1 h2 h3 h4 h5 h6", endHeading],
  ["a b big code em font i nobr s small strike strong tt u", endFormatting],
  ["applet marquee object", endMarked],
  ["br", endBr],
];

END.fill(anyOtherEndTag);
for (const [names, handler] of GROUPS) {
  for (const name of names.split(" ")) END[tag.tagOf(name)] = handler;
}

/** An end tag in the body. */
export function endInBody(builder: Builder): void {
  END[builder.tag]!(builder);
}
