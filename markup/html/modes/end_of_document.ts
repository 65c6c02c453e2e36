import type { Builder } from "../build/builder.ts";
import {
  AFTER_AFTER_BODY,
  AFTER_AFTER_FRAMESET,
  AFTER_BODY,
  AFTER_FRAMESET,
  IN_BODY,
  IN_FRAMESET,
  IN_HEAD,
} from "../build/modes.ts";
import { appendComment, current, defineMode, ignoreDoctype, rulesOf } from "../build/rules.ts";
import { insertOnlySpace, isAllSpace } from "../build/space.ts";
import * as tag from "../names/tags.ts";

const end = { doctype: ignoreDoctype, eof: () => true };

/** Something comes behind the body: it goes into the body. */
function backToBody(builder: Builder): void {
  builder.mode = IN_BODY;
}

const behindBody = {
  ...end,
  start(builder: Builder) {
    if (builder.tag === tag.HTML) return rulesOf(IN_BODY).start(builder);
    backToBody(builder);
    current(builder).start(builder);
  },
  text(builder: Builder) {
    if (!isAllSpace(builder)) backToBody(builder);
    rulesOf(IN_BODY).text(builder);
  },
};

defineMode(AFTER_BODY, {
  ...behindBody,
  end(builder) {
    if (builder.tag === tag.HTML) {
      if (builder.context === -1) builder.mode = AFTER_AFTER_BODY;
      return;
    }
    backToBody(builder);
    current(builder).end(builder);
  },
  comment: (builder, position) => builder.insertComment(position, builder.open.nodes[0]!),
});

/** A comment behind everything. */
function commentOfDocument(builder: Builder, position: number): void {
  builder.insertComment(position, builder.store.document);
}

defineMode(AFTER_AFTER_BODY, {
  ...behindBody,
  end(builder) {
    backToBody(builder);
    current(builder).end(builder);
  },
  comment: commentOfDocument,
});

const noframes = {
  ...end,
  text: insertOnlySpace,
};

defineMode(IN_FRAMESET, {
  ...noframes,
  start(builder) {
    switch (builder.tag) {
      case tag.HTML:
        return rulesOf(IN_BODY).start(builder);
      case tag.FRAMESET:
        builder.insertHtml();
        return;
      case tag.FRAME:
        return builder.insertVoid();
      case tag.NOFRAMES:
        return rulesOf(IN_HEAD).start(builder);
    }
  },
  end(builder) {
    const { open } = builder;
    if (builder.tag !== tag.FRAMESET || open.top === 0) return;
    builder.pop();
    if (builder.context === -1 && open.tag !== tag.FRAMESET) builder.mode = AFTER_FRAMESET;
  },
  comment: appendComment,
});

defineMode(AFTER_FRAMESET, {
  ...noframes,
  start(builder) {
    if (builder.tag === tag.HTML) rulesOf(IN_BODY).start(builder);
    else if (builder.tag === tag.NOFRAMES) rulesOf(IN_HEAD).start(builder);
  },
  end(builder) {
    if (builder.tag === tag.HTML) builder.mode = AFTER_AFTER_FRAMESET;
  },
  comment: appendComment,
});

defineMode(AFTER_AFTER_FRAMESET, {
  ...noframes,
  start(builder) {
    if (builder.tag === tag.HTML) rulesOf(IN_BODY).start(builder);
    else if (builder.tag === tag.NOFRAMES) rulesOf(IN_HEAD).start(builder);
  },
  end() {},
  text(builder) {
    if (isAllSpace(builder)) rulesOf(IN_BODY).text(builder);
    else {
      insertOnlySpace(builder);
    }
  },
  comment: commentOfDocument,
});
