/**
 * Declares every kind of block. An agent that reaps a process must know all that the process may have had, whatever its own
 * program uses.
 */
import "../sync/barrier.ts";
import "../sync/bounded_semaphore.ts";
import "../sync/condition.ts";
import "../message/offer.ts";
import "../pipe/connection.ts";
import "../sync/event.ts";
import "../queue/joinable_queue.ts";
import "../sync/lock.ts";
import "../sync/rlock.ts";
import "../sync/semaphore.ts";
import "../numbers/shared_array.ts";
import "../numbers/shared_value.ts";
import "../queue/simple_queue.ts";
