/** Files of one commit of a repository, by git. */
import { join } from "node:path";

/** Runs git; its output, or an error with what it said. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  // Nothing asks for a password, rewrites ends of lines, or runs a hook.
  const settings = ["-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null"];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: [...settings, ...args],
    cwd,
    env: { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" },
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new Deno.errors.NotConnected(`Cannot run git ${args.join(" ")}: ${said}`);
  }
  return new TextDecoder().decode(stdout).trim();
}

/**
 * Fetches one commit into a new folder.
 *
 * Git names a commit by a hash of all its files, and what it receives has that hash or is refused.
 *
 * @param address Of the repository.
 * @param commit Forty hex digits.
 * @param folder Where the files go; it is made.
 */
export async function checkout(address: string, commit: string, folder: string): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw new TypeError(
      `Cannot fetch ${address}: needs a commit of forty hex digits, received ${commit}`,
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  await git(folder, "init", "--quiet");
  await git(folder, "fetch", "--quiet", "--depth", "1", "--no-tags", address, commit);
  await git(folder, "-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD");
  const received = await git(folder, "rev-parse", "HEAD");
  if (received !== commit) {
    throw new TypeError(`Cannot fetch ${address}: needs ${commit}, received ${received}`);
  }
  await git(folder, "fsck", "--no-dangling", "--connectivity-only");
  await Deno.remove(join(folder, ".git"), { recursive: true });
}
