// Runs in a browser. The answer goes back to the server.
import { check } from "./checks.js";

const results = await check((key) => import(`/built/${key.replace("/", "-")}.js`));
// What is made for Deno says so, however it is imported.
for (const name of ["ipc", "ipc-queue", "ipc-manager", "ipc-shared-memory"]) {
  const error = await import(`/built/${name}.js`).catch((error) => error);
  const said = /^NotSupported: Cannot use @ferry\/std\/ipc: it needs Deno 2.9 or newer, received /;
  results[name] = said.test(String(error)) || `expected NotSupported, received ${error}`;
}
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
