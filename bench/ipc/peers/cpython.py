"""The CPython side of bench/ipc/peers.ts: multiprocessing, measured on request.

Reads one job per line as JSON on stdin, answers with one line: the seconds it took, or what the job asks for as JSON.
"""

import json
import multiprocessing as mp
import os
import sys
import time
from multiprocessing.shared_memory import ShareableList, SharedMemory

clock = time.perf_counter
fork = mp.get_context("fork")


def sender(connection, n, payload):
    connection.recv_bytes()
    for _ in range(n):
        connection.send_bytes(payload)


def object_sender(connection, n):
    connection.recv_bytes()
    for i in range(n):
        connection.send({"id": i, "name": "user%d" % (i & 1023)})


def echo(connection, n):
    for _ in range(n):
        connection.send_bytes(connection.recv_bytes())


def object_echo(connection, n):
    for _ in range(n):
        connection.send(connection.recv())


def with_child(target, *args):
    """A started child and this side of the pipe to it."""
    here, there = fork.Pipe()
    child = fork.Process(target=target, args=(there, *args))
    child.start()
    there.close()
    return here, child


def one_way(n, size, into=False):
    here, child = with_child(sender, n, bytes(size))
    buffer = bytearray(size)
    here.send_bytes(b"go")
    start = clock()
    if into:
        for _ in range(n):
            here.recv_bytes_into(buffer)
    else:
        for _ in range(n):
            here.recv_bytes()
    elapsed = clock() - start
    child.join()
    return elapsed


def one_way_objects(n):
    here, child = with_child(object_sender, n)
    here.send_bytes(b"go")
    start = clock()
    for _ in range(n):
        here.recv()
    elapsed = clock() - start
    child.join()
    return elapsed


def round_trip(n, size):
    here, child = with_child(echo, n)
    payload = bytes(size)
    start = clock()
    for _ in range(n):
        here.send_bytes(payload)
        here.recv_bytes()
    elapsed = clock() - start
    child.join()
    return elapsed


def round_trip_objects(n):
    here, child = with_child(object_echo, n)
    start = clock()
    for i in range(n):
        here.send({"id": i, "name": "user%d" % (i & 1023)})
        here.recv()
    elapsed = clock() - start
    child.join()
    return elapsed


def putter(queue, ready, go, n):
    ready.release()
    go.wait()
    for i in range(n):
        queue.put({"id": i, "name": "user%d" % (i & 1023)})


def getter(queue, ready, go, n):
    ready.release()
    go.wait()
    for _ in range(n):
        queue.get()


