/**
 * The functions and classes that a walk meets: each is saved by name, as a part of its class, or as code with the variables
 * it captures. Those lead to further values, and so to further functions, round after round.
 */
import { isByValue, packageOf } from "../by_value.ts";
import type { Inspector } from "../capture/inspector.ts";
import { isGlobalName } from "../capture/globals.ts";
import { UndumpableError } from "../errors.ts";
import { takeClassApart } from "../source/class_source.ts";
import { type FunctionSource, isNative, lengthOf, takeApart } from "../source/function_source.ts";
import { sourceText } from "../source/source_text.ts";
import { loadParser } from "../source/parser.ts";
import type { Bindings } from "./_bindings.ts";
import { membersOf } from "./_class_members.ts";
import type { ClassItem, FunctionItem, Member, Property } from "./_items.ts";
import { LexicalCapture } from "./_lexical.ts";
import { PrivateMembers } from "./_private.ts";
import { isReplaced } from "./_replaced.ts";
import { integrityOf, NO_EXTRAS, prototypeOf, type Walk } from "./_walk.ts";

/** A function in a round, with what its text says. */
interface Candidate {
  readonly fn: object;
  readonly home: object | undefined;
  readonly source: FunctionSource;
}

/** Prototypes that functions have by their form. */
const PROTOTYPES = {
  plain: Function.prototype as object,
  async: Object.getPrototypeOf(async () => {}) as object,
  generator: Object.getPrototypeOf(function* () {}) as object,
  asyncGenerator: Object.getPrototypeOf(async function* () {}) as object,
};

export class Functions implements Disposable {
  readonly items: Map<object, FunctionItem> = new Map();
  readonly members: Map<object, Member> = new Map();
  readonly #walk: Walk;
  readonly #bindings: Bindings;
  readonly #root: unknown;
  readonly #lexical: LexicalCapture;
  readonly #private: PrivateMembers;
  readonly #sources: Map<string, FunctionSource | undefined> = new Map();
  #inspector: Inspector | null | undefined;

  constructor(walk: Walk, bindings: Bindings, root: unknown) {
    this.#walk = walk;
    this.#bindings = bindings;
    this.#root = root;
    const inspector = () => this.#connect(true);
    this.#lexical = new LexicalCapture(walk, bindings, inspector);
    this.#private = new PrivateMembers(walk, this.items, inspector);
  }

  /** Looks at all functions, and at what they lead to. */
  async complete(): Promise<void> {
    while (this.#walk.functions.size > 0 || this.#walk.instances.size > 0) {
      if (this.#walk.functions.size > 0) await this.#round();
      else await this.#private.ofInstances();
    }
    this.#lexical.findClasses(this.items);
    await this.#bindings.settle();
    for (const [fn, item] of this.items) {
      if (this.members.has(fn)) continue;
      if (item.problem !== undefined) this.#walk.fail(fn, item.problem);
    }
  }

  [Symbol.dispose](): void {
    this.#inspector?.[Symbol.dispose]();
  }

  /** The inspector; without the permission for it none. A mere wish does not ask the user for the permission. */
  async #connect(needed: boolean): Promise<Inspector | undefined> {
    if (this.#inspector === undefined) {
      if (!needed && Deno.permissions.querySync({ name: "sys" }).state !== "granted") {
        return undefined;
      }
      // Only now: programs that load dumps, or dump data, do not need it.
      const { Inspector } = await import("../capture/inspector.ts");
      try {
        this.#inspector = new Inspector();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotCapable)) throw error;
        this.#inspector = null;
      }
    }
    return this.#inspector ?? undefined;
  }

