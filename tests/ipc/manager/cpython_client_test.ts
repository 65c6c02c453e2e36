// CPython's own clients, of every version there is, on our server.
import { assertEquals } from "@std/assert";
import { ManagerServer } from "@ferry/std/ipc/manager";
import { findEveryPython } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { argumentOf, KEY, runClient, SocketFolder } from "./_python.ts";

const PYTHONS = findEveryPython();
if (PYTHONS.length === 0) console.log("skipped: CPython as a manager's client: none found");

class Counter {
  #n: number;
  constructor(n: number) {
    this.#n = n;
  }
  add(by = 1): number {
    return this.#n += by;
  }
  boom(): never {
    throw new RangeError("bad thing");
  }
  *count(): Generator<number> {
    for (let i = 0; i < 3; i++) yield i;
  }
  secret(): () => number {
    return () => this.#n;
  }
  async later(): Promise<string> {
    return await Promise.resolve("later");
  }
  _hidden(): number {
    return this.#n;
  }
}

const CONTAINERS = `
m = SyncManager(address(sys.argv[1]), b"secret")
m.connect()
l = m.list([3, 1.0, "x"])
l.append((1, 2)); l[0] = 2 ** 70; l.extend([b"b", None])
print(l[:], len(l), l[-1], str(l), l.index("x"), 5 in l)
del l[1]; l.insert(1, "in"); l.reverse(); print(l.pop(), l.count(None), l * 2 == l[:] + l[:])
l[0:2] = ["a", "b", "c"]; print(l[::2]); l += [1]; print(l[-1])
for bad in (lambda: l[99], lambda: l.remove("no"), lambda: l.index("no"), lambda: m.list().pop()):
    try: bad()
    except (IndexError, ValueError) as e: print(type(e).__name__, e)
s = m.list([3, 1, 2.5]); s.sort(reverse=True); print(s[:])
try: s.append("x"); s.sort()
except TypeError as e: print("TypeError")
d = m.dict({"a": 1}, b=2)
d["l"] = l; d[(1, "t")] = 1.0; d[1] = "one"
print(d[(1, "t")], d[True], sorted(map(str, d.keys())), d.get("zz", 5), len(d), list(d["l"][:2]))
for bad in (lambda: d["nope"], lambda: d.pop("nope"), lambda: m.dict().popitem()):
    try: bad()
    except KeyError as e: print("KeyError", e)
try: d[[]] = 1
except TypeError as e: print("TypeError", e)
d.update([("u", 1)]); d.update(v=2); print(d.pop("u"), d.pop("no", 7), d.setdefault("v", 9), d.setdefault("w"))
print([k for k in m.dict([("p", 1), ("q", 2)])], m.dict(x=1).items(), m.dict(x=1).copy())
ns = m.Namespace(x=1); ns.y = [1]; print(ns.x, ns.y, str(ns))
try: ns.zz
except AttributeError as e: print("AttributeError")
v = m.Value("d", 1); v.value += 0.5; print(v.value, m.Value("i", 3).value, m.Value("d", 2).value)
a = m.Array("i", [1, 2, 3]); a[1] = 9; print(a[:], len(a), m.Array("d", [1])[0])
`;
const CONTAINERS_OUT =
  `[1180591620717411303424, 1.0, 'x', (1, 2), b'b', None] 6 None [1180591620717411303424, 1.0, 'x', (1, 2), b'b', None] 2 False
1180591620717411303424 1 True
['a', 'c', 'x']
1
IndexError list index out of range
ValueError list.remove(x): x not in list
ValueError 'no' is not in list
IndexError pop from empty list
[3, 2.5, 1]
TypeError
1.0 one ["(1, 't')", '1', 'a', 'b', 'l'] 5 5 ['a', 'b']
KeyError 'nope'
KeyError 'nope'
KeyError 'popitem(): dictionary is empty'
TypeError unhashable type: 'list'
1 7 2 None
['p', 'q'] [('x', 1)] {'x': 1}
1 [1] Namespace(x=1, y=[1])
AttributeError
1.5 3 2.0
[1, 9, 3] 3 1.0
`;

