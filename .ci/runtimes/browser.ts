/** The package in a headless Chromium: a page imports entry points as they are published, and uses them. */
import { join } from "node:path";

/** The browser has this long to start and to run the page. */
const DEADLINE = 120_000;

/**
 * Runs the page.
 *
 * @param command The browser.
 * @param folder The package's folder, with `built/`.
 * @param pages The folder with the scripts of the page.
 * @returns What each entry point did: `true`, or what went wrong.
 */
export async function inBrowser(
  command: string,
  folder: string,
  pages: string,
): Promise<Record<string, unknown>> {
  const answered = Promise.withResolvers<Record<string, unknown>>();
  const profile = await Deno.makeTempDir({ prefix: "ferry-browser-" });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/results") {
        answered.resolve(await request.json());
        return new Response();
      }
      if (pathname === "/") {
        const html = '<!doctype html><script type="module" src="/page.js"></script>';
        return new Response(html, { headers: { "content-type": "text/html" } });
      }
      const file = pathname === "/page.js" || pathname === "/checks.js"
        ? join(pages, pathname)
        : /^\/built\/[\w-]+\.js$/.test(pathname)
        ? join(folder, pathname)
        : undefined;
      if (file === undefined) return new Response("", { status: 404 });
      const script = await Deno.readTextFile(file).catch(() => undefined);
      if (script === undefined) return new Response("", { status: 404 });
      return new Response(script, { headers: { "content-type": "text/javascript" } });
    },
  );
  const child = new Deno.Command(command, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}/`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(
    () => answered.reject(new Deno.errors.TimedOut(`No answer from ${command} in ${DEADLINE} ms`)),
    DEADLINE,
  );
  try {
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}
