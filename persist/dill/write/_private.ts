/** Private fields: of instances, and static ones of classes. Only the engine can see them. */
import { globalPath } from "../capture/globals.ts";
import type { Inspector } from "../capture/inspector.ts";
import { CaptureError } from "../errors.ts";
import { takeClassApart } from "../source/class_source.ts";
import { isClass, isNative, takeApart } from "../source/function_source.ts";
import { sourceText } from "../source/source_text.ts";
import type { FunctionItem, PrivateState } from "./_items.ts";
import { makerOf, type Walk } from "./_walk.ts";

const NO_PERMISSION = "a private field, which only --allow-sys lets anybody read";

export class PrivateMembers {
  readonly #walk: Walk;
  readonly #items: ReadonlyMap<object, FunctionItem>;
  readonly #inspector: () => Promise<Inspector | undefined>;

  constructor(
    walk: Walk,
    items: ReadonlyMap<object, FunctionItem>,
    inspector: () => Promise<Inspector | undefined>,
  ) {
    this.#walk = walk;
    this.#items = items;
    this.#inspector = inspector;
  }

  /** Reads the private static fields of the classes of a round. */
  async ofClasses(items: readonly FunctionItem[]): Promise<void> {
    const classes = items.filter(({ parts }) =>
      parts?.source.fields.some(({ isStatic, privateName }) =>
        isStatic && privateName !== undefined
      )
    );
    if (classes.length === 0) return;
    const inspector = await this.#inspector();
    const read = await inspector?.privateFields(classes.map(({ fn }) => fn));
    for (const [i, { fn, parts }] of classes.entries()) {
      if (read === undefined) {
        const name = parts!.source.fields.find((field) => field.isStatic && field.privateName)!;
        this.#walk.fail(fn, (path) => new CaptureError(path, name.privateName!, NO_PERMISSION));
        continue;
      }
      parts!.statics = read[i]!;
      for (const { name, value } of read[i]!) this.#walk.visit(value, fn, `.${name}`);
    }
  }

  /** Reads the private fields of the objects met that have some. All classes met so far have been looked at. */
  async ofInstances(): Promise<void> {
    const found: { readonly object: object; readonly classes: readonly FunctionItem[] }[] = [];
    for (const object of this.#walk.instances) {
      const classes = this.#classesOf(object);
      if (classes !== undefined && classes.length > 0) found.push({ object, classes });
    }
    this.#walk.instances.clear();
    if (found.length === 0) return;
    const needsFields = found.some(({ classes }) =>
      classes.some(({ parts }) => parts!.source.fields.some(isPrivateField))
    );
    const inspector = needsFields ? await this.#inspector() : undefined;
    const read = await inspector?.privateFields(found.map(({ object }) => object));
    for (const [i, { object, classes }] of found.entries()) {
      const available = [...read?.[i] ?? []];
      const fields: PrivateState["fields"][number][] = [];
      for (const { fn, parts } of classes) {
        parts!.revived = true;
        for (const { privateName } of parts!.source.fields.filter(isPrivateField)) {
          const at = available.findIndex(({ name }) => name === privateName);
          if (at === -1) {
            const reason = read === undefined
              ? NO_PERMISSION
              : "a private field of its class, which it does not have";
            this.#walk.fail(object, (path) => new CaptureError(path, privateName!, reason));
            continue;
          }
          // Those of the base class come first, as do the fields themselves.
          const [{ name, value }] = available.splice(at, 1) as [{ name: string; value: unknown }];
          fields.push({ of: fn, name, value });
          this.#walk.visit(value, object, `.${name}`);
        }
      }
      const special = this.#walk.specials.get(object);
      if (special !== undefined && "extras" in special && special.kind !== "prototype") {
        Object.assign(special, { private: { of: classes.at(-1)!.fn, fields } });
      }
    }
  }

  /**
   * The classes of an object, from the base to the last with private members; none if there is none such. `undefined` if it
   * cannot be dumped.
   */
  #classesOf(object: object): FunctionItem[] | undefined {
    const chain: object[] = [];
    let at = Object.getPrototypeOf(object) as object | null;
    for (; at !== null; at = Object.getPrototypeOf(at)) {
      const maker = makerOf(at);
      if (maker !== undefined) chain.unshift(maker);
    }
    const last = chain.findLastIndex((maker) => this.#hasPrivate(maker));
    if (last === -1) return [];
    const classes: FunctionItem[] = [];
    for (const maker of chain.slice(0, last + 1)) {
      const item = this.#items.get(maker);
      if (item?.parts !== undefined) classes.push(item);
      else if (globalPath(maker) === undefined) {
        const name = (maker as { readonly name?: unknown }).name;
        this.#walk.refuse(
          object,
          `its class ${name} is saved by name or is no class, so that private fields cannot be given to an instance of it; ` +
            "registerByValue() lets the class be dumped as code",
        );
        return undefined;
      }
    }
    return classes;
  }

  #hasPrivate(maker: object): boolean {
    const item = this.#items.get(maker);
    if (item !== undefined) return item.parts?.source.hasPrivate ?? false;
    if (globalPath(maker) !== undefined || !isClass(maker)) return false;
    const text = sourceText(maker);
    const source = isNative(text) ? undefined : takeApart(text, true);
    return source?.form === "class" && takeClassApart(source).hasPrivate;
  }
}

function isPrivateField(
  { isStatic, privateName }: {
    readonly isStatic: boolean;
    readonly privateName: string | undefined;
  },
): boolean {
  return !isStatic && privateName !== undefined;
}
