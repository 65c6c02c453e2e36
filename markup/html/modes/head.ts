import type { Builder } from "../build/builder.ts";
import {
  AFTER_HEAD,
  IN_BODY,
  IN_FRAMESET,
  IN_HEAD,
  IN_HEAD_NOSCRIPT,
  IN_TEMPLATE,
} from "../build/modes.ts";
import { changeEncoding } from "../build/meta_encoding.ts";
import { insertRawText } from "../build/raw_text.ts";
import { resetMode } from "../build/reset_mode.ts";
import { appendComment, current, defineMode, ignoreDoctype, rulesOf } from "../build/rules.ts";
import { insertLeadingSpace } from "../build/space.ts";
import * as tag from "../names/tags.ts";

/** Closes the head. */
function leaveHead(builder: Builder): void {
  builder.pop();
  builder.mode = AFTER_HEAD;
}

/** Opens a template. */
function startTemplate(builder: Builder): void {
  builder.insertHtml();
  builder.formatting.mark();
  builder.framesetOk = false;
  builder.mode = IN_TEMPLATE;
  builder.templateModes.push(IN_TEMPLATE);
}

/** Closes the uppermost template, if there is one. */
function endTemplate(builder: Builder): void {
  if (builder.open.templates === 0) return;
  builder.allImpliedEndTags();
  builder.popUntil(tag.TEMPLATE);
  builder.formatting.clearToMarker();
  builder.templateModes.pop();
  resetMode(builder);
}

defineMode(IN_HEAD, {
  start(builder) {
    switch (builder.tag) {
      case tag.HTML:
        return rulesOf(IN_BODY).start(builder);
      case tag.BASE:
      case tag.BASEFONT:
      case tag.BGSOUND:
      case tag.LINK:
        return builder.insertVoid();
      case tag.META:
        builder.insertVoid();
        if (builder.guessed) changeEncoding(builder);
        return;
      case tag.TITLE:
        return insertRawText(builder, true);
      case tag.NOSCRIPT:
        if (builder.scripting) return insertRawText(builder, false);
        builder.insertHtml();
        builder.mode = IN_HEAD_NOSCRIPT;
        return;
      case tag.NOFRAMES:
      case tag.STYLE:
      case tag.SCRIPT:
        return insertRawText(builder, false);
      case tag.TEMPLATE:
        return startTemplate(builder);
      case tag.HEAD:
        return;
    }
    leaveHead(builder);
    current(builder).start(builder);
  },
  end(builder) {
    switch (builder.tag) {
      case tag.HEAD:
        return leaveHead(builder);
      case tag.TEMPLATE:
        return endTemplate(builder);
      case tag.BODY:
      case tag.HTML:
      case tag.BR:
        leaveHead(builder);
        current(builder).end(builder);
    }
  },
  text(builder) {
    if (!insertLeadingSpace(builder)) return;
    leaveHead(builder);
    current(builder).text(builder);
  },
  comment: appendComment,
  doctype: ignoreDoctype,
  eof(builder) {
    leaveHead(builder);
    return false;
  },
});

function leaveNoscript(builder: Builder): void {
  builder.pop();
  builder.mode = IN_HEAD;
}

defineMode(IN_HEAD_NOSCRIPT, {
  start(builder) {
    switch (builder.tag) {
      case tag.HTML:
        return rulesOf(IN_BODY).start(builder);
      case tag.BASEFONT:
      case tag.BGSOUND:
      case tag.LINK:
      case tag.META:
      case tag.NOFRAMES:
      case tag.STYLE:
        return rulesOf(IN_HEAD).start(builder);
      case tag.HEAD:
      case tag.NOSCRIPT:
        return;
    }
    leaveNoscript(builder);
    current(builder).start(builder);
  },
  end(builder) {
    if (builder.tag === tag.NOSCRIPT) leaveNoscript(builder);
    else if (builder.tag === tag.BR) {
      leaveNoscript(builder);
      current(builder).end(builder);
    }
  },
  text(builder) {
    if (!insertLeadingSpace(builder)) return;
    leaveNoscript(builder);
    current(builder).text(builder);
  },
  comment: appendComment,
  doctype: ignoreDoctype,
  eof(builder) {
    leaveNoscript(builder);
    return false;
  },
});

/** Opens the body that no tag stands for. */
function impliedBody(builder: Builder): void {
  builder.insertImplied(tag.BODY);
  builder.mode = IN_BODY;
}

defineMode(AFTER_HEAD, {
  start(builder) {
    switch (builder.tag) {
      case tag.HTML:
        return rulesOf(IN_BODY).start(builder);
      case tag.BODY:
        builder.insertHtml();
        builder.framesetOk = false;
        builder.mode = IN_BODY;
        return;
      case tag.FRAMESET:
        builder.insertHtml();
        builder.mode = IN_FRAMESET;
        return;
      case tag.BASE:
      case tag.BASEFONT:
      case tag.BGSOUND:
      case tag.LINK:
      case tag.META:
      case tag.NOFRAMES:
      case tag.SCRIPT:
      case tag.STYLE:
      case tag.TEMPLATE:
      case tag.TITLE:
        return inHeadAgain(builder);
      case tag.HEAD:
        return;
    }
    impliedBody(builder);
    current(builder).start(builder);
  },
  end(builder) {
    switch (builder.tag) {
      case tag.TEMPLATE:
        return endTemplate(builder);
      case tag.BODY:
      case tag.HTML:
      case tag.BR:
        impliedBody(builder);
        current(builder).end(builder);
    }
  },
  text(builder) {
    if (!insertLeadingSpace(builder)) return;
    impliedBody(builder);
    current(builder).text(builder);
  },
  comment: appendComment,
  doctype: ignoreDoctype,
  eof(builder) {
    impliedBody(builder);
    return false;
  },
});

/** What belongs into the head comes behind it: the head is open again for this one tag. */
function inHeadAgain(builder: Builder): void {
  const { open, head } = builder;
  open.push(head, tag.HEAD, builder.store.name(head));
  rulesOf(IN_HEAD).start(builder);
  const at = open.indexOf(head);
  if (at !== -1) open.removeAt(at);
}