const SYNCHRONIZATION = `
m = SyncManager(address(sys.argv[1]), b"secret")
m.connect()
q = m.Queue(2)
q.put(1); q.put(2)
for bad in (lambda: q.put(3, timeout=0.05), lambda: q.put_nowait(3)):
    try: bad()
    except queue.Full: print("Full")
print(q.get(), q.get(timeout=1), q.qsize(), q.empty(), q.full())
for bad in (lambda: q.get(False), lambda: q.get(True, 0.01), lambda: q.get_nowait()):
    try: bad()
    except queue.Empty: print("Empty")
got = []
t = threading.Thread(target=lambda: got.append(q.get())); t.start(); q.put("late"); t.join(); print(got)
lock = m.Lock(); print(lock.acquire(), lock.acquire(False), lock.acquire(True, 0.01), lock.release())
try: lock.release()
except RuntimeError as e: print("RuntimeError", e)
r = m.RLock()
with r:
    with r: print("twice")
    seen = []
    t = threading.Thread(target=lambda: seen.append(r.acquire(False))); t.start(); t.join(); print(seen)
ev = m.Event(); print(ev.wait(0.01)); ev.set(); print(ev.is_set(), ev.wait(1)); ev.clear(); print(ev.is_set())
cond = m.Condition(); order = []
def waiter():
    with cond:
        order.append(cond.wait(30))
t = threading.Thread(target=waiter); t.start()
while t.is_alive():
    with cond: cond.notify()
    t.join(0.05)
print(order)
try: cond.wait(1)
except RuntimeError as e: print("RuntimeError")
shared = m.Lock(); c2 = m.Condition(shared)
with c2: print(shared.acquire(False), c2.wait(0.01))
b = m.Barrier(2); res = []
t = threading.Thread(target=lambda: res.append(b.wait())); t.start(); res.append(b.wait()); t.join()
print(sorted(res), b.parties, b.broken, b.n_waiting)
try: b.wait(0.01)
except threading.BrokenBarrierError: print("Broken", b.broken)
b.reset(); print(b.broken)
s = m.Semaphore(2); print(s.acquire(), s.acquire(), s.acquire(False)); s.release(); print(s.acquire(False))
bs = m.BoundedSemaphore(1)
try: bs.release()
except ValueError as e: print("ValueError")
j = m.JoinableQueue(); j.put(1); j.get(); j.task_done(); j.join(); print("joined")
try: j.task_done()
except ValueError as e: print("ValueError", e)
over = m.Condition()
with over: print(over.wait(-3), m.Event().wait(-1), m.Semaphore(0).acquire(True, -1))
try: m.Barrier(2).wait(-1)
except threading.BrokenBarrierError: print("Broken")
taken = m.Lock(); print(taken.acquire(True, -1))
for bad in (lambda: taken.acquire(True, -2), lambda: q.get(True, -1), lambda: q.get(True, "x")):
    try: bad()
    except (ValueError, TypeError) as e: print(type(e).__name__)
`;
const SYNCHRONIZATION_OUT = `Full
Full
1 2 0 True False
Empty
Empty
Empty
['late']
True False False None
RuntimeError release unlocked lock
twice
[False]
False
True True
False
[True]
RuntimeError
False False
[0, 1] 2 False 0
Broken True
False
True True False
True
ValueError
joined
ValueError task_done() called too many times
False False False
Broken
True
ValueError
ValueError
TypeError
`;

const CUSTOM = `
class M(BaseManager): pass
for name in ("Counter", "get_scores", "Narrow"): M.register(name)
M.register("nothing")
from multiprocessing.managers import IteratorProxy
M.register("Iterator", proxytype=IteratorProxy)
m = M(address(sys.argv[1]), b"secret")
m.connect()
c = m.Counter(5)
print(c.add(), c.add(10), c.later(), sorted(x for x in dir(c) if not x.startswith("_")))
from multiprocessing.managers import AutoProxy, Token
same = AutoProxy(c._token, "pickle", manager=m, authkey=b"secret"); print(same.add(0))
try: AutoProxy(Token("Counter", m.address, "no"), "pickle", manager=m, authkey=b"secret")
except RemoteError as e: print("KeyError" in str(e))
try: c.boom()
except ValueError as e: print("ValueError", e)
try: c.secret()
except RemoteError as e: print("RemoteError", "Unserializable" in str(e))
print(list(c.count()))
try: c._callmethod("_hidden")
except RemoteError as e: print("hidden")
s = m.get_scores(); s.update({"eve": 2}); print(s.get("ada"), s.copy())
n = m.Narrow(1); print([x for x in dir(n) if not x.startswith("_")])
for bad in (lambda: m.nothing(), lambda: m._create("list")):
    try: bad()
    except RemoteError as e: print("RemoteError")
`;
const CUSTOM_OUT = `6 16 later ['add', 'boom', 'count', 'later', 'secret']
16
True
ValueError bad thing
RemoteError True
[0, 1, 2]
hidden
1 {'ada': 1, 'eve': 2}
['add']
RemoteError
RemoteError
`;

for (const python of PYTHONS) {
  Deno.test(`${nameOf(python)} uses containers of our server`, async () => {
    using folder = new SocketFolder();
    await using server = new ManagerServer(folder.address, { authKey: KEY });
    const out = await runClient(python, CONTAINERS, argumentOf(server.address));
    assertEquals(out, CONTAINERS_OUT);
  });

  Deno.test(`${nameOf(python)} uses queues, locks, events and barriers of our server`, async () => {
    using folder = new SocketFolder();
    await using server = new ManagerServer(folder.address, { authKey: KEY });
    const out = await runClient(python, SYNCHRONIZATION, argumentOf(server.address));
    assertEquals(out, SYNCHRONIZATION_OUT);
  });

  Deno.test(`${nameOf(python)} calls objects that our server has registered, and no others`, async () => {
    const scores = new Map([["ada", 1]]);
    using folder = new SocketFolder();
    await using server = new ManagerServer(folder.address, {
      authKey: KEY,
      builtinTypes: false,
      types: {
        Counter: {
          factory: (n: number) => new Counter(n),
          methodToTypeId: { count: "Iterator" },
        },
        Narrow: { factory: (n: number) => new Counter(n), exposed: ["add"] },
        get_scores: { factory: () => scores, as: "dict" },
      },
    });
    assertEquals(await runClient(python, CUSTOM, argumentOf(server.address)), CUSTOM_OUT);
    assertEquals([...scores], [["ada", 1], ["eve", 2]]);
  });

  Deno.test(`${nameOf(python)} gives its references back, and can end our server`, async () => {
    await using server = new ManagerServer({ port: 0 }, { authKey: KEY });
    const { port } = server.address as Deno.NetAddr;
    const out = await runClient(
      python,
      `
import gc
m = SyncManager(address(sys.argv[1]), b"secret")
m.connect()
for _ in range(2):
    l = m.list([1])
    del l
gc.collect()
print(m._number_of_objects())
from multiprocessing.managers import dispatch
from multiprocessing.connection import Client
dispatch(Client(m.address, authkey=b"secret"), None, "shutdown")
`,
      String(port),
    );
    assertEquals(out, "0\n");
    await server.finished;
  });
}
