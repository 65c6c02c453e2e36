import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { dumps, loads, UndumpableError } from "@ferry/std/persist/dill";
import { copy } from "./_copy.ts";

const TAG = Symbol("tag");
const constructed: string[] = [];

class Account {
  static opened = 0;
  static #log: string[] = [];
  static readonly bank = "ferry";
  static {
    Account.#log.push("static block");
  }
  #balance = 0;
  owner: string;
  history: number[] = [];
  constructor(owner: string) {
    constructed.push(owner);
    Account.opened++;
    Account.#log.push(owner);
    this.owner = owner;
  }
  deposit(n: number) {
    this.#check(n);
    this.#balance += n;
    this.history.push(n);
    return this;
  }
  #check(n: number) {
    if (!(n > 0)) throw new RangeError(`${n} is no deposit`);
  }
  get balance() {
    return this.#balance;
  }
  set balance(n: number) {
    this.#balance = n;
  }
  static log() {
    return [...Account.#log];
  }
  static isAccount(value: object) {
    return #balance in value;
  }
  onDeposit = (n: number) => this.#balance + n;
  [TAG]() {
    return "tagged";
  }
  ["computed" + 1]() {
    return 1;
  }
  *[Symbol.iterator]() {
    yield* this.history;
  }
}

class Savings extends Account {
  #rate = 0.1;
  constructor(owner: string, { rate = 0.1 } = {}) {
    super(owner);
    this.#rate = rate;
  }
  get interest() {
    return this.balance * this.#rate;
  }
  override deposit(n: number) {
    return super.deposit(n + 1);
  }
  static override log() {
    return ["savings", ...super.log()];
  }
}

Deno.test("a class comes back with its static members, methods and accessors", async () => {
  Account.opened = 7;
  const log = Account.log();
  const Copy = await copy(Account);
  assert(Copy !== Account);
  assertEquals(Copy.name, "Account");
  assertEquals(Copy.opened, 7);
  assertEquals(Copy.bank, "ferry");
  assertEquals(Copy.log(), log, "static blocks and initialisers do not run again");
  const made = new Copy("ann").deposit(5);
  assertEquals([made.balance, Copy.opened, [...made]], [5, 8, [5]]);
  assertThrows(() => made.deposit(-1), RangeError);
  assertEquals(Account.opened, 7);
  // The constructor wrote into the copy's own variable.
  assertEquals(constructed.includes("ann"), false);
});

Deno.test("instances come back with private fields, and no constructor or initialiser runs", async () => {
  const account = new Savings("bob", { rate: 0.5 }).deposit(9) as Savings;
  const before = constructed.length;
  const back = await copy({ account, Savings, Account, constructed, TAG });
  assertEquals(back.constructed.length, before);
  assert(back.account instanceof back.Savings);
  assert(back.account instanceof back.Account);
  assert(back.Account.isAccount(back.account));
  assertEquals(back.Account.isAccount(account as object), false);
  assertEquals([back.account.balance, back.account.interest, back.account.history], [10, 5, [10]]);
  back.account.deposit(1);
  assertEquals([back.account.balance, account.balance], [12, 10]);
  assertEquals(back.account.onDeposit(1), 13, "an arrow function in a field sees #balance");
  assertEquals(back.account[back.TAG as typeof TAG](), "tagged");
  assertEquals(back.Savings.log()[0], "savings");
  const made = new back.Savings("eve", { rate: 1 });
  assertEquals([made.deposit(1).balance, made.interest], [2, 2]);
  assertEquals(back.constructed.at(-1), "eve");
});

Deno.test("subclasses of built-in types come back, with their private fields", async () => {
  class Counted extends Map<string, number> {
    #sets = 0;
    override set(key: string, value: number) {
      this.#sets++;
      return super.set(key, value);
    }
    get sets() {
      return this.#sets;
    }
  }
  class Stack<T> extends Array<T> {
    peek() {
      return this.at(-1);
    }
  }
  class HttpError extends Error {
    override name = "HttpError";
    status: number;
    constructor(status: number, options?: ErrorOptions) {
      super(`status ${status}`, options);
      this.status = status;
    }
  }
  class Moment extends Date {
    #zone = "UTC";
    get zone() {
      return this.#zone;
    }
  }
  const counted = new Counted();
  counted.set("a", 1);
  counted.set("b", 2);
  const back = await copy({
    counted,
    stack: Stack.from([1, 2, 3]),
    error: new HttpError(404, { cause: new RangeError("inner") }),
    moment: new Moment(86_400_000),
    HttpError,
  });
  assertEquals([back.counted.get("b"), back.counted.size], [2, 2]);
  assertEquals(back.counted.sets, counted.sets);
  back.counted.set("c", 3);
  assertEquals(back.counted.sets, counted.sets + 1);
  assert(Array.isArray(back.stack));
  assertEquals([(back.stack as Stack<number>).peek(), back.stack.length], [3, 3]);
  assert(back.error instanceof back.HttpError && back.error instanceof Error);
  assertEquals([back.error.name, back.error.message, back.error.status], [
    "HttpError",
    "status 404",
    404,
  ]);
  assert(back.error.cause instanceof RangeError);
  assertEquals([back.moment.getTime(), back.moment.zone], [86_400_000, "UTC"]);
});