def queue(n, putters, getters):
    """`getters` 0 stands for this process itself."""
    q, ready, go = fork.Queue(), fork.Semaphore(0), fork.Event()
    children = [fork.Process(target=putter, args=(q, ready, go, n // putters)) for _ in range(putters)]
    if getters:
        children += [fork.Process(target=getter, args=(q, ready, go, n // getters)) for _ in range(getters)]
    for child in children:
        child.start()
    for _ in children:
        ready.acquire()
    start = clock()
    go.set()
    if not getters:
        for _ in range(n):
            q.get()
    for child in children:
        child.join()
    return clock() - start


def text_putter(queue, n):
    for _ in range(n):
        queue.put("x" * 62)


def queue_one_way(n):
    """From the first item on."""
    q = fork.Queue()
    child = fork.Process(target=text_putter, args=(q, n + 1))
    child.start()
    q.get()
    start = clock()
    for _ in range(n):
        q.get()
    elapsed = clock() - start
    child.join()
    return elapsed


value = fork.Value("i", 0)
raw = fork.RawValue("i", 0)
lock = fork.Lock()
rlock = fork.RLock()
array = fork.Array("i", 1024)
raw_array = fork.RawArray("i", 1024)
event = fork.Event()
event.set()


def lock_raw(n):
    start = clock()
    for _ in range(n):
        with lock:
            raw.value += 1
    return clock() - start


def rlock_raw(n):
    start = clock()
    for _ in range(n):
        with rlock:
            raw.value += 1
    return clock() - start


def value_locked(n):
    start = clock()
    for _ in range(n):
        with value.get_lock():
            value.value += 1
    return clock() - start


def lock_only(n):
    start = clock()
    for _ in range(n):
        lock.acquire()
        lock.release()
    return clock() - start


def array_set(n):
    start = clock()
    for i in range(n):
        array[i & 1023] = i
    return clock() - start


def array_get(n):
    start = clock()
    for i in range(n):
        array[i & 1023]
    return clock() - start


def raw_array_set(n):
    start = clock()
    for i in range(n):
        raw_array[i & 1023] = i
    return clock() - start


def event_wait(n):
    start = clock()
    for _ in range(n):
        event.wait()
    return clock() - start


def incrementer(ready, go, n):
    ready.release()
    go.wait()
    for _ in range(n):
        with lock:
            raw.value += 1


def lock_contended(n):
    ready, go = fork.Semaphore(0), fork.Event()
    children = [fork.Process(target=incrementer, args=(ready, go, n // 2)) for _ in range(2)]
    for child in children:
        child.start()
    for _ in children:
        ready.acquire()
    start = clock()
    go.set()
    for child in children:
        child.join()
    return clock() - start


def hello(connection):
    connection.send_bytes(b"hello")


def start(n, method):
    context = mp.get_context(method)
    total = 0.0
    for _ in range(n):
        here, there = context.Pipe()
        begin = clock()
        child = context.Process(target=hello, args=(there,))
        child.start()
        here.recv_bytes()
        total += clock() - begin
        child.join()
        here.close()
        there.close()
    return total


def same(n):
    return n


pools = {}


def pool_of(processes):
    if processes not in pools:
        pools[processes] = fork.Pool(processes)
        pools[processes].map(same, range(100))
    return pools[processes]


def pool_apply(n):
    pool = pool_of(1)
    begin = clock()
    for i in range(n):
        pool.apply(same, (i,))
    return clock() - begin


def pool_in_flight(n):
    pool = pool_of(1)
    begin = clock()
    for done in range(0, n, 1000):
        results = [pool.apply_async(same, (i,)) for i in range(min(1000, n - done))]
        for result in results:
            result.get()
    return clock() - begin


def pool_map(n, chunksize=None):
    pool = pool_of(2)
    items = list(range(n))
    begin = clock()
    pool.map(same, items, chunksize)
    return clock() - begin


def shared_memory_create(n):
    start = clock()
    for _ in range(n):
        block = SharedMemory(create=True, size=4096)
        block.close()
        block.unlink()
    return clock() - start


def shared_memory_copy(n, size):
    block = SharedMemory(create=True, size=size)
    local = bytearray(size)
    block.buf[:] = local
    start = clock()
    for _ in range(n):
        block.buf[:] = local
        local[:] = block.buf
    seconds = clock() - start
    block.close()
    block.unlink()
    return seconds


def with_list(work):
    shareable = ShareableList(range(1024))
    try:
        return work(shareable)
    finally:
        shareable.shm.close()
        shareable.shm.unlink()


def shareable_list_set(n):
    def work(shareable):
        start = clock()
        for i in range(n):
            shareable[i & 1023] = i
        return clock() - start

    return with_list(work)


def shareable_list_get(n):
    def work(shareable):
        start = clock()
        for i in range(n):
            shareable[i & 1023]
        return clock() - start

    return with_list(work)


shared = {}


def manager_dict():
    """A dict of a Manager, made when it is first asked for."""
    if not shared:
        shared["manager"] = fork.Manager()
        shared["dict"] = shared["manager"].dict({"key %d" % i: i for i in range(1024)})
        shared["items"] = shared["manager"].dict(
            {"key %d" % i: {"id": i, "name": "user%d" % i} for i in range(1024)}
        )
    return shared


def dict_get(n, name="dict"):
    d = manager_dict()[name]
    start = clock()
    for i in range(n):
        d["key %d" % (i & 1023)]
    return clock() - start


def manager_queue(n):
    shared = manager_dict()
    queue = shared.setdefault("queue", None) or shared["manager"].Queue()
    shared["queue"] = queue
    start = clock()
    for i in range(n):
        queue.put(i)
        queue.get()
    return clock() - start


def manager_lock(n):
    shared = manager_dict()
    managed = shared.setdefault("lock", None) or shared["manager"].Lock()
    shared["lock"] = managed
    start = clock()
    for i in range(n):
        managed.acquire()
        managed.release()
    return clock() - start


def dict_set(n):
    d = manager_dict()["dict"]
    start = clock()
    for i in range(n):
        d["key %d" % (i & 1023)] = i
    return clock() - start


def dict_set_item(n):
    d = manager_dict()["items"]
    start = clock()
    for i in range(n):
        d["key %d" % (i & 1023)] = {"id": i, "name": "user%d" % (i & 1023)}
    return clock() - start


def dict_update(n):
    d = manager_dict()["dict"]
    start = clock()
    for i in range(n):
        with lock:
            key = "key %d" % (i & 1023)
            d[key] = d.get(key, 0) + 1
    return clock() - start


def dict_setter(ready, go, d, n):
    d["key 0"] = 0
    ready.release()
    go.wait()
    for i in range(n):
        d["key %d" % (i & 1023)] = i


def dict_set_together(n, processes):
    d = manager_dict()["dict"]
    ready, go = fork.Semaphore(0), fork.Event()
    children = [fork.Process(target=dict_setter, args=(ready, go, d, n // processes)) for _ in range(processes)]
    for child in children:
        child.start()
    for _ in children:
        ready.acquire()
    start = clock()
    go.set()
    for child in children:
        child.join()
    return clock() - start


def listener(connection, n):
    connection.send_bytes(b"ready")
    for _ in range(n):
        connection.recv()
    connection.send_bytes(b"done")


def broadcast(n):
    """Four pipes, which is the fastest way that there is."""
    items = (n + 3) // 4
    ends = [with_child(listener, items) for _ in range(4)]
    for here, _ in ends:
        here.recv_bytes()
    start = clock()
    for i in range(items):
        for here, _ in ends:
            here.send({"id": i, "name": "user%d" % (i & 1023)})
    for here, _ in ends:
        here.recv_bytes()
    elapsed = clock() - start
    for here, child in ends:
        child.join()
        here.close()
    return elapsed


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def idle(connection):
    connection.send(private_bytes("self"))
    connection.recv_bytes()


def private_bytes(pid):
    total = 0
    with open("/proc/%s/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith("Private_"):
                total += int(line.split()[1]) * 1024
    return total


def memory():
    def each(make, n):
        before = resident()
        kept = [make() for _ in range(n)]
        grown = resident() - before
        del kept
        return grown / n

    found = {"Lock": each(fork.Lock, 1000), "Queue": each(fork.Queue, 200)}
    here, child = with_child(idle)
    found["Process"] = here.recv()
    here.send_bytes(b"end")
    child.join()
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        job = json.loads(line)
        function = globals()[job.pop("job")]
        print(json.dumps(function(**job)), flush=True)
