/** Reads the small path language of `find`, `findAll`, `findText` and `iterFind`: ElementTree's subset of XPath. */

/** One step of a path. */
export type Step =
  | { readonly op: "child" | "descendant"; readonly tag: string }
  | { readonly op: "self" | "parent" }
  | { readonly op: "has-attribute"; readonly name: string }
  | {
    readonly op: "attribute";
    readonly name: string;
    readonly value: string;
    readonly not: boolean;
  }
  | { readonly op: "has-child"; readonly tag: string }
  /** Compares the text in the node itself (`.`) or in a child. */
  | { readonly op: "text"; readonly tag: string; readonly value: string; readonly not: boolean }
  /** From 0; from the end if negative: -1 is the last. */
  | { readonly op: "position"; readonly index: number };

interface Token {
  /** A sign, or a string in quotes; "" for a name. */
  readonly sign: string;
  readonly name: string;
}

const TOKEN =
  /('[^']*'|"[^"]*"|::|\/\/?|\.\.|\(\)|!=|[/.*:[\]()@=])|((?:\{[^}]+\})?[^/[\]()@!=\s]+)|\s+/gy;
const INTEGER = /^-?\d+$/;

/** An error that shows the path. */
function wrong(path: string, why: string): SyntaxError {
  return new SyntaxError(`The path ${JSON.stringify(path)} ${why}`);
}

function* tokensOf(
  path: string,
  namespaces: Readonly<Record<string, string>>,
): Generator<Token, undefined> {
  const pattern = new RegExp(TOKEN);
  let attribute = false;
  for (let end = 0; end < path.length; end = pattern.lastIndex) {
    pattern.lastIndex = end;
    const match = pattern.exec(path);
    if (match === null) throw wrong(path, `has a sign that no step begins with at ${end}`);
    const [, sign = "", name] = match;
    if (name !== undefined && !name.startsWith("{")) {
      const colon = name.indexOf(":");
      const prefix = colon === -1 ? "" : name.slice(0, colon);
      const uri = Object.hasOwn(namespaces, prefix) ? namespaces[prefix]! : undefined;
      if (colon !== -1 && uri === undefined) {
        throw wrong(path, `has the prefix "${prefix}", which the namespaces do not define`);
      }
      const local = name.slice(colon + 1);
      const plain = uri === undefined || uri === "" || (colon === -1 && attribute);
      yield { sign: "", name: plain ? local : `{${uri}}${local}` };
    } else if (name !== undefined || sign !== "") yield { sign, name: name ?? "" };
    attribute = sign === "@";
  }
}

/** The step of a predicate; the tokens between the brackets were read. */
function predicate(path: string, tokens: readonly Token[]): Step {
  const shape = tokens.map(({ sign }) => sign === "" ? "-" : /^['"]/.test(sign) ? "'" : sign).join(
    "",
  );
  const at = (index: number) => tokens[index]!;
  const text = (index: number) => at(index).sign.slice(1, -1);
  const number = INTEGER.test(tokens[0]?.name ?? "");
  if (shape === "@-") return { op: "has-attribute", name: at(1).name };
  if (shape === "@-='" || shape === "@-!='") {
    return { op: "attribute", name: at(1).name, value: text(3), not: shape.includes("!") };
  }
  if (shape === "-" && !number) return { op: "has-child", tag: at(0).name };
  if (shape === ".='" || shape === ".!='" || ((shape === "-='" || shape === "-!='") && !number)) {
    const tag = shape.startsWith(".") ? "." : at(0).name;
    return { op: "text", tag, value: text(2), not: shape.includes("!") };
  }
  if (shape === "-") {
    const index = Number(at(0).name) - 1;
    if (index < 0) throw wrong(path, "has a position below 1");
    return { op: "position", index };
  }
  if (shape === "-()" || shape === "-()-") {
    if (at(0).name !== "last") throw wrong(path, `calls "${at(0).name}", only last() is known`);
    if (shape === "-()") return { op: "position", index: -1 };
    const offset = Number(at(2).name);
    if (!INTEGER.test(at(2).name) || offset >= 0) {
      throw wrong(path, "subtracts no number from last()");
    }
    return { op: "position", index: offset - 1 };
  }
  throw wrong(path, "has a predicate that find() does not know: XPath does");
}

/**
 * Reads a path.
 *
 * @param path As in `a/b[@c='d']//e[2]`.
 * @param namespaces What prefixes in it stand for.
 * @throws {SyntaxError} If it is none.
 */
export function parsePath(path: string, namespaces: Readonly<Record<string, string>>): Step[] {
  if (path.startsWith("/")) throw wrong(path, "is absolute: begin with . or a name");
  const tokens = [...tokensOf(path.endsWith("/") ? `${path}*` : path, namespaces)];
  const steps: Step[] = [];
  for (let i = 0; i < tokens.length; i++) {
    // A slash between two steps; a second one would be a step that is missing.
    if (tokens[i]!.sign === "/" && steps.length > 0) i++;
    const token = tokens[i];
    switch (token?.sign) {
      case "":
        steps.push({ op: "child", tag: token.name });
        break;
      case "*":
        steps.push({ op: "child", tag: "*" });
        break;
      case ".":
        steps.push({ op: "self" });
        break;
      case "..":
        steps.push({ op: "parent" });
        break;
      case "//": {
        const next = tokens[++i];
        if (next === undefined || (next.sign !== "" && next.sign !== "*")) {
          throw wrong(path, "needs a name or * behind //");
        }
        steps.push({ op: "descendant", tag: next.sign === "*" ? "*" : next.name });
        break;
      }
      case "[": {
        const close = tokens.findIndex((token, index) => index > i && token.sign === "]");
        if (close === -1) throw wrong(path, "has a [ without a ]");
        steps.push(predicate(path, tokens.slice(i + 1, close)));
        i = close;
        break;
      }
      default:
        throw wrong(path, "lacks a step");
    }
  }
  if (steps.length === 0) throw wrong(path, "has no step");
  return steps;
}
