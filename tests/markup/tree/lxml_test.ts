import { assertEquals } from "@std/assert";
import { Comment, Element, ProcessingInstruction, subElement } from "@ferry/std/markup";
import { Random, seedFor } from "../../_support/random.ts";
import { noLxml, runLxml } from "../lxml.ts";

type Op = [string, ...unknown[]];

// One namespace: with two, deep copies by libxml2 may come out in the wrong one.
const TAGS = ["a", "b", "c", "{u}a", "{u}b"];
const NAMES = ["x", "y", "{u}x"];
const TEXTS = ["", "one", "two", "é€😀", "<&>\"'", " "];
const PATHS = [
  ..."* a b .//a .//* a/b a//b . .. */.. a/.. ./a .//a/.. {u}a {*}a {u}* .//{*}a p:a .//p:b".split(
    " ",
  ),
  ..."a[@x] a[@x='one'] a[b] a[b='one'] .//*[.='one']"
    .split(" "),
  ..."a[1] *[2] a[last()] a[last()-1] .//a[1] .//*[2] a[@x][1] a[1][@x] .//a[1]/b[2] a/ .//p:a[@p:x] .//"
    .split(" "),
];
const WRONG = [
  "/a",
  "a[0]",
  "a[",
  "q:a",
  "a[position()=1]",
  "//",
  "a[@x='one' or @y]",
  "",
  "a[first()]",
];

function dump(element: Element): unknown {
  return [
    element.tag,
    [...element.attrib].sort(([a], [b]) => a < b ? -1 : 1),
    element.text ?? null,
    [...element].map(dump),
    element.tail ?? null,
  ];
}

/** Does what replay.py does. */
class Player {
  readonly elements: Element[] = [];

  run(op: Op): unknown {
    try {
      return this.#run(...op);
    } catch (error) {
      if (error instanceof TypeError) return { error: "TypeError" };
      if (error instanceof RangeError) return { error: "ValueError" };
      if (error instanceof SyntaxError) return { error: "SyntaxError" };
      throw error;
    }
  }

  // deno-lint-ignore no-explicit-any
  #run(name: string, ...args: any[]): unknown {
    const { elements } = this;
    const made = (element: Element) => dump(elements[elements.push(element) - 1]!);
    if (name === "new") return made(new Element(args[0]));
    if (name === "comment") return made(new Comment(args[0]));
    if (name === "pi") return made(new ProcessingInstruction(args[0], args[1]));
    const one = elements[args[0]]!;
    const two = elements[args[1]]!;
    const index = (element: Element | undefined) =>
      element === undefined ? -1 : elements.indexOf(element);
    const listed = (found: Iterable<Element>) => [...found].map(index);
    switch (name) {
      case "sub":
        elements.push(subElement(one, args[1]));
        break;
      case "text":
      case "tail":
        one[name] = args[1] ?? undefined;
        break;
      case "tag":
        one.tag = args[1];
        break;
      case "set":
        one.set(args[1], args[2]);
        break;
      case "delete":
        one.attrib.delete(args[1]);
        break;
      case "append":
      case "remove":
      case "addNext":
      case "addPrevious":
        one[name](two);
        break;
      case "insert":
        one.insert(args[2], two);
        break;
      case "replace":
        one.replace(two, elements[args[2]]!);
        break;
      case "clear":
        one.clear({ keepTail: args[1] });
        break;
      case "copy":
        return dump(one.copy());
      case "index":
        return one.index(two);
      case "find":
        return listed(one.iterFind(args[1], { namespaces: args[2] }));
      case "iter":
        return listed(one.iter(...args[1]));
      case "walk":
        return [
          listed(one.iterDescendants()),
          listed(one.iterAncestors()),
          listed(one.iterSiblings()),
          listed(one.iterSiblings({ preceding: true })),
          listed(one.iterChildren()),
          index(one.getNext()),
          index(one.getPrevious()),
          index(one.getParent()),
          one.length,
        ];
      case "texts":
        if (one.tag.startsWith("#")) return [];
        return [...one.iterText({ tags: args[1], withTail: args[2] })];
    }
    let top = one;
    for (let up = top.getParent(); up !== undefined; up = top.getParent()) top = up;
    return dump(top);
  }
}

