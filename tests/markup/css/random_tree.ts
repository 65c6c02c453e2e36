import type { Random } from "../../_support/random.ts";

/** XML of a few names and classes: deep, wide, or both. */
export function randomTree(random: Random, nodes: number, deeper: number): string {
  const open: string[] = ["r"];
  let text = "<r>";
  for (let made = 0; made < nodes; made++) {
    while (open.length > 1 && (open.length > 300 || random.below(100) >= deeper)) {
      text += `</${open.pop()}>`;
    }
    const name = random.pick(["a", "b", "c"]);
    const id = random.below(4) === 0 ? ` class="${random.pick(["x", "y", "x y"])}"` : "";
    text += `<${name}${id}>${random.below(6) === 0 ? "word" : ""}`;
    open.push(name);
  }
  return text + open.reverse().map((name) => `</${name}>`).join("");
}
