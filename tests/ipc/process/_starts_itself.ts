// A program that forgets import.meta.main: each process that runs something of it would start another.
import { Process } from "@ferry/std/ipc";

export function work(): void {}

const child = new Process({ module: import.meta.url, export: "work" });
child.start();
await child.join({ timeout: 20_000 });
console.log("its process ended with", child.exitCode);
