// Every axis from every kind of node, against a model that knows nothing but definitions; also in trees that were changed.
import { assertEquals } from "@std/assert";
import { Comment, Element, ElementTree, ProcessingInstruction } from "@ferry/std/markup";
import { parse } from "@ferry/std/markup/xml";
import { XPath, type XPathNode, XPathText } from "@ferry/std/markup/xpath";
import { Random, seedFor } from "../../_support/random.ts";
import { madeXml } from "./documents.ts";

/** A node of the model. */
interface Node {
  readonly name: string;
  readonly kind: "document" | "element" | "aside" | "text" | "attribute";
  readonly parent: Node | undefined;
  readonly children: Node[];
  readonly attributes: Node[];
}

class Model {
  /** All nodes in document order. */
  readonly nodes: Node[] = [];
  readonly #numbers = new Map<Element, number>();

  constructor(top: readonly Element[]) {
    const document = this.#add("document", "document", undefined);
    for (const element of top) this.#element(element, document, false);
  }

  #add(kind: Node["kind"], name: string, parent: Node | undefined): Node {
    const node: Node = { name, kind, parent, children: [], attributes: [] };
    this.nodes.push(node);
    if (kind === "attribute") parent?.attributes.push(node);
    else parent?.children.push(node);
    return node;
  }

  #element(element: Element, parent: Node, tails: boolean): void {
    const number = this.#numbers.size;
    this.#numbers.set(element, number);
    const aside = element.tag.startsWith("#");
    const node = this.#add(aside ? "aside" : "element", `e${number}`, parent);
    if (!aside) {
      for (const [name] of element.attrib) this.#add("attribute", `a${number} ${name}`, node);
      if (element.text) this.#add("text", `t${number}`, node);
      for (const child of element) this.#element(child, node, true);
    }
    if (tails && element.tail) this.#add("text", `x${number}`, parent);
  }

  nameOf(node: XPathNode): string {
    if (node instanceof Element) return `e${this.#numbers.get(node)}`;
    if (!(node instanceof XPathText)) return "?";
    const number = this.#numbers.get(node.parent!);
    if (node.isAttribute) return `a${number} ${node.attributeName}`;
    return `${node.isTail ? "x" : "t"}${number}`;
  }

  /** The nodes on an axis of a node, in document order. */
  axis(name: string, node: Node): Node[] {
    const ancestors: Node[] = [];
    for (let up = node.parent; up !== undefined; up = up.parent) ancestors.push(up);
    const inside = (top: Node): Node[] => top.children.flatMap((one) => [one, ...inside(one)]);
    // Of attributes, all behind or before their elements.
    const bearer = node.kind === "attribute" ? node.parent! : node;
    const at = this.nodes.indexOf(bearer);
    const related = new Set([bearer, ...ancestors, ...inside(bearer)]);
    const others = this.nodes.filter((one) => one.kind !== "attribute" && !related.has(one));
    const siblings = node.kind === "attribute" ? [] : node.parent?.children ?? [];
    const among = siblings.indexOf(node);
    switch (name) {
      case "ancestor":
        return ancestors.reverse();
      case "ancestor-or-self":
        return [...ancestors.reverse(), node];
      case "attribute":
        return node.attributes;
      case "child":
        return node.children;
      case "descendant":
        return inside(node);
      case "descendant-or-self":
        return [node, ...inside(node)];
      case "following":
        return others.filter((one) => this.nodes.indexOf(one) > at);
      case "following-sibling":
        return among === -1 ? [] : siblings.slice(among + 1);
      case "parent":
        return node.parent === undefined ? [] : [node.parent];
      case "preceding":
        return others.filter((one) => this.nodes.indexOf(one) < at);
      case "preceding-sibling":
        return siblings.slice(0, Math.max(0, among));
    }
    return [node];
  }
}

const AXES =
  "ancestor ancestor-or-self attribute child descendant descendant-or-self following following-sibling parent preceding preceding-sibling self"
    .split(" ");
const REVERSE = new Set(["ancestor", "ancestor-or-self", "preceding", "preceding-sibling"]);
const TESTS: Readonly<Record<string, (node: Node) => boolean>> = {
  "node()": () => true,
  "*": ({ kind }) => kind === "element",
  "text()": ({ kind }) => kind === "text",
};

function visible(nodes: readonly Node[]): string[] {
  return nodes.filter(({ kind }) => kind !== "document").map(({ name }) => name);
}

function check(start: Element, model: Model, message: string): void {
  const all = "//node() | //@* | /";
  const evaluate = (expression: string) =>
    (new XPath(expression).evaluate(start, { smartStrings: true }) as XPathNode[]).map((node) =>
      model.nameOf(node)
    );
  assertEquals(evaluate(all), visible(model.nodes), message);
  for (const axis of AXES) {
    for (const [test, passes] of Object.entries(TESTS)) {
      // On its own axis, * is any attribute.
      const taken = axis === "attribute" && test === "*" ? () => true : passes;
      const lists = model.nodes.map((node) => model.axis(axis, node).filter(taken));
      const what = `${message} ${axis}::${test}`;
      model.nodes.forEach((_, index) =>
        assertEquals(
          evaluate(`(${all})[${index + 1}]/${axis}::${test}`),
          visible(lists[index]!),
          `${what} from ${index}`,
        )
      );
      const expected = new Set(lists.flat());
      const ordered = model.nodes.filter((node) => expected.has(node));
      assertEquals(evaluate(`(${all})/${axis}::${test}`), visible(ordered), what);
      for (const position of [1, 2, "last()"] as const) {
        const picked = new Set(lists.map((list) => {
          const along = REVERSE.has(axis) ? list.toReversed() : list;
          return position === "last()" ? along.at(-1) : along[position - 1];
        }));
        assertEquals(
          evaluate(`(${all})/${axis}::${test}[${position}]`),
          visible(model.nodes.filter((node) => picked.has(node))),
          `${what}[${position}]`,
        );
      }
      const counted = `(${all})[count(${axis}::${test}) = 2]`;
      assertEquals(
        evaluate(counted),
        visible(model.nodes.filter((_, index) => lists[index]!.length === 2)),
        counted,
      );
    }
  }
}

function shuffle(root: Element, random: Random): void {
  for (let moves = 12; moves > 0; moves--) {
    const all = [...root.iter()];
    const [node, target] = [random.pick(all), random.pick(all)];
    if (node === root || [node, ...target.iterAncestors()].includes(node) && target === node) {
      continue;
    }
    if ([target, ...target.iterAncestors()].includes(node)) continue;
    if (target.tag.startsWith("#")) continue;
    target.insert(random.below(target.length + 1), node);
    if (random.below(3) === 0) target.append(new Comment("new"), new ProcessingInstruction("new"));
    if (random.below(4) === 0) target.insert(0, new Element("new", { text: "x" }));
  }
}

Deno.test("XPath: every axis from every kind of node, as the definitions say", () => {
  const random = new Random(seedFor("axes"));
  const rounds = Deno.env.get("FERRY_STRESS") ? 40 : 3;
  for (let round = 0; round < rounds; round++) {
    const root = parse(madeXml(random, 6 + random.below(8)).source);
    check(root, new Model([...ElementTree.of(root)]), `round ${round}`);
    shuffle(root, random);
    check(root, new Model([...ElementTree.of(root)]), `round ${round}, changed`);
    const part = random.pick([...root.iter("*")]);
    const copy = part.copy();
    check(copy, new Model([copy]), `round ${round}, outside of a document`);
  }
});
