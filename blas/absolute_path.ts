/**
 * Paths that stay those of the same files when the process changes its folder.
 *
 * @module
 */
import { builtinIfAny } from "./builtin_module.ts";

/**
 * Returns an absolute path, so that work of several steps stays with the same files if the process changes its folder between
 * them.
 *
 * @param path A path or a URL. It is returned as it is if it is absolute already; if it is not a path, which later steps
 * report; or if the process has no folder, as in a browser or after the folder was removed.
 */
export function absolutePath<P extends string | URL>(path: P): P | string {
  const paths = builtinIfAny("node:path"), folder = currentFolder();
  if (typeof path !== "string" || path === "" || paths === undefined || folder === undefined) return path;
  if (paths.isAbsolute(path)) return path;
  // Elsewhere the system itself resolves "..", which may follow a symbolic link.
  return paths.sep === "\\" ? paths.resolve(path) : `${folder}/${path}`;
}

function currentFolder(): string | undefined {
  try {
    return builtinIfAny("node:process")?.cwd();
  } catch {
    return undefined;
  }
}
