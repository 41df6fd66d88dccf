/**
 * Checks of the names of options: without them, a misspelt name would be ignored silently.
 *
 * @module
 */

/** The names of all options of a function; the type ensures that the list is complete. */
export type OptionNames<O> = { readonly [K in keyof O]-?: true };

/**
 * Rejects options that are not a record, and unknown names. A field that is `undefined` counts as absent.
 *
 * @param action The action to name in the error, such as `"build denseLayer"`.
 * @param options What the caller passed.
 * @param names The names of all options.
 * @throws {TypeError} If `options` is not a record, or has an unknown name.
 */
export function checkOptions<O extends object>(action: string, options: O, names: OptionNames<O>): void {
  const allowed = Object.keys(names);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const given = Array.isArray(options) ? "an array" : options === null ? "null" : typeof options;
    throw new TypeError(
      `Cannot ${action} with ${given} for options: they must be a record; pass { ${allowed[0]}: … }, or leave them out`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    const meant = allowed.find((option) => alike(option, name));
    throw new TypeError(
      `Cannot ${action} with the option "${name}": the options are ${allowed.join(", ")}; ` +
        (meant === undefined ? "correct the name, or leave it out" : `write ${meant}`),
    );
  }
}

/** Whether one name is likely the other, misspelt: in case or underscores, or by one letter, wrong, missing or too many. */
function alike(name: string, given: string): boolean {
  const [a, b] = [name, given].map((text) => text.toLowerCase().replaceAll(/[_-]/g, "")) as [string, string];
  let start = 0, end = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