Deno.test("mixins, anonymous classes, classes that extend null or an expression", async () => {
  const Named = <
    // deno-lint-ignore no-explicit-any
    B extends new (...args: any[]) => object,
  >(Base: B) =>
    class extends Base {
      label = "mixed";
    };
  class Plain {
    plain = 1;
  }
  class Mixed extends Named(Plain) {
    own = 2;
  }
  const Nothing = class extends (null as unknown as ObjectConstructor) {
    static answer = 42;
  };
  const back = await copy({ Mixed, mixed: new Mixed(), anonymous: class {}, Nothing, Plain });
  const made = new back.Mixed();
  assertEquals([made.plain, made.label, made.own], [1, "mixed", 2]);
  assert(made instanceof back.Plain);
  assert(back.mixed instanceof back.Mixed);
  assertEquals(back.anonymous.name, "anonymous");
  assertEquals(Object.getPrototypeOf(back.Nothing.prototype), null);
  assertEquals(back.Nothing.answer, 42);
});

Deno.test("a class that captures variables shares them with others", async () => {
  let made = 0;
  class Numbered {
    n = ++made;
    static count = () => made;
  }
  new Numbered();
  const back = await copy({ Numbered, get: () => made, set: (n: number) => made = n });
  assertEquals(new back.Numbered().n, 2);
  assertEquals([back.get(), back.Numbered.count()], [2, 2]);
  back.set(9);
  assertEquals(new back.Numbered().n, 10);
  assertEquals(made, 1);
});

Deno.test("what was changed in a class after it was made is kept", async () => {
  class Changed {
    one() {
      return 1;
    }
    two() {
      return 2;
    }
    three() {
      return 3;
    }
  }
  Changed.prototype.one = () => 11;
  Reflect.deleteProperty(Changed.prototype, "two");
  Object.assign(Changed.prototype, { four: () => 4 });
  Object.defineProperty(Changed, "hidden", { value: 5 });
  const back = await copy({ Changed, made: new Changed() });
  const made = back.made as Changed & { four(): number };
  assertEquals([made.one(), made.three(), made.four()], [11, 3, 4]);
  assertEquals("two" in made, false);
  assertEquals(Object.getOwnPropertyDescriptor(back.Changed, "hidden"), {
    value: 5,
    writable: false,
    enumerable: false,
    configurable: false,
  });
});

Deno.test("a method taken from its class is that of the loaded class", async () => {
  class Greeter {
    hello() {
      return "hello";
    }
    static make() {
      return new Greeter();
    }
    get loud() {
      return this.hello().toUpperCase();
    }
  }
  const { hello } = Greeter.prototype;
  const back = await copy({ hello, make: Greeter.make, Greeter });
  assertStrictEquals(back.hello, back.Greeter.prototype.hello);
  assertStrictEquals(back.make, back.Greeter.make);
  assertEquals(back.make().loud, "HELLO");
});

Deno.test("a method that needs nothing of its class can be dumped alone; one that uses super cannot", async () => {
  class Base {
    hi() {
      return "base";
    }
  }
  class Derived extends Base {
    plain(n: number) {
      return n + 1;
    }
    override hi() {
      return super.hi() + "!";
    }
  }
  const plain = await copy(Derived.prototype.plain);
  assertEquals(plain(1), 2);
  await assertRejects(() => dumps(Derived.prototype.hi), UndumpableError, "it uses super");
});

Deno.test("an instance can be dumped again and again", async () => {
  let account = new Savings("carl").deposit(1) as Savings;
  for (let i = 0; i < 3; i++) account = (await copy({ account })).account.deposit(1) as Savings;
  assertEquals(account.balance, 8);
  assertEquals(account.onDeposit(1), 9);
});

