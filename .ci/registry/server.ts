/**
 * A registry that speaks as much of JSR's protocol as publishing and importing need, on loopback, with its files in a folder:
 * `<folder>/@scope/name/version/…`.
 */
import { join } from "node:path";

/** What there is of a version. */
interface VersionMeta {
  readonly manifest: Record<string, { size: number; checksum: string }>;
  readonly exports: Record<string, string>;
}

const TYPES: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  js: "text/javascript",
  json: "application/json",
};

/** Paths of all files in a folder, each with a slash before it. */
async function* filesOf(folder: string, base = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${base}/${entry.name}`;
    if (entry.isDirectory) yield* filesOf(join(folder, entry.name), path);
    else yield path;
  }
}

async function checksum(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256-${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
}

async function versionMeta(folder: string): Promise<VersionMeta> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for await (const path of filesOf(folder)) {
    const bytes = await Deno.readFile(join(folder, path));
    manifest[path] = { size: bytes.length, checksum: await checksum(bytes) };
  }
  const { exports } = JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
  return { manifest, exports: typeof exports === "string" ? { ".": exports } : exports };
}

/** Unpacks what was published. */
async function unpack(folder: string, archive: Uint8Array): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.makeTempFile({ suffix: ".tgz" });
  try {
    await Deno.writeFile(file, archive);
    const { success } = await new Deno.Command("tar", { args: ["xzf", file, "-C", folder] })
      .output();
    if (!success) throw new TypeError("The archive cannot be unpacked");
  } finally {
    await Deno.remove(file);
  }
}

const done = { id: "1", status: "success", error: null };
const missing = () => Response.json({ code: "notFound", message: "Not found" }, { status: 404 });

/** Answers what `deno publish` asks for. */
async function publishing(folder: string, path: string, request: Request): Promise<Response> {
  const version = /^\/api\/scopes\/([\w-]+)\/packages\/([\w-]+)\/versions\/([\w.-]+)$/.exec(path);
  if (version !== null) {
    const [, scope, name, number] = version;
    const place = join(folder, `@${scope}`, name!, number!);
    if (request.method !== "POST") return missing();
    await unpack(place, await request.bytes());
    return Response.json({
      ...done,
      packageScope: scope,
      packageName: name,
      packageVersion: number,
      createdAt: new Date().toISOString(),
      updatedAt: new Date().toISOString(),
    });
  }
  if (path.startsWith("/api/publish_status/")) return Response.json(done);
  const known = /^\/api\/scopes\/([\w-]+)\/packages\/([\w-]+)$/.exec(path);
  if (known === null) return missing();
  return Response.json({ scope: known[1], name: known[2], latestVersion: null });
}

/** Answers what an import asks for. */
async function importing(folder: string, path: string): Promise<Response> {
  const all = /^\/(@[\w-]+)\/([\w-]+)\/meta\.json$/.exec(path);
  if (all !== null) {
    const [, scope, name] = all;
    const versions: Record<string, object> = {};
    for await (const entry of Deno.readDir(join(folder, scope!, name!))) versions[entry.name] = {};
    return Response.json({
      scope: scope!.slice(1),
      name,
      latest: Object.keys(versions)[0],
      versions,
    });
  }
  const one = /^(\/@[\w-]+\/[\w-]+\/[\w.-]+)_meta\.json$/.exec(path);
  if (one !== null) return Response.json(await versionMeta(join(folder, one[1]!)));
  const bytes = await Deno.readFile(join(folder, path));
  const type = TYPES[path.split(".").at(-1)!] ?? "text/plain";
  return new Response(bytes, { headers: { "content-type": type } });
}

/** Starts a registry; `JSR_URL` is its address. */
export function startRegistry(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    try {
      return await (path.startsWith("/api/")
        ? publishing(folder, path, request)
        : importing(folder, path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return missing();
      throw error;
    }
  });
}
