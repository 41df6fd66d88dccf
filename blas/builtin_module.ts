/**
 * The modules that Deno, Node and Bun have built in and browsers lack.
 *
 * An import of them would be an error in most bundlers for browsers, even in programs that never use a file.
 *
 * @module
 */

/** The modules by name. */
type Builtins = {
  readonly "node:fs": typeof import("node:fs");
  readonly "node:fs/promises": typeof import("node:fs/promises");
  readonly "node:path": typeof import("node:path");
  readonly "node:process": typeof import("node:process");
  readonly "node:url": typeof import("node:url");
};

type Process = { readonly getBuiltinModule?: <N extends keyof Builtins>(name: N) => Builtins[N] | undefined };

/** Returns a module, or `undefined` if the runtime does not have it. */
export function builtinIfAny<N extends keyof Builtins>(name: N): Builtins[N] | undefined {
  const { process } = globalThis as { readonly process?: Process | undefined }; // browsers have none
  return process?.getBuiltinModule?.(name);
}

/**
 * Returns a module.
 *
 * @throws {Error} If the runtime does not have it.
 */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] {
  const found = builtinIfAny(name);
  if (found !== undefined) return found;
  throw new Error("this runtime has no files, which Deno, Node 20.16 or later, and Bun have");
}
