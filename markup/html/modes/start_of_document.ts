import { LAST } from "../../store/mod.ts";
import { BEFORE_HEAD, BEFORE_HTML, IN_BODY, IN_HEAD, INITIAL } from "../build/modes.ts";
import type { Builder } from "../build/builder.ts";
import { current, defineMode, ignoreDoctype, rulesOf } from "../build/rules.ts";
import { dropLeadingSpace } from "../build/space.ts";
import * as tag from "../names/tags.ts";
import type { DoctypeToken } from "../scan/doctype.ts";
import { quirksOf } from "./quirks.ts";

/** No document type declaration: the document is in quirks mode. */
function leaveInitial(builder: Builder): void {
  setQuirks(builder, "quirks");
  builder.mode = BEFORE_HTML;
}

function setQuirks(builder: Builder, quirks: "no-quirks" | "quirks" | "limited-quirks"): void {
  builder.store.info.quirks = quirks;
  builder.quirks = quirks === "quirks";
}

/** A comment at the level of the document. */
export function commentOfDocument(builder: Builder, position: number): void {
  builder.insertComment(position, builder.store.document);
}

defineMode(INITIAL, {
  start(builder) {
    leaveInitial(builder);
    current(builder).start(builder);
  },
  end(builder) {
    leaveInitial(builder);
    current(builder).end(builder);
  },
  text(builder) {
    if (!dropLeadingSpace(builder)) return;
    leaveInitial(builder);
    current(builder).text(builder);
  },
  comment: commentOfDocument,
  doctype(builder: Builder, token: DoctypeToken) {
    const { store } = builder;
    store.info.doctype = {
      name: token.name,
      publicId: token.publicId,
      systemId: token.systemId,
    };
    store.info.doctypeAfter = store.words[store.document + LAST]!;
    setQuirks(builder, quirksOf(token));
    builder.mode = BEFORE_HTML;
  },
  eof(builder) {
    leaveInitial(builder);
    return false;
  },
});

/** Makes the root. */
function insertRoot(builder: Builder, attributes: boolean): void {
  const { store } = builder;
  const count = builder.attrCount;
  if (!attributes) builder.attrCount = 0;
  const name = attributes ? builder.name : store.names.intern("html");
  const root = builder.createElement(name);
  builder.attrCount = count;
  store.append(store.document, root);
  builder.open.push(root, tag.HTML, name);
  builder.mode = BEFORE_HEAD;
}

defineMode(BEFORE_HTML, {
  start(builder) {
    if (builder.tag === tag.HTML) return insertRoot(builder, true);
    insertRoot(builder, false);
    current(builder).start(builder);
  },
  end(builder) {
    if (!mayImply(builder.tag)) return;
    insertRoot(builder, false);
    current(builder).end(builder);
  },
  text(builder) {
    if (!dropLeadingSpace(builder)) return;
    insertRoot(builder, false);
    current(builder).text(builder);
  },
  comment: commentOfDocument,
  doctype: ignoreDoctype,
  eof(builder) {
    insertRoot(builder, false);
    return false;
  },
});

/** Whether an end tag is one of those that are not ignored before the body. */
function mayImply(id: number): boolean {
  return id === tag.HEAD || id === tag.BODY || id === tag.HTML || id === tag.BR;
}

function impliedHead(builder: Builder): void {
  builder.head = builder.insertImplied(tag.HEAD);
  builder.mode = IN_HEAD;
}

defineMode(BEFORE_HEAD, {
  start(builder) {
    if (builder.tag === tag.HTML) return rulesOf(IN_BODY).start(builder);
    if (builder.tag === tag.HEAD) {
      builder.head = builder.insertHtml();
      builder.mode = IN_HEAD;
      return;
    }
    impliedHead(builder);
    current(builder).start(builder);
  },
  end(builder) {
    if (!mayImply(builder.tag)) return;
    impliedHead(builder);
    current(builder).end(builder);
  },
  text(builder) {
    if (!dropLeadingSpace(builder)) return;
    impliedHead(builder);
    current(builder).text(builder);
  },
  comment: (builder, position) => builder.insertComment(position, 0),
  doctype: ignoreDoctype,
  eof(builder) {
    impliedHead(builder);
    return false;
  },
});
