/**
 * Checks of the names of options: without them, a misspelled name would be ignored silently.
 *
 * @module
 */
import { describe } from "./describe.ts";

/**
 * The names of all options of a function; the type ensures that the list is complete. A `"flag"` must be true or false:
 * any other value would count as one of them, silently.
 */
export type OptionNames<O> = { readonly [K in keyof O]-?: true | "flag" };

/**
 * Rejects options that are not a record, and unknown names. A field that is `undefined` counts as absent.
 *
 * @param action The action to name in the error, such as `"build denseLayer"`.
 * @param options What the caller passed.
 * @param names The names of all options.
 * @throws {TypeError} If `options` is not a record, or has an unknown name.
 */
export function checkOptions<O extends object>(action: string, options: O, names: OptionNames<O>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw notARecord(action, options, names);
  }
  // A loop, since Object.entries makes an array of arrays on each call, even for the sum of two numbers.
  let known = false;
  for (const name in options) {
    const kind = fieldOf(names, name), value = options[name];
    if (kind === true || kind === "flag") {
      known = true;
      if (kind === "flag") checkFlagged(action, name, value);
    } else if (value !== undefined && Object.hasOwn(options, name)) {
      checkPlain(action, options, names);
      throw unknownOption(action, name, Object.keys(names));
    }
  }
  if (!known) checkPlain(action, options, names);
}

/** Reads a field; in the loop itself, V8 takes the name for one of the record that is looped over, and drops its code. */
const fieldOf = <O extends object>(record: O, name: keyof O): O[keyof O] => record[name];

/** Options with a value for each. An option that is given as `undefined` counts as left out. */
export type Complete<O> = { readonly [K in keyof O]-?: Exclude<O[K], undefined> };

/** Throws if a flag has a value other than true and false. */
function checkFlagged(action: string, name: string, value: unknown): void {
  if (typeof value === "boolean" || value === undefined) return;
  throw new TypeError(`Cannot ${action} with ${name} ${describe(value)}: it must be true or false; pass one of them`);
}

/** Throws if options are not a record but a `Map`, a tensor, an activation or the like, which have a tag. */
function checkPlain<O extends object>(action: string, options: O, names: OptionNames<O>): void {
  const prototype: unknown = Object.getPrototypeOf(options);
  if ((prototype === Object.prototype || prototype === null) && !("tag" in options)) return;
  throw notARecord(action, options, names);
}

const notARecord = (action: string, options: unknown, names: object): TypeError =>
  new TypeError(
    `Cannot ${action} with ${describe(options)} for options: they must be a record of options; pass { ${
      Object.keys(names)[0]
    }: … }`,
  );

function unknownOption(action: string, name: string, allowed: readonly string[]): TypeError {
  const meant = allowed.find((option) => alike(option, name));
  return new TypeError(
    `Cannot ${action} with the option "${name}": the options are ${allowed.join(", ")}; ` +
      (meant === undefined ? "correct the name, or leave it out" : `write ${meant}`),
  );
}

/**
 * Tells whether a name is likely a misspelling of another: in case or underscores, or by one letter that is wrong,
 * missing or too many.
 */
function alike(name: string, given: string): boolean {
  // Two texts.
  const [a, b] = [name, given].map((text) => text.toLowerCase().replaceAll(/[_-]/g, "")) as [string, string];
  let start = 0, end = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
