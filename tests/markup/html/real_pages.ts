/** Pages of HTML on this machine: the documentation of Debian's packages. */
const FOLDER = "/usr/share/doc";

/** Paths of so many pages, spread over all there are; said on the console if there are none. */
export function realPages(count: number): string[] {
  const found: string[] = [];
  const folders = [FOLDER];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries: Deno.DirEntry[];
    try {
      entries = [...Deno.readDirSync(folder)];
    } catch {
      continue;
    }
    for (const { name, isDirectory, isFile } of entries) {
      if (isDirectory) folders.push(`${folder}/${name}`);
      else if (isFile && name.endsWith(".html")) found.push(`${folder}/${name}`);
    }
  }
  if (found.length === 0) console.warn(`skipped: no pages of HTML in ${FOLDER}`);
  found.sort();
  const step = Math.max(1, found.length / count);
  const pages: string[] = [];
  for (let at = 0; at < found.length; at += step) pages.push(found[Math.floor(at)]!);
  return pages;
}
