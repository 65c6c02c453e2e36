/**
 * 1. A to-do list that is still there tomorrow.
 *
 * ```sh
 * deno run --unstable-kv --allow-read=. --allow-write=. examples/shelf/01_todo_list.ts todo.shelf add "buy tea"
 * deno run --unstable-kv --allow-read=. --allow-write=. examples/shelf/01_todo_list.ts todo.shelf done 1
 * deno run --unstable-kv --allow-read=. --allow-write=. examples/shelf/01_todo_list.ts todo.shelf
 * ```
 */
import { open } from "@ferry/std/persist/shelve";

interface Item {
  text: string;
  since: Temporal.PlainDate;
  done: boolean;
}

const [path = "todo.shelf", command = "list", ...words] = Deno.args;
await using shelf = await open<Item | number>(path);

/** Keys that sort like their numbers. */
const keyOf = (n: number) => `item ${String(n).padStart(6, "0")}`;

switch (command) {
  case "add": {
    // The number and the item are written together: two programs that add at once get two numbers.
    const n = await shelf.transaction(async (tx) => {
      const n = (await tx.get("count") as number | undefined ?? 0) + 1;
      tx.set("count", n);
      tx.set(keyOf(n), { text: words.join(" "), since: Temporal.Now.plainDateISO(), done: false });
      return n;
    });
    console.log(`added ${n}`);
    break;
  }
  case "done":
    await shelf.transaction(async (tx) => {
      const item = await tx.get(keyOf(Number(words[0]))) as Item | undefined;
      if (item === undefined) console.log(`there is no item ${words[0]}`);
      else tx.set(keyOf(Number(words[0])), { ...item, done: true });
    });
    break;
  case "clean":
    for await (const [key, item] of shelf.entries({ prefix: "item " })) {
      if ((item as Item).done) await shelf.delete(key);
    }
    break;
  case "list":
    for await (const [key, item] of shelf.entries({ prefix: "item " })) {
      const { text, since, done } = item as Item;
      console.log(`${done ? "[x]" : "[ ]"} ${Number(key.slice(5))} ${text} (since ${since})`);
    }
    break;
  default:
    console.error(`unknown command "${command}": add, done, clean or list`);
    Deno.exitCode = 1;
}
