/**
 * Paths that stay those of the same files when the process changes its folder.
 *
 * @module
 */
import { builtinIfAny } from "./builtin_module.ts";

/**
 * Returns an absolute path: work that takes several steps would go astray if the folder of the process changed between them.
 *
 * @param path A path or a URL. It is returned as it is if it is absolute already or no path at all, for which later steps have
 * the error, or if the process has no folder: in a browser, or since somebody removed it.
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
