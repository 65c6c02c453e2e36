/** Changes to a text, made all at once. */
import type { Span } from "./class_source.ts";

/** A part of a text, and what comes in its place. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** A text with changes made, and where its positions have gone. */
export class EditedText {
  readonly text: string;
  readonly #edits: readonly Edit[];

  /** Applies edits that do not overlap; what lies inside a larger one is dropped. */
  constructor(text: string, edits: readonly Edit[]) {
    const sorted = [...edits].sort((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1]);
    const kept: Edit[] = [];
    let out = "";
    let at = 0;
    for (const edit of sorted) {
      if (edit.span[0] < at) continue;
      out += text.slice(at, edit.span[0]) + edit.text;
      at = edit.span[1];
      kept.push(edit);
    }
    this.text = out + text.slice(at);
    this.#edits = kept;
  }

  /** Where a position outside the edited parts is now. At the start of an edit it stays before it. */
  moved(position: number): number {
    let shift = 0;
    for (const { span, text } of this.#edits) {
      if (span[1] > position || span[0] >= position) break;
      shift += text.length - (span[1] - span[0]);
    }
    return position + shift;
  }

  /** Where a span is now. */
  movedSpan([start, end]: Span): Span {
    return [this.moved(start), this.moved(end)];
  }
}
