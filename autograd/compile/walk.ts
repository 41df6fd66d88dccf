/**
 * The trees that compiled functions take and return: which values are branches, and which are refused.
 *
 * @module
 */

/** The role of a tree for the compiled function. */
export type Subject = "argument" | "result";

/** Joins the path of a branch and the name of a child. */
export const joinPath = (path: string, name: string): string => path === "" ? name : `${path}.${name}`;

/** Tells plain records from instances of classes. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Throws if an array has more than a list of elements. */
export function checkArray(subject: Subject, path: string, part: readonly unknown[]): void {
  if (Object.getPrototypeOf(part) !== Array.prototype) {
    throw refusal(subject, path, describe(part), "turn it into a plain array with Array.from");
  }
  const names = Reflect.ownKeys(part);
  if (names.length === part.length + 1 && names.at(-1) === "length") return; // further names come behind it
  const extra = names.find((name) => name !== "length" && !isIndex(name));
  if (extra === undefined) return;
  const given = `an array with the further property ${String(extra)}`;
  throw refusal(subject, path, given, "put both into a record: { list, more }");
}

const isIndex = (name: string | symbol): boolean => typeof name === "string" && /^(0|[1-9]\d*)$/.test(name);

/**
 * Returns the names of a plain record's fields; throws for other objects, and for records with fields that would be
 * lost.
 */
export function checkRecord(subject: Subject, path: string, part: unknown): readonly string[] {
  if (!isRecord(part)) throw refusal(subject, path, describe(part), remedyFor(part, subject));
  for (const name of Reflect.ownKeys(part)) {
    const descriptor = Object.getOwnPropertyDescriptor(part, name)!;
    const isOrdinary = typeof name === "string" && descriptor.enumerable === true && "value" in descriptor;
    if (!isOrdinary) throw fieldRefusal(subject, path, name, descriptor);
  }
  return Object.keys(part);
}

/** Makes the error for a record with a field that would be lost. */
function fieldRefusal(
  subject: Subject,
  path: string,
  name: string | symbol,
  descriptor: PropertyDescriptor,
): TypeError {
  const given = `a record whose field ${String(name)}`;
  if (typeof name === "symbol") {
    return refusal(subject, path, `${given} has a symbol for its name`, "give the field a text as its name");
  }
  return "value" in descriptor
    ? refusal(subject, path, `${given} is not enumerable`, "make it an ordinary field")
    : refusal(subject, path, `${given} is an accessor`, "pass { ...record }, which reads it once");
}

/** Makes the error for a value that compiled functions neither take nor return. */
export function refusal(subject: Subject, path: string, given: string, remedy: string): TypeError {
  const action = subject === "argument"
    ? `call a compiled function with ${given} as argument ${path}`
    : `return ${given} from a compiled function${path === "" ? "" : ` at "${path}"`}`;
  return new TypeError(
    `Cannot ${action}: ${subject}s must be tensors, keys, numbers, texts, truth values, functions, null or undefined, ` +
      `and plain records and arrays of these; ${remedy}`,
  );
}

/** Returns the name of a value's type, such as "a Map". */
function describe(value: unknown): string {
  if (typeof value === "symbol") return "a symbol";
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name !== "string" || name === "") return "an instance of a class";
  return `${/^[AEIOU]/i.test(name) && !/^U(int|R)/.test(name) ? "an" : "a"} ${name}`;
}

/** Returns the remedy for a value. */
function remedyFor(value: unknown, subject: Subject): string {
  if (typeof value === "symbol") return "use a text";
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return "wrap it with constant, so that it is data";
  if (value instanceof Promise) return subject === "argument" ? "await it before the call" : "await it outside";
  if (value instanceof Map) {
    return subject === "argument"
      ? "turn it into a record with Object.fromEntries"
      : "return a record or an array; valueAndGradient gives gradients as a tree where backward gives a Map";
  }
  if (value instanceof Set) return "turn it into an array with Array.from";
  if (value instanceof Date) return "use its number, date.getTime(), or constant(date.getTime()) where it changes";
  return "use a plain record of the fields that are needed, { ...instance } for all";
}
