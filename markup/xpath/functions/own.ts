import { isRow, isText, rowOf } from "../nodes/node_set.ts";
import { NONE, type Run } from "../nodes/run.ts";
import { viewOf } from "../../store/node_view.ts";
import type { Element } from "../../tree/element.ts";
import type { XPathFunction } from "../options.ts";
import { valueIn, valueOut } from "../result.ts";
import type { FunctionDefinition } from "./definition.ts";

function elementOf(id: number, run: Run): Element | undefined {
  const row = isRow(id) ? id : isText(id) ? rowOf(id) : run.parentOf(id);
  return row === NONE || row < 0 || run.isDocument(row)
    ? undefined
    : viewOf(run.store, row) as Element;
}

/** A user's function as one for expressions. */
export function ownFunction(name: string, use: XPathFunction): FunctionDefinition {
  return {
    type: "any",
    least: 0,
    most: Infinity,
    impure: true,
    body: (args, node, position, size, run) => {
      const values = args.map((arg) =>
        valueOut(arg.evaluate(node, position, size, run), run, false)
      );
      run.spend(1);
      const { store } = run;
      const before = store.changes - store.undone;
      const result = use({ node: elementOf(node, run), position, size }, ...values);
      // The walk that asks would go on from nodes that are somewhere else now.
      if (store.changes - store.undone !== before) {
        throw new TypeError(`The function "${name}" may not change the tree that is searched`);
      }
      run.refresh();
      return valueIn(result, run, `The result of the function "${name}"`);
    },
  };
}
