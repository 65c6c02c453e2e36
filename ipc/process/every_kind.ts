/**
 * Declares every kind of block, and brings the reaper. An agent that has shared objects of others reaps whoever dies while it
 * waits for them, and must know all that the dead may have had, whatever its own program uses.
 *
 * A process without shared objects in its arguments comes to some only with a module that loads this one: to start a
 * process, or to attach a handle.
 */
import "../sync/barrier.ts";
import "../sync/bounded_semaphore.ts";
import "../collections/broadcast/broadcast.ts";
import "../collections/map/shared_map.ts";
import "../sync/condition.ts";
import "../message/offer.ts";
import "../pipe/connection.ts";
import "../sync/event.ts";
import "../queue/joinable_queue.ts";
import "../sync/lock.ts";
import "../reaper/reaper.ts";
import "../sync/read_write_lock.ts";
import "../sync/rlock.ts";
import "../sync/semaphore.ts";
import "../numbers/shared_array.ts";
import "../numbers/shared_value.ts";
import "../queue/simple_queue.ts";
