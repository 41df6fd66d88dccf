/**
 * Parses the patterns of `rearrange`, `reduce` and `repeat`.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import type { Shape } from "../../blas/shape.ts";

/** Elementary axes by name: one axis of the tensor for each group, which may be none. */
export type Groups = readonly (readonly string[])[];

/** A pattern that fits a tensor. */
export type Pattern = {
  readonly left: Groups;
  readonly right: Groups;
  /** The length of every elementary axis. */
  readonly lengths: ReadonlyMap<string, number>;
};

/** The lengths of axes that do not follow from the shape. */
export type AxisSizes = { readonly [name: string]: number };

/** A pattern, and the operation that it is for. */
export type PatternUse = {
  readonly op: "rearrange" | "reduce" | "repeat";
  readonly pattern: string;
  readonly shape: Shape;
  readonly sizes: AxisSizes;
};

const ELLIPSIS = "...";

/** An ellipsis outside parentheses. */
const OPEN: readonly string[] = [ELLIPSIS];

/**
 * Parses a pattern, such as `"b (h p) w -> b h (p w)"`, and finds the lengths of its axes.
 *
 * @throws {RangeError} If it is malformed, or has axes on one side that the operation does not have there.
 * @throws {ShapeError} If it does not fit the shape.
 */
export function parsePattern(use: PatternUse): Pattern {
  const sides = typeof use.pattern === "string" ? use.pattern.split("->") : []; // code without types passes anything
  if (sides.length !== 2) throw malformed(use, "there must be one arrow");
  const [before, after] = sides.map((side, k) => groupsOf(use, side, k === 0 ? "<" : ">")) as [Groups, Groups]; // two
  if (before.some((group) => group !== OPEN && group.includes(ELLIPSIS))) {
    throw malformed(use, "an ellipsis in parentheses must be on the right");
  }
  const width = use.shape.length - before.filter((group) => group !== OPEN).length, isOpen = hasEllipsis(before);
  if (isOpen ? width < 0 : width !== 0) {
    throw misfit(use, `the left side names ${before.length - (isOpen ? 1 : 0)} axes${isOpen ? " or more" : ""}`);
  }
  if (hasEllipsis(after) && !isOpen) throw malformed(use, "an ellipsis on the right must be on the left too");
  const left = expanded(before, width), right = expanded(after, width);
  checkNames(use, left.flat(), right.flat());
  return { left, right, lengths: lengthsOf(use, left, right.flat()) };
}

const hasEllipsis = (groups: Groups): boolean => groups.flat().includes(ELLIPSIS);

/** Tells whether an axis was written as a number: it has no name, and differs from all others. */
const isAnonymous = (name: string): boolean => /^[<>]/.test(name);

/** Returns the groups of one side; an axis outside parentheses is a group, and 1 is a group without axes. */
function groupsOf(use: PatternUse, side: string, mark: string): Groups {
  const groups: (readonly string[])[] = [], tokens = side.match(/\.\.\.|[()]|[A-Za-z_]\w*|\d+|\S/g) ?? [];
  let open: string[] | undefined;
  tokens.forEach((token, k) => {
    if (token === "(" && open === undefined) groups.push(open = []);
    else if (token === ")" && open !== undefined) open = undefined;
    else if (/^(\.\.\.|\w+)$/.test(token)) {
      const name = /^\d/.test(token) ? `${mark}${k} ${Number(token)}` : token, names = / 1$/.test(name) ? [] : [name];
      if (open === undefined) groups.push(token === ELLIPSIS ? OPEN : names);
      else open.push(...names);
    } else throw malformed(use, `"${token}" does not belong there`);
  });
  if (open !== undefined) throw malformed(use, "a parenthesis is not closed");
  return groups;
}

/** Replaces an ellipsis by the axes that it stands for: each is a group, except in parentheses. */
function expanded(groups: Groups, width: number): Groups {
  const names = Array.from({ length: Math.max(0, width) }, (_, k) => `${ELLIPSIS}${k}`);
  return groups.flatMap((group) => {
    if (group === OPEN) return names.map((name) => [name]);
    return [group.flatMap((name) => name === ELLIPSIS ? names : [name])];
  });
}

function checkNames(use: PatternUse, left: readonly string[], right: readonly string[]): void {
  for (const side of [left, right]) {
    const twice = side.find((name, k) => side.indexOf(name) !== k);
    if (twice !== undefined) throw malformed(use, `axis ${twice} occurs twice on one side`);
  }
  const gone = left.find((name) => !right.includes(name)), added = right.find((name) => !left.includes(name));
  const called = (name: string): string => isAnonymous(name) ? name.replace(/^.* /, "") : name;
  if (gone !== undefined && use.op !== "reduce") throw malformed(use, `axis ${called(gone)} must be on the right too`);
  if (added !== undefined && use.op !== "repeat") throw malformed(use, `axis ${called(added)} must be on the left too`);
  const unknown = Object.keys(use.sizes).find((name) => !left.includes(name) && !right.includes(name));
  if (unknown !== undefined) throw malformed(use, `sizes has ${unknown}, which is not in the pattern`);
}

/** Finds the length of every axis: given, or what remains of the tensor's axis. */
function lengthsOf(use: PatternUse, left: Groups, right: readonly string[]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const name of [...left.flat(), ...right]) {
    if (isAnonymous(name)) lengths.set(name, Number(name.replace(/^.* /, "")));
    else if (Object.hasOwn(use.sizes, name)) lengths.set(name, checkedSize(use, name));
  }
  left.forEach((group, axis) => {
    const whole = use.shape[axis]!, open = group.filter((name) => !lengths.has(name));
    const known = group.reduce((product, name) => product * (lengths.get(name) ?? 1), 1);
    if (open.length > 1) throw misfit(use, `the lengths of ${open.join(" and ")} are not known`, "pass one in sizes");
    if (open.length === 1 && known > 0 && whole % known === 0) lengths.set(open[0]!, whole / known);
    else if (open.length === 1 || known !== whole) {
      throw misfit(use, `axis ${axis} of ${whole} must be ${open.length === 1 ? "a multiple of " : ""}${known}`);
    }
  });
  const missing = right.find((name) => !lengths.has(name));
  if (missing !== undefined) throw misfit(use, `the length of ${missing} is not known`, "pass it in sizes");
  return lengths;
}

function checkedSize(use: PatternUse, name: string): number {
  const size = use.sizes[name]!;
  if (Number.isInteger(size) && size >= 0) return size;
  throw new RangeError(
    `Cannot apply ${use.op} with size ${
      describe(size)
    } for ${name}: it must be a whole number of 0 or more; correct it`,
  );
}

const malformed = ({ op, pattern }: PatternUse, problem: string): RangeError =>
  new RangeError(
    `Cannot apply ${op} with pattern ${describe(pattern)}: ${problem}; write it as "b (h p) w -> b h (p w)"`,
  );

const misfit = (
  { op, pattern, shape }: PatternUse,
  problem: string,
  remedy = "correct the pattern or sizes",
): ShapeError => new ShapeError({ op, given: { t: shape, pattern: describe(pattern) }, problem, remedy });
