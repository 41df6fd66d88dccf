/**
 * Parses the equations of {@link einsum}.
 *
 * @module
 */
import { ShapeError } from "../../blas/errors.ts";
import type { Shape } from "../../blas/shape.ts";

/** The names of a tensor's axes: letters, and `...0`, `...1`, … from the right for the axes of an ellipsis. */
export type Labels = readonly string[];

/** A parsed equation: the axes of each tensor and of the result. */
export type Equation = { readonly terms: readonly Labels[]; readonly result: Labels };

const ELLIPSIS = "...";

/**
 * Parses an equation and checks that it fits the tensors.
 *
 * @param equation Such as `"ij,jk->ik"`.
 * @param shapes The tensors' shapes.
 * @throws {RangeError} If the equation is malformed.
 * @throws {ShapeError} If it does not fit the shapes.
 */
export function parseEinsum(equation: string, shapes: readonly Shape[]): Equation {
  const match = /^([A-Za-z.,]*)(?:->([A-Za-z.]*))?$/.exec(String(equation).replaceAll(" ", ""));
  if (match === null) throw syntaxError(equation, "it may only have letters, commas and one arrow");
  const [, left = "", right] = match, written = left.split(",").map((term) => symbolsOf(equation, term));
  const error = (problem: string, remedy: string): ShapeError => shapeError(equation, shapes, problem, remedy);
  if (written.length !== shapes.length) {
    throw error(
      `the equation has ${written.length} terms, and ${shapes.length} tensors were given`,
      "write one term for each tensor, with commas between them",
    );
  }
  const terms = written.map((symbols, k) => labelsOf(symbols, shapes[k]!.length, `tensor ${k}`, error));
  checkLengths(terms, shapes, error);
  const widest = Math.max(0, ...terms.map((labels) => labels.filter(isEllipsis).length));
  return { terms, result: resultOf(equation, right, terms, widest) };
}

const isEllipsis = (label: string): boolean => label.startsWith(ELLIPSIS);

/** Returns the letters of a term; an ellipsis is one symbol. */
function symbolsOf(equation: string, term: string): Labels {
  const match = /^([A-Za-z]*)(\.\.\.)?([A-Za-z]*)$/.exec(term);
  if (match === null) throw syntaxError(equation, `"${term}" has dots other than one ellipsis "..."`);
  const [, before = "", ellipsis, after = ""] = match;
  return [...before, ...ellipsis === undefined ? [] : [ELLIPSIS], ...after];
}

/** Replaces an ellipsis by the names of single axes. */
const expand = (symbols: Labels, width: number): Labels =>
  symbols.flatMap((symbol) =>
    symbol === ELLIPSIS ? Array.from({ length: width }, (_, k) => `${ELLIPSIS}${width - 1 - k}`) : [symbol]
  );

type MakeError = (problem: string, remedy: string) => ShapeError;

function labelsOf(symbols: Labels, rank: number, tensor: string, error: MakeError): Labels {
  const open = symbols.includes(ELLIPSIS), letters = symbols.length - (open ? 1 : 0);
  if (open ? rank < letters : rank !== letters) {
    throw error(
      `term "${symbols.join("")}" names ${letters} axes${open ? " or more" : ""}, and ${tensor} has ${rank}`,
      "write one letter for each axis, or ... for those that need no name",
    );
  }
  return expand(symbols, rank - letters);
}

/** Checks that axes with the same letter have the same length; those of ellipses may also be 1. */
function checkLengths(terms: readonly Labels[], shapes: readonly Shape[], error: MakeError): void {
  const known = new Map<string, { readonly length: number; readonly tensor: number }>();
  terms.forEach((labels, tensor) =>
    labels.forEach((label, axis) => {
      const length = shapes[tensor]![axis]!, before = known.get(label);
      if (before === undefined || (isEllipsis(label) && before.length === 1)) known.set(label, { length, tensor });
      else if (before.length !== length && !(isEllipsis(label) && length === 1)) {
        throw error(
          `axis ${label} is ${before.length} in tensor ${before.tensor} and ${length} in tensor ${tensor}`,
          "axes of one letter must be of one length; give the axis another letter",
        );
      }
    })
  );
}

function resultOf(equation: string, right: string | undefined, terms: readonly Labels[], widest: number): Labels {
  const all = terms.flat();
  if (right === undefined) {
    const once = all.filter((label) => !isEllipsis(label) && all.indexOf(label) === all.lastIndexOf(label));
    return [...expand([ELLIPSIS], widest), ...once.sort()];
  }
  const result = expand(symbolsOf(equation, right), widest);
  const unknown = result.find((label) => !all.includes(label));
  if (unknown !== undefined) throw syntaxError(equation, `the result has "${unknown}", which no tensor has`);
  const twice = result.find((label, k) => result.indexOf(label) !== k);
  if (twice !== undefined) throw syntaxError(equation, `the result has "${twice}" twice`);
  if (widest > 0 && !right.includes(ELLIPSIS)) {
    throw syntaxError(equation, 'the axes of "..." cannot be summed over, and the result has no "..."');
  }
  return result;
}

function syntaxError(equation: string, problem: string): RangeError {
  return new RangeError(
    `Cannot apply einsum to equation "${equation}": ${problem}; write it as "ij,jk->ik", a letter for each axis`,
  );
}

function shapeError(equation: string, shapes: readonly Shape[], problem: string, remedy: string): ShapeError {
  const tensors = Object.fromEntries(shapes.map((shape, k) => [`tensor ${k}`, shape]));
  return new ShapeError({ op: "einsum", given: { equation: `"${equation}"`, ...tensors }, problem, remedy });
}
