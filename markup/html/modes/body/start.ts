import { closeByStart, insertFormatting, reconstruct } from "../../build/adoption.ts";
import type { Builder } from "../../build/builder.ts";
import { IN_FRAMESET, IN_HEAD, IN_TABLE } from "../../build/modes.ts";
import { insertRawText } from "../../build/raw_text.ts";
import { rulesOf } from "../../build/rules.ts";
import { FLAGS, HEADING, SCOPE, SPECIAL } from "../../names/flags.ts";
import { NAME_OF_TAG } from "../../names/html_names.ts";
import * as tag from "../../names/tags.ts";
import { startMath, startSvg } from "../../build/foreign.ts";
import { startOptgroup, startOption, startSelect } from "./select.ts";
import { startHr, startImage, startInput } from "./void.ts";
import { textInBody } from "./text.ts";

type Handler = (builder: Builder) => void;

/** What to do with a start tag, by its element. */
const START: Handler[] = new Array(256);

function ordinary(builder: Builder): void {
  if (builder.formatting.entries.length > 0) reconstruct(builder);
  builder.insertHtml();
}

function inHead(builder: Builder): void {
  rulesOf(IN_HEAD).start(builder);
}

function ignore(): void {}

function block(builder: Builder): void {
  builder.closeP();
  builder.insertHtml();
}

function formatting(builder: Builder): void {
  reconstruct(builder);
  insertFormatting(builder);
}

function heading(builder: Builder): void {
  builder.closeP();
  if ((FLAGS[builder.open.tag]! & HEADING) !== 0) builder.pop();
  builder.insertHtml();
}

function preformatted(builder: Builder): void {
  block(builder);
  builder.skipLineFeed = true;
  builder.framesetOk = false;
}

/** An empty element in the line. */
function inlineVoid(builder: Builder): void {
  reconstruct(builder);
  builder.insertVoid();
  builder.framesetOk = false;
}

function plainVoid(builder: Builder): void {
  builder.insertVoid();
}

function marked(builder: Builder): void {
  reconstruct(builder);
  builder.insertHtml();
  builder.formatting.mark();
  builder.framesetOk = false;
}

function startHtml(builder: Builder): void {
  if (builder.open.templates === 0) builder.mergeAttributes(builder.open.nodes[0]!);
}

function startBody(builder: Builder): void {
  const { open } = builder;
  if (open.top < 1 || open.tags[1] !== tag.BODY || open.templates > 0) return;
  builder.framesetOk = false;
  builder.mergeAttributes(open.nodes[1]!);
}

function startFrameset(builder: Builder): void {
  const { open, store } = builder;
  if (open.top < 1 || open.tags[1] !== tag.BODY || !builder.framesetOk) return;
  store.extract(open.nodes[1]!);
  builder.popTo(1);
  builder.insertHtml();
  builder.mode = IN_FRAMESET;
}

function startForm(builder: Builder): void {
  const inTemplate = builder.open.templates > 0;
  if (builder.form !== 0 && !inTemplate) return;
  block(builder);
  if (!inTemplate) builder.form = builder.open.node;
}

/** Closes an item of a list that is open, and opens the next one. */
function item(builder: Builder, first: number, second: number): void {
  const { open } = builder;
  builder.framesetOk = false;
  if (open.mayHave(NAME_OF_TAG[first]!) || open.mayHave(NAME_OF_TAG[second]!)) {
    for (let at = open.top; at >= 0; at--) {
      const id = open.tags[at]!;
      if (id === first || id === second) {
        builder.impliedEndTags(id);
        builder.popUntil(id);
        break;
      }
      if (id === tag.ADDRESS || id === tag.DIV || id === tag.P) continue;
      if ((FLAGS[id]! & SPECIAL) !== 0) {
        open.searched(open.top - at);
        break;
      }
    }
  }
  block(builder);
}

function startPlaintext(builder: Builder): void {
  block(builder);
  if (builder.pos === builder.source.length) return;
  builder.takeRaw(builder.pos, builder.source.length);
  if (builder.nul) builder.replaceNuls("\ufffd");
  builder.pos = builder.source.length;
  textInBody(builder);
}

