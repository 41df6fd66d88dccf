/**
 * The carry of a step: matches the carry that it returns with the one that it takes.
 *
 * @module
 */
import type { Carried } from "../../blas/program/memory/memory_plan.ts";
import { type DataLeafSignature, dataOf, mapData, type Signature } from "./signature.ts";
import { describeSignature } from "./signature_change.ts";
import { joinPath } from "./walk.ts";

/**
 * Pairs the data of both carries, in the order of the returned carry, whose fields may be in another order.
 *
 * @param args The signature of `[carry, x]`.
 * @param result The signature of `[carry, y]`.
 * @throws {TypeError} If the two carries differ; the message names the path.
 */
export function carriedLeaves(args: Signature, result: Signature): readonly Carried[] {
  const taken = firstOf(args), returned = firstOf(result);
  // Every leaf of a signature is a distinct object, so it can be the key of its position.
  const places = new Map<DataLeafSignature, number>(dataOf(taken).map((leaf, k) => [leaf, k]));
  const pairs: Carried[] = [];
  const visit = (before: Signature | undefined, after: Signature | undefined, path: string): void => {
    if (before === undefined || after === undefined || !sameKind(before, after)) throw changed(path, before, after);
    if (after.kind === "list") {
      // Both are of one kind, as compared above.
      after.parts.forEach((part, k) => visit((before as typeof after).parts[k], part, joinPath(path, String(k))));
    } else if (after.kind === "record") {
      after.names.forEach((name, k) =>
        // Both are of one kind, as compared above.
        visit(fieldOf(before as typeof after, name), after.parts[k], joinPath(path, name))
      );
      for (const name of (before as typeof after).names) { // of the same kind
        if (!after.names.includes(name)) {
          // Of the same kind.
          throw changed(joinPath(path, name), fieldOf(before as typeof after, name), undefined);
        }
      }
    } else if (after.kind !== "static") pairs.push([pairs.length, places.get(before as typeof after)!]); // of the same kind
  };
  visit(taken, returned, "");
  return pairs;
}

/**
 * Returns the signature of the arguments for a step's program. Variables of the carry that come back as constants may
 * be constants from the start, since the next step runs with such a carry too.
 *
 * @param carried The result of {@link carriedLeaves}.
 */
export function argumentsOfStep(args: Signature, result: Signature, carried: readonly Carried[]): Signature {
  const returned = dataOf(result), constant = new Set<number>();
  for (const [from, to] of carried) {
    const leaf = returned[from]!;
    if (leaf.kind === "tensor" && !leaf.tracked) constant.add(to);
  }
  return mapData(
    args,
    (leaf, k) => leaf.kind === "tensor" && leaf.tracked && constant.has(k) ? { ...leaf, orConstant: true } : leaf,
  );
}

// The signature of a pair is a list.
const firstOf = (pair: Signature): Signature => (pair as Extract<Signature, { kind: "list" }>).parts[0]!;

const fieldOf = ({ names, parts }: Extract<Signature, { kind: "record" }>, name: string): Signature | undefined =>
  parts[names.indexOf(name)];

function sameKind(a: Signature, b: Signature): boolean {
  if (a.kind === "static" && b.kind === "static") return Object.is(a.value, b.value);
  if (a.kind === "list" && b.kind === "list") return a.parts.length === b.parts.length;
  if (a.kind === "record" && b.kind === "record") return true;
  // Tensors may be variables or not: a step returns results of operations, which are constants.
  if (a.kind === "tensor" && b.kind === "tensor") return a.dtype === b.dtype && String(a.shape) === String(b.shape);
  return a.kind === b.kind;
}

function changed(path: string, before: Signature | undefined, after: Signature | undefined): TypeError {
  const words = (part: Signature | undefined): string => {
    if (part === undefined) return "nothing";
    return part.kind === "tensor" ? `${part.dtype} [${part.shape.join(", ")}]` : describeSignature(part);
  };
  const where = path === "" ? "as its carry" : `at "${path}" of the carry`;
  const isNumber = [before, after].some((part) => part?.kind === "static" && typeof part.value === "number");
  return new TypeError(
    `Cannot scan with a step that returns ${words(after)} ${where}: it was given ${words(before)} there, and ` +
      (isNumber
        ? "numbers are part of the signature, so they must stay the same; carry a tensor where it counts, constant(0), " +
          "and add to it with add"
        : "must return the like; give every step the same carry"),
  );
}