  async #round(): Promise<void> {
    await loadParser();
    const candidates: Candidate[] = [];
    const namespaces: object[] = [];
    for (const [fn, home] of this.#walk.functions) {
      if (typeof fn !== "function") {
        namespaces.push(fn);
        continue;
      }
      const text = sourceText(fn);
      if (isNative(text)) {
        await this.#walk.modules.loadBuiltins();
        this.#native(fn);
        continue;
      }
      const source = this.#takeApart(text, Object.hasOwn(fn, "prototype"));
      if (source === undefined) this.#walk.refuse(fn, "its syntax is not known to the parser");
      else if (source.isPrivate) {
        this.#walk.refuse(fn, "it is a private method; dump its class, or an object of that");
      } else candidates.push({ fn, home, source });
    }
    this.#walk.functions.clear();
    const items = await this.#select(candidates);
    for (const namespace of namespaces) await this.#namespace(namespace);
    // Classes first: what comes with them is not looked at by itself.
    for (const item of items) if (item.parts !== undefined) this.#class(item, item.parts);
    await this.#private.ofClasses(items);
    for (const item of items) {
      if (item.parts === undefined && !this.members.has(item.fn)) this.#plainFunction(item);
    }
    const relevant = items.filter(({ fn }) => !this.members.has(fn));
    for (const item of relevant) this.#bind(item);
    await this.#lexical.ofFunctions(relevant);
  }

  /** Closures that one function makes have one text. */
  #takeApart(text: string, constructible: boolean): FunctionSource | undefined {
    const key = `${constructible} ${text}`;
    if (!this.#sources.has(key)) this.#sources.set(key, takeApart(text, constructible));
    return this.#sources.get(key);
  }

  /** Of the functions of a round, those that are dumped as code. */
  async #select(candidates: readonly Candidate[]): Promise<FunctionItem[]> {
    const asking = candidates.filter(({ source }) => asksFor(source));
    const needed = asking.some(({ source }) =>
      [...source.free.keys()].some((name) => !isGlobalName(name) && !this.#bindings.isGiven(name))
    );
    const inspector = asking.length === 0 ? undefined : await this.#connect(needed);
    const facts = await inspector?.functions(asking.map(({ fn }) => fn)) ?? [];
    for (const { script, scopes } of facts) {
      if (isOfRuntime(script?.url)) await this.#walk.modules.loadBuiltins();
      const module = scopes.find(({ type }) => type === "Module");
      if (script !== undefined && module !== undefined) {
        this.#walk.modules.addScript(script, module.variables);
      }
    }
    const factsOf = new Map(facts.map((fact, i) => [asking[i]!.fn, fact]));
    const items: FunctionItem[] = [];
    for (const { fn, home, source } of candidates) {
      const known = factsOf.get(fn);
      if (this.#isSavedByName(fn, known?.script?.url)) continue;
      const item: FunctionItem = {
        fn,
        source,
        facts: known,
        // Where it is, it may have another text than the one it was loaded with.
        located: known?.script?.locate(
          known.line,
          known.column,
          Function.prototype.toString.call(fn),
        ),
        captured: new Map(),
        problem: undefined,
        home: source.usesSuper ? home : undefined,
        within: undefined,
        parts: source.form === "class"
          ? { source: takeClassApart(source), keys: new Map(), revived: false, statics: [] }
          : undefined,
      };
      this.items.set(fn, item);
      this.#walk.specials.set(fn, { kind: "function", item, extras: NO_EXTRAS });
      items.push(item);
    }
    return items;
  }

  /** Saves a function by name, or refuses it, where its code belongs to somebody else. */
  #isSavedByName(fn: object, url: string | undefined): boolean {
    const { modules, specials } = this.#walk;
    const found = modules.find(fn);
    // What is dumped itself is dumped as code, if it is the program's own.
    const own = fn === this.#root && found !== undefined && /^file:/.test(found.specifier) &&
      packageOf(found.specifier) === undefined;
    const reference = own ? undefined : found ??
      (isOfRuntime(url) ? modules.findBuiltin(fn) : undefined);
    if (reference !== undefined) {
      specials.set(fn, { kind: "module", reference });
      return true;
    }
    if (url === undefined || url === "") return false;
    if (isOfRuntime(url)) {
      this.#walk.refuse(fn, `it is a part of the runtime (${url}) without a name`);
      return true;
    }
    const name = packageOf(url);
    if (name === undefined || isByValue(url)) return false;
    this.#walk.refuse(
      fn,
      `it belongs to the package ${name}: import it by name in the module that uses it, name it in the option modules, ` +
        `or dump its code after registerByValue("npm:${name}")`,
    );
    return true;
  }

  async #namespace(namespace: object): Promise<void> {
    const { modules, specials } = this.#walk;
    await modules.loadBuiltins();
    const reference = modules.find(namespace) ?? modules.findBuiltinNamespace(namespace);
    if (reference !== undefined) specials.set(namespace, { kind: "module", reference });
    else this.#walk.refuse(namespace, "its module is not known; name it in the option modules");
  }

  #native(fn: object): void {
    const { name } = fn as { name: unknown };
    if (typeof name === "string" && /^bound /.test(name)) {
      return this.#walk.refuse(fn, "it is a bound function; dump a function that calls it instead");
    }
    const reference = this.#walk.modules.findBuiltin(fn);
    if (reference !== undefined) this.#walk.specials.set(fn, { kind: "module", reference });
    else this.#walk.refuse(fn, "it is native code without a name, and has no source text");
  }

  /** Walks over what a class has: heritage, static members, prototype. */
  #class(item: FunctionItem, parts: ClassItem): void {
    const cls = item.fn as { readonly prototype: object };
    const { heritage } = parts.source;
    const parent = Object.getPrototypeOf(cls) as { readonly prototype?: object };
    const inherits = heritage !== undefined && parent !== Function.prototype;
    if (inherits) this.#walk.visit(parent, cls, " {heritage}");
    const found = membersOf(cls, parts);
    for (const [fn, member] of found.members) this.members.set(fn, member);
    const properties: Property[] = [];
    this.#walk.specials.set(cls, {
      kind: "function",
      item,
      extras: {
        properties,
        deleted: found.deleted(true),
        prototype: inherits ? undefined : prototypeOf(cls, Function.prototype),
        integrity: integrityOf(cls),
      },
    });
    const skip = (key: string | symbol) =>
      key === "prototype" || isOwnName(cls, key) || found.comesWith(true, key) ||
      isOwnLength(cls, key, item.source);
    this.#walk.properties(cls, skip, properties);
    const expected = inherits
      ? parent.prototype ?? null
      : heritage === undefined
      ? Object.prototype
      : null;
    this.#walk.describePrototype(
      cls.prototype,
      cls,
      expected,
      (key) => found.comesWith(false, key),
      found.deleted(false),
    );
  }

  /** Walks over what a function has besides its code. */
  #plainFunction(item: FunctionItem): void {
    const { fn, source } = item;
    const { async: isAsync = false, generator = false } = source.node as {
      readonly async?: boolean;
      readonly generator?: boolean;
    };
    const form = generator ? isAsync ? "asyncGenerator" : "generator" : isAsync ? "async" : "plain";
    const properties: Property[] = [];
    const prototype = prototypeOf(fn, PROTOTYPES[form]);
    this.#walk.specials.set(fn, {
      kind: "function",
      item,
      extras: { properties, deleted: [], prototype, integrity: integrityOf(fn) },
    });
    if (prototype !== undefined) this.#walk.visit(prototype.value, fn, " {prototype}");
    const made: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
    const expected = generator ? PROTOTYPES[form] as { prototype?: object } : undefined;
    const isDefault = typeof made === "object" && made !== null &&
      (generator
        ? Object.getPrototypeOf(made) === expected!.prototype
        : Object.getOwnPropertyDescriptor(made, "constructor")?.value === fn);
    if (isDefault) {
      this.#walk.describePrototype(made, fn, generator ? expected!.prototype! : Object.prototype);
    }
    const skip = (key: string | symbol) =>
      isOwnLength(fn, key, source) || isOwnName(fn, key) || key === "prototype" && isDefault;
    this.#walk.properties(fn, skip, properties);
    if (item.home !== undefined) {
      this.#walk.visit(Object.getPrototypeOf(item.home), fn, " {super}");
    }
  }

  /** Finds the variables of a function. */
  #bind(item: FunctionItem): void {
    const { fn, source } = item;
    for (const [name, references] of source.free) {
      if (
        references.every(({ identifier }) => isReplaced(item, identifier.start - source.offset))
      ) {
        continue;
      }
      const bound = this.#bindings.bind(item, name);
      if (bound !== undefined) this.#walk.visit(bound.value, fn, ` <${name}>`);
    }
    const ownName = source.selfReferences[0]?.identifier.name;
    if (ownName !== undefined && item.located?.parent?.lookup(ownName)?.assigned) {
      const bound = this.#bindings.bind(item, ownName);
      if (bound !== undefined) this.#walk.visit(bound.value, fn, ` <${ownName}>`);
    }
    for (const { specifier } of source.imports) {
      if (/^\.{0,2}\//.test(specifier) && !item.facts?.script?.url) {
        item.problem ??= (path) =>
          new UndumpableError(
            path,
            `import("${specifier}") is relative to the module it was written in, which is not known without --allow-sys`,
          );
      }
    }
  }
}

/** Whether a script is a part of the runtime. */
function isOfRuntime(url: string | undefined): boolean {
  return url !== undefined && /^(?:ext|node):/.test(url);
}

/** Whether there is anything to ask the engine about a function. */
function asksFor(
  { form, text, free, lexical, imports, selfReferences }: FunctionSource,
): boolean {
  // Where a class with private names is tells which functions were written inside it.
  return form === "class" && text.includes("#") || free.size > 0 || lexical.length > 0 ||
    imports.length > 0 || selfReferences.length > 0;
}

/** Whether a property is the name that a function has by itself. */
function isOwnName(fn: object, key: string | symbol): boolean {
  if (key !== "name") return false;
  const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(fn, key)!;
  return typeof value === "string" && writable === false && enumerable === false &&
    configurable === true;
}

/** Whether a property is the length that a function has by its parameters. */
function isOwnLength(fn: object, key: string | symbol, { node }: FunctionSource): boolean {
  if (key !== "length") return false;
  const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(fn, key)!;
  return value === lengthOf(node) && writable === false && enumerable === false &&
    configurable === true;
}
