import { reconstruct } from "../../build/adoption.ts";
import type { Builder } from "../../build/builder.ts";
import { isAllSpace } from "../../build/space.ts";

/** Text in the body. */
export function textInBody(builder: Builder): void {
  if (builder.nul) {
    builder.replaceNuls("");
    if (builder.to === 0) return;
  }
  if (builder.formatting.entries.length > 0) reconstruct(builder);
  builder.insertText();
  if (builder.framesetOk && !isAllSpace(builder)) builder.framesetOk = false;
}
