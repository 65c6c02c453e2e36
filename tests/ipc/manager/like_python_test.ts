// Lists, dicts and sets of our server beside CPython's own: the same calls, the same results, errors and contents.
import { assertEquals } from "@std/assert";
import { ManagerServer } from "@ferry/std/ipc/manager";
import { findEveryPython, oldestAndNewest } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { argumentOf, KEY, runClient, SocketFolder } from "./_python.ts";

const PYTHONS = oldestAndNewest(findEveryPython());
if (PYTHONS.length === 0) console.log("skipped: lists and dicts beside CPython's: none found");

/** Prints what is not the same. */
const HEAD = `
import itertools
m = SyncManager(address(sys.argv[1]), b"secret")
m.connect()
def run(call, object):
    try: return repr(call(object))
    except Exception as e: return type(e).__name__
def compare(ours, theirs, calls, copy):
    for line in calls.strip().split("\\n"):
        call = eval("lambda x: (" + line + ")")
        a, b = ours(), theirs()
        pair = run(call, a), run(call, b)
        if pair[0] != pair[1] and not (line.startswith("x.__i") and "Proxy" in pair[0]): print(line, *pair)
        if repr(copy(a)) != repr(b): print(line, "leaves", copy(a), b)
`;

const LISTS = `
for a, b, c in itertools.product([None, -9, -7, -1, 0, 3, 7], [None, -9, -1, 0, 5, 9], [None, -2, -1, 1, 2]):
    base = list(range(7))
    if m.list(base)[a:b:c] != base[a:b:c]: print("slice", a, b, c)
compare(lambda: m.list(range(7)), lambda: list(range(7)), """
x[0], x[-1], x[True]
x[7]
x[-8]
x["x"]
x[1.0]
x[::0]
x.insert(-100, "a")
x.insert(100, "b")
x.insert(-1, "c")
x.__setitem__(slice(1, 1), [9, 9])
x.__setitem__(slice(5, 2), ["q"])
x.__setitem__(slice(None, None, 2), [0, 0, 0, 0])
x.__setitem__(slice(None, None, 2), [0])
x.__setitem__(slice(2, 4), [])
x.__setitem__(-1, None)
x.__setitem__(7, 1)
x.__delitem__(slice(None, None, -2))
x.__delitem__(slice(5, 2))
x.__delitem__(-7)
x.__delitem__(7)
x.pop(), x.pop(0), x.pop(-2)
x.pop(99)
x.pop(1.0)
x.index(3, 2), x.index(3, -5), x.index(True)
x.index(3, 0, 3)
x.index(9)
x.__mul__(0), x.__mul__(-1), x.__mul__(2)
x.__mul__("x")
x.__mul__(1.0)
x.__imul__(2)
x.__imul__(0)
x.extend("ab")
x.extend({"k": 1})
x.extend(5)
x.__add__([1])
x.__add__((1,))
x.count(1), x.count(True), x.count(1.0), x.count("1")
x.remove(2.0)
x.remove(77)
x.reverse()
x.append([x[0]])
x.__contains__(3.0), x.__contains__("3"), len(x)
""", lambda x: x[:])
compare(lambda: m.list([3, 1.5, True, 2]), lambda: [3, 1.5, True, 2], """
x.sort()
x.sort(reverse=True)
""", lambda x: x[:])
compare(lambda: m.list([(1, "b"), (1, "a"), (0,)]), lambda: [(1, "b"), (1, "a"), (0,)], "x.sort()", lambda x: x[:])
`;

const DICTS = `
compare(lambda: m.dict({"a": 1, "b": 2, 1: "one"}), lambda: {"a": 1, "b": 2, 1: "one"}, """
x["a"], x[1.0], x[True]
x["z"]
x[[1]]
x[(1, [2])]
x.pop("a"), x.pop("z", 3)
x.pop("z")
x.popitem()
x.setdefault("a", 9), x.setdefault("z")
x.setdefault(True, "t")
x.update({"a": 5}, b=6)
x.update([("x", 1)])
x.update([(1, 2, 3)])
x.update(5)
x.__delitem__("a")
x.__delitem__("z")
x.get("z"), x.get(1.0), x.get("z", 4)
x.get((1, [2]))
x.get(bytearray(b"a"))
"a" in x, 2 in x
{} in x
x.__setitem__({}, 1)
x.__setitem__({1}, 1)
x.__setitem__(((1, {2}),), 1)
x.__setitem__(1.0, "f")
x.__setitem__(frozenset([1]), (2.0,)) or x[frozenset([1.0])]
x.__setitem__(b"a", bytearray(b"a")) or x[b"a"]
x.clear()
len(x)
list(x.keys()), list(x.items()), list(x.values()), x.copy()
""", lambda x: x.copy())
`;

const SHOWN = `
values = [
    1e16, 1e15, 123456789012345680.0, 1e22, -1e22, 1e-4, 1e-5, 0.1, -0.0, 0.0, 1.0, 5e-324, 1.7976931348623157e308,
    float("inf"), float("-inf"), float("nan"), 2 ** 53, 2 ** 64, -1, True, None, "it's", 'say "x"', "both ' and \\"",
    "\\n\\t\\r\\\\", "\\x00\\x7f\\x80\\xa0\\xad", "\\u200b\\u2028\\ue000", "\\U0001f600\\U000e0001", b"it's\\n\\x00\\xff\\"",
    bytearray(b"a\\xff"), (1,), (), [], {}, set(), frozenset(), {1}, frozenset([1]), {"a": (1, [2.0])}, [[[]]],
]
for value in values:
    for ours, theirs in ((m.list([value]), [value]), (m.dict(k=value), {"k": value})):
        if str(ours) != str(theirs): print(ascii(str(ours)), ascii(str(theirs)))
for code, value in (("d", 1e16), ("d", 2), ("i", 3)): print(m.Value(code, value))
print(m.Array("d", [1, 1e-7]), m.Namespace(x="\\xad", _y=1))
`;
const SHOWN_OUT = `Value('d', 1e+16)
Value('d', 2.0)
Value('i', 3)
array('d', [1.0, 1e-07]) Namespace(x='\\xad')
`;

for (const python of PYTHONS) {
  for (
    const [what, program, expected] of [["lists", LISTS, ""], ["dicts", DICTS, ""], [
      "what is shown",
      SHOWN,
      SHOWN_OUT,
    ]] as const
  ) {
    Deno.test(`${nameOf(python)} finds no difference between its own and ours: ${what}`, async () => {
      using folder = new SocketFolder();
      await using server = new ManagerServer(folder.address, { authKey: KEY });
      const out = await runClient(python, HEAD + program, argumentOf(server.address));
      assertEquals(out, expected);
    });
  }
}