function startButton(builder: Builder): void {
  if (builder.inScope(tag.BUTTON, SCOPE)) {
    builder.impliedEndTags(0);
    builder.popUntil(tag.BUTTON);
  }
  reconstruct(builder);
  builder.insertHtml();
  builder.framesetOk = false;
}

function startA(builder: Builder): void {
  const { formatting } = builder;
  const last = formatting.last(tag.A);
  if (last !== undefined) {
    closeByStart(builder, tag.A);
    formatting.remove(last);
    const at = last.open ? builder.open.indexOf(last.node) : -1;
    if (at !== -1) builder.open.removeAt(at);
  }
  reconstruct(builder);
  insertFormatting(builder);
}

function startNobr(builder: Builder): void {
  reconstruct(builder);
  if (builder.inScope(tag.NOBR, SCOPE)) {
    closeByStart(builder, tag.NOBR);
    reconstruct(builder);
  }
  insertFormatting(builder);
}

function startTable(builder: Builder): void {
  if (!builder.quirks) builder.closeP();
  builder.insertHtml();
  builder.framesetOk = false;
  builder.mode = IN_TABLE;
}

function startTextarea(builder: Builder): void {
  builder.framesetOk = false;
  insertRawText(builder, true);
}

function startXmp(builder: Builder): void {
  builder.closeP();
  reconstruct(builder);
  builder.framesetOk = false;
  insertRawText(builder, false);
}

function startIframe(builder: Builder): void {
  builder.framesetOk = false;
  insertRawText(builder, false);
}

function startNoscript(builder: Builder): void {
  if (builder.scripting) insertRawText(builder, false);
  else ordinary(builder);
}

function rubyBase(builder: Builder): void {
  if (builder.inScope(tag.RUBY, SCOPE)) builder.impliedEndTags(0);
  builder.insertHtml();
}

function rubyText(builder: Builder): void {
  if (builder.inScope(tag.RUBY, SCOPE)) builder.impliedEndTags(tag.RTC);
  builder.insertHtml();
}

function startSelectedContent(builder: Builder): void {
  ordinary(builder);
  builder.selectedContents.push(builder.open.node);
}

const GROUPS: readonly (readonly [string, Handler])[] = [
  ["base basefont bgsound link meta noframes script style template title", inHead],
  [
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup main menu " +
    "nav ol p search section summary ul",
    block,
  ],
  ["h1 h2 h3 h4 h5 h6", heading],
  ["pre listing", preformatted],
  ["b big code em font i s small strike strong tt u", formatting],
  ["applet marquee object", marked],
  ["area br embed img keygen wbr", inlineVoid],
  ["param source track", plainVoid],
  ["caption col colgroup frame head tbody td tfoot th thead tr", ignore],
  ["rb rtc", rubyBase],
  ["rp rt", rubyText],
  ["html", startHtml],
  ["body", startBody],
  ["frameset", startFrameset],
  ["form", startForm],
  ["li", (builder) => item(builder, tag.LI, tag.LI)],
  ["dd dt", (builder) => item(builder, tag.DD, tag.DT)],
  ["plaintext", startPlaintext],
  ["button", startButton],
  ["a", startA],
  ["nobr", startNobr],
  ["table", startTable],
  ["input", startInput],
  ["hr", startHr],
  ["image", startImage],
  ["textarea", startTextarea],
  ["xmp", startXmp],
  ["iframe", startIframe],
  ["noembed", (builder) => insertRawText(builder, false)],
  ["noscript", startNoscript],
  ["select", startSelect],
  ["option", startOption],
  ["optgroup", startOptgroup],
  ["math", startMath],
  ["svg", startSvg],
  ["selectedcontent", startSelectedContent],
];

START.fill(ordinary);
for (const [names, handler] of GROUPS) {
  for (const name of names.split(" ")) START[tag.tagOf(name)] = handler;
}

/** A start tag in the body. */
export function startInBody(builder: Builder): void {
  START[builder.tag]!(builder);
}
