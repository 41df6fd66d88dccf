/**
 * State that copies of the library in one process share.
 *
 * A program can load the library twice, by two URLs or through two dependencies. All copies of a version share what is
 * running, such as the nested transforms and the engine in use, and the classes by which they recognize each other's
 * tensors: the copy that asks first makes them. Other versions share nothing, and their
 * tensors are refused.
 *
 * @module
 */
import { VERSION } from "./version.ts";

type Registry = Map<string, Map<string, unknown>>;

/** Returns the state that copies of this version share, by name; copies of all versions find it in one place. */
function ours(): Map<string, unknown> {
  // Only this module uses the key.
  const place = Symbol.for("nanograd shared"), world = globalThis as { [place]?: Registry };
  if (world[place] === undefined) Object.defineProperty(world, place, { value: new Map() });
  const registry = world[place]!, known = registry.get(VERSION);
  if (known !== undefined) return known;
  const made = new Map<string, unknown>();
  registry.set(VERSION, made);
  return made;
}

/**
 * Returns the state that copies of this version share under a name.
 *
 * @param name The module's, or that of a class.
 * @param make Makes it, for the first copy that asks.
 */
export function shared<T>(name: string, make: () => T): T {
  const known = ours();
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T; // copies of one version have one type for it
}

/** The property with the version that made an instance, for copies of other versions. */
export const MADE_BY: unique symbol = /* @__PURE__ */ Symbol.for("nanograd version");

/**
 * Throws if another version of the library made a value.
 *
 * @param what The kind of the value, such as `"tensor"`.
 * @throws {TypeError} If another version made it.
 */
export function checkVersion(what: string, value: object): void {
  const version = (value as { readonly [MADE_BY]?: unknown })[MADE_BY]; // undefined where it is not set
  if (version === undefined || version === VERSION) return;
  throw new TypeError(
    `Cannot use a ${what} of nanograd ${version} with nanograd ${VERSION}: both must be of one version; ` +
      "import one everywhere",
  );
}