Deno.test("two instances of one class have one class, and cycles through private fields close", async () => {
  class Node {
    #peers: Node[] = [];
    link(node: Node) {
      this.#peers.push(node);
      return this;
    }
    get peers() {
      return this.#peers;
    }
  }
  const a = new Node(), b = new Node();
  a.link(b).link(a);
  b.link(a);
  const [x, y] = await loads(await dumps([a, b]), { trust: true }) as [Node, Node];
  assertStrictEquals(x.constructor, y.constructor);
  assertStrictEquals(x.peers[0], y);
  assertStrictEquals(x.peers[1], x);
  assertStrictEquals(y.peers[0], x);
});

Deno.test("a field that is not private does not run its initialiser either, nor does a default parameter", async () => {
  const ran: string[] = [];
  const note = (text: string) => ran.push(text);
  class Base {
    #a = note("base");
    b = note("public");
    get a() {
      return this.#a;
    }
  }
  class Derived extends Base {
    #c = note("derived");
    constructor({ x = note("parameter") } = {}) {
      super();
      this.#c = x;
    }
    get c() {
      return this.#c;
    }
  }
  const made = new Derived();
  const count = ran.length;
  const back = await copy({ made, ran, Derived });
  assertEquals(back.ran.length, count);
  assertEquals([back.made.a, back.made.b, back.made.c], [made.a, made.b, made.c]);
  new back.Derived();
  assertEquals(back.ran.length, 2 * count);
});

Deno.test("what a prototype was given is kept, though no instance is dumped", async () => {
  class Alone {
    one() {
      return 1;
    }
  }
  Object.assign(Alone.prototype, { two: () => 2 });
  const Copy = await copy(Alone) as typeof Alone & { prototype: { two(): number } };
  assertEquals([new Copy().one(), Copy.prototype.two()], [1, 2]);
  class Frozen {
    static n = 1;
  }
  Object.freeze(Frozen);
  Object.freeze(Frozen.prototype);
  const frozen = await copy(Frozen);
  assert(Object.isFrozen(frozen) && Object.isFrozen(frozen.prototype));
});

Deno.test("a class that extends a constructor function has its methods", async () => {
  const Parent = function (this: { n: number }) {
    this.n = 1;
  } as unknown as new () => { n: number; twice(): number };
  Parent.prototype.twice = function (this: { n: number }) {
    return this.n * 2;
  };
  class Child extends Parent {}
  const back = await copy({ Child, child: new Child() });
  assertEquals([back.child.n, back.child.twice(), new back.Child().twice()], [1, 2, 2]);
});

Deno.test("classes that one function made are told apart, for private names too", async () => {
  const make = (factor: number) =>
    class {
      #n = 1;
      get n() {
        return this.#n * factor;
      }
      later = () => ++this.#n * factor;
    };
  const First = make(1), Tenth = make(10);
  const [a, b] = await copy([new First(), new Tenth()]);
  assertEquals([a!.n, b!.n, a!.later(), b!.later()], [1, 10, 2, 20]);
  assert(a!.constructor !== b!.constructor);
});

Deno.test("an instance of a subclass of AggregateError with private fields comes back", async () => {
  class Failures extends AggregateError {
    #code = 1;
    constructor(errors: Error[], code: number) {
      super(errors, "Two failed", { cause: "the net" });
      this.#code = code;
    }
    get code(): number {
      return this.#code;
    }
  }
  const error = new Failures([new TypeError("a"), new RangeError("b")], 7);
  const back = await loads(await dumps(error), { trust: true }) as Failures;
  assert(back instanceof AggregateError);
  assertEquals([back.code, back.message, back.cause], [7, "Two failed", "the net"]);
  assertEquals(back.errors.map((e: Error) => [e.name, e.message]), [
    ["TypeError", "a"],
    ["RangeError", "b"],
  ]);
  assertEquals(Object.keys(back), []);
});

Deno.test("a class whose instances have private fields keeps its length", async () => {
  class Point {
    #x: number;
    readonly y: number;
    readonly z: number;
    constructor(x: number, y: number, z = 0) {
      this.#x = x;
      this.y = y;
      this.z = z;
    }
    sum(): number {
      return this.#x + this.y + this.z;
    }
  }
  class Named extends Point {}
  const value = [Point, new Point(1, 2), Named, new Named(3, 4)];
  const back = await loads(await dumps(value), { trust: true }) as [
    typeof Point,
    Point,
    typeof Named,
    Named,
  ];
  assertEquals([back[0].length, back[2].length], [2, 0]);
  assertEquals([back[1].sum(), back[3].sum(), new back[0](1, 1).sum()], [3, 7, 2]);
});
