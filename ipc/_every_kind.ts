/**
 * Every kind of block there is, declared: whoever buries a process must know what that may have had, whatever else of this
 * area its own program uses.
 */
import "./barrier.ts";
import "./bounded_semaphore.ts";
import "./condition.ts";
import "./connection.ts";
import "./event.ts";
import "./joinable_queue.ts";
import "./lock.ts";
import "./rlock.ts";
import "./semaphore.ts";
import "./shared_array.ts";
import "./shared_value.ts";
import "./simple_queue.ts";
