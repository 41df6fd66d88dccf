/**
 * Paths that stay those of the same files when the process changes its folder.
 *
 * @module
 */
import { builtinIfAny } from "./builtin_module.ts";

/**
 * Returns an absolute path: work that takes several steps would go astray if the folder of the process changed between them.
 *
 * @param path A path or a URL. What is absolute already, no path at all or empty, for which steps that follow give the error,
 * is returned as it is; so is any path where there are no files.
 */
export function absolutePath<P extends string | URL>(path: P): P | string {
  const paths = builtinIfAny("node:path"), process = builtinIfAny("node:process");
  if (typeof path !== "string" || path === "" || paths === undefined || process === undefined) return path;
  if (paths.isAbsolute(path)) return path;
  // Elsewhere the system itself resolves "..", which may follow a symbolic link.
  return paths.sep === "\\" ? paths.resolve(path) : `${process.cwd()}/${path}`;
}
