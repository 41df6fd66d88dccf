/**
 * Temporary files beside a file that is being saved, and those left behind by processes that were killed.
 *
 * @module
 */
import { builtin } from "../../blas/builtin_module.ts";

/** After this many milliseconds without a write, ten minutes, a file is stale, even if its process cannot be checked. */
const FORGOTTEN = 600_000;

/** Returns an unused path in the same folder. It contains the number of the process, so that others can tell whether that is still running. */
export const temporaryFor = (target: string): string =>
  `${stemFor(target)}.${builtin("node:process").pid}-${crypto.randomUUID()}.tmp`;

/** Returns an unused path in the same folder, which is taken for abandoned only when it has not been written for ten minutes. */
export const temporaryWithoutProcess = (target: string): string => `${stemFor(target)}.${crypto.randomUUID()}.tmp`;

function stemFor(target: string): string {
  const { basename, dirname, sep } = builtin("node:path"), name = basename(target), stem = stemOf(name);
  return stem === name ? target : dirname(target) + sep + stem;
}

/** The most bytes of a name that a temporary file begins with: with the suffix, file systems take at most 255. */
const LONGEST_STEM = 200;

/** Returns the beginning of a name that leaves room for the suffix. */
function stemOf(name: string): string {
  const bytes = new TextEncoder().encode(name);
  // A character that is cut in two becomes nothing.
  return bytes.length <= LONGEST_STEM
    ? name
    : new TextDecoder().decode(bytes.subarray(0, LONGEST_STEM), { stream: true });
}

/** The suffixes of temporary files, with and without a process. */
const SUFFIX = /^\.(?:(\d+)-)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/**
 * Removes the temporary files of processes that were killed while they saved to this file. It does not fail: files that
 * it may not read or remove stay.
 */
export async function removeStale(target: string): Promise<void> {
  const fs = builtin("node:fs/promises"), { basename, dirname, join } = builtin("node:path");
  const folder = dirname(target), name = stemOf(basename(target));
  const names = await fs.readdir(folder).catch(() => []);
  for (const found of names) {
    const suffix = found.startsWith(name) ? SUFFIX.exec(found.slice(name.length)) : null;
    if (suffix === null) continue;
    const path = join(folder, found), stat = await fs.stat(path).catch(() => undefined);
    if (stat === undefined || !isStale(suffix[1], stat.mtimeMs)) continue;
    await fs.unlink(path).catch(() => undefined);
  }
}

/** Tells whether a temporary file that was last written at this time has been abandoned. */
function isStale(writer: string | undefined, written: number): boolean {
  if (Date.now() - written > FORGOTTEN) return true;
  if (writer === undefined) return false;
  const process = builtin("node:process"), pid = Number(writer);
  // In a container, one process after another has the same number.
  if (pid === process.pid) return written < performance.timeOrigin;
  try {
    process.kill(pid, 0); // sends nothing, and fails if the process does not exist
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH"; // otherwise it is running, or Deno has no permission to check
  }
}