/** A next operation that makes sense here; what lxml has surprises of its own for is left out. */
function choose(random: Random, player: Player): Op {
  const count = player.elements.length;
  const any = () => random.below(count);
  const element = () => {
    for (let left = 50; left > 0; left--) {
      const index = any();
      if (!player.elements[index]!.tag.startsWith("#")) return index;
    }
    return 0;
  };
  const text = () => random.below(8) === 0 ? null : random.pick(TEXTS);
  const kind = random.below(27);
  if (kind < 2) return ["new", random.pick(TAGS)];
  if (kind === 2) return ["comment", "c"];
  if (kind === 3) return ["pi", "target", "pi"];
  if (kind < 7) return ["sub", element(), random.pick(TAGS)];
  if (kind === 7) return ["text", element(), text()];
  if (kind < 10) return ["tail", any(), text()];
  if (kind === 10) return ["tag", element(), random.pick(TAGS)];
  if (kind === 11) return ["set", element(), random.pick(NAMES), random.pick(TEXTS)];
  if (kind === 12) return ["delete", element(), random.pick(NAMES)];
  if (kind < 15) return ["append", any(), any()];
  if (kind === 15 || kind === 17) {
    const [parent, node] = [element(), any()];
    const one = player.elements[parent]!;
    // lxml makes a circle of a node that is inserted below itself.
    if (
      one === player.elements[node] || [...one.iterAncestors()].includes(player.elements[node]!)
    ) {
      return ["walk", node];
    }
    if (kind === 17) return ["replace", parent, any(), node];
    return ["insert", parent, node, random.below(2 * one.length + 2) - one.length];
  }
  if (kind === 16) return ["remove", element(), any()];
  if (kind < 20) {
    const anchor = any();
    if (player.elements[anchor]!.getParent() === undefined) return ["walk", anchor];
    return [random.pick(["addNext", "addPrevious"]), anchor, any()];
  }
  if (kind === 20 && random.below(3) === 0) return ["clear", element(), random.below(2) === 0];
  if (kind === 21) return ["copy", any()];
  if (kind === 22) return ["index", element(), any()];
  if (kind === 23) return ["find", element(), random.pick(PATHS), { p: "u" }];
  if (kind === 24) {
    return [
      "iter",
      element(),
      [[], ["*"], ["a"], ["{u}a", "b"], ["{*}a"], ["{u}*"]][random.below(6)],
    ];
  }
  if (kind === 25) {
    return ["texts", any(), random.pick([[], ["a"], ["b", "{u}a"], ["*"]]), random.below(2) === 0];
  }
  return ["walk", any()];
}

Deno.test({
  name: "Element: random operations do what they do in lxml",
  ignore: noLxml,
  fn: async () => {
    const random = new Random(seedFor("Element"));
    const rounds = Deno.env.get("FERRY_STRESS") ? 30 : 4;
    for (let round = 0; round < rounds; round++) {
      const player = new Player();
      const ops: Op[] = [["new", "a"], ["new", "b"], ["sub", 0, "a"]];
      const ours = ops.map((op) => player.run(op));
      while (ops.length < 800) {
        const op = choose(random, player);
        ops.push(op);
        ours.push(player.run(op));
      }
      const theirs = await runLxml<unknown[]>(new URL("replay.py", import.meta.url), ops);
      ours.forEach((result, index) => {
        const expected = theirs[index];
        if (JSON.stringify(result) !== JSON.stringify(expected)) {
          assertEquals(result, expected, JSON.stringify(ops[index]));
        }
      });
    }
  },
});

Deno.test({
  name: "Element.find() takes and refuses the paths that lxml does",
  ignore: noLxml,
  fn: async () => {
    const player = new Player();
    const ops: Op[] = [["new", "a"], ["sub", 0, "a"], ["sub", 0, "b"], ["sub", 1, "b"]];
    for (const path of [...PATHS, ...WRONG]) ops.push(["find", 0, path, { p: "u" }]);
    const theirs = await runLxml<unknown[]>(new URL("replay.py", import.meta.url), ops);
    assertEquals(ops.map((op) => player.run(op)), theirs);
  },
});
