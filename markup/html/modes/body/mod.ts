import { IN_BODY, IN_TEMPLATE } from "../../build/modes.ts";
import { appendComment, defineMode, ignoreDoctype, rulesOf } from "../../build/rules.ts";
import { endInBody } from "./end.ts";
import { startInBody } from "./start.ts";
import { textInBody } from "./text.ts";

defineMode(IN_BODY, {
  start: startInBody,
  end: endInBody,
  text: textInBody,
  comment: appendComment,
  doctype: ignoreDoctype,
  eof: (builder) => builder.templateModes.length === 0 || rulesOf(IN_TEMPLATE).eof(builder),
});
