"""Subclasses of containers: `show HEX` prints what a pickle holds, `make PROTOCOL` and `loops` print pickles."""
import collections
import json
import pickle
import sys

sys.modules["instances"] = sys.modules["__main__"]


class Shown:
    def __repr__(self):
        return f"{type(self).__name__}({self.base(self)!r}, {vars(self)!r})"


class Inventory(Shown, dict):
    base = dict


class Steps(Shown, list):
    base = list


class Tags(Shown, set):
    base = set


class Bag(frozenset):
    pass


class Row(tuple):
    pass


class Line(collections.deque):
    pass


class Order(collections.OrderedDict):
    pass


class Thing:
    pass


for each in list(vars().values()):
    if isinstance(each, type):
        each.__module__ = "instances"


def make(protocol):
    inventory, steps, tags = Inventory(tea=2), Steps("ab"), Tags("t")
    inventory.place, steps.label, tags.owner = "here", "x", 1
    return pickle.dumps([inventory, steps, tags], protocol).hex()


def loops():
    made = {}
    steps = Steps([1])
    steps.append(steps)
    steps.x = steps
    made["list"] = steps
    inventory = Inventory(a=1)
    inventory["self"] = inventory
    inventory.x = inventory
    made["dict"] = inventory
    for name, kind in {"set": Tags, "frozenset": Bag, "tuple": Row}.items():
        thing = Thing()
        thing.owner = kind([thing])
        made[name] = thing.owner
        made[f"item of a {name}"] = thing
    steps = Steps()
    pair = (steps, 1)
    steps.append(pair)
    made["tuple in a list"] = pair
    inventory = Inventory()
    items = [inventory]
    inventory["items"] = items
    made["dict in a list"] = inventory
    line = Line()
    line.append(line)
    made["deque"] = line
    order = Order()
    order["x"] = order
    order.y = 1
    made["OrderedDict"] = order
    tags = Tags()
    tags.me = tags
    made["state of a set"] = tags
    if sys.version_info >= (3, 11):
        made["ExceptionGroup"] = ExceptionGroup("m", [ExceptionGroup("n", [KeyError("k")]), ValueError(1)])
    return made


def attempt(value, protocol):
    try:
        return pickle.dumps(value, protocol).hex()
    except RecursionError:
        return None


if sys.argv[1] == "show":
    print(pickle.loads(bytes.fromhex(sys.argv[2])))
elif sys.argv[1] == "make":
    print(make(int(sys.argv[2])))
else:
    print(json.dumps({name: [attempt(value, p) for p in range(6)] for name, value in loops().items()}))
