/**
 * Scalar expressions as straight-line programs over registers, from which engines build loops.
 *
 * @module
 */
import { type Scalar, subexpressions } from "./scalar.ts";

/** One instruction: `registers[target] = expression(registers[inputs...])`. */
export type ScalarInstruction = {
  /** The expression computed, a function or a choice. */
  readonly expression: Extract<Scalar, { inputs: readonly Scalar[] }>;
  /** The registers of its inputs. */
  readonly inputs: readonly number[];
  /** The register of the result; it may be one of the inputs, which is then used for the last time. */
  readonly target: number;
};

/** An expression as instructions over as few registers as its order of evaluation needs. */
export type ScalarProgram = {
  /** The registers to fill with constants before the first instruction. */
  readonly constants: readonly { readonly register: number; readonly value: number }[];
  /** The register to load each argument into; arguments that do not occur are not listed. */
  readonly arguments: readonly { readonly register: number; readonly index: number }[];
  readonly instructions: readonly ScalarInstruction[];
  /** The register that holds the final value. */
  readonly result: number;
  /** The number of registers. */
  readonly registerCount: number;
};

const programs = new WeakMap<Scalar, ScalarProgram>();

/**
 * Returns the program of an expression. Constants and arguments keep their registers throughout, so that a loop does
 * not have to reload those that are the same for the next element.
 */
export function scalarProgram(root: Scalar): ScalarProgram {
  const found = programs.get(root); // a value that is not an expression is rejected where its parts are listed
  if (found !== undefined) return found;
  const made = assign(root);
  programs.set(root, made);
  return made;
}

function assign(root: Scalar): ScalarProgram {
  const parts = subexpressions(root);
  const lastUse = new Map<Scalar, number>();
  parts.forEach((x, position) => "inputs" in x && x.inputs.forEach((input) => lastUse.set(input, position)));

  const register = new Map<Scalar, number>();
  const constants: { register: number; value: number }[] = [];
  const args: { register: number; index: number }[] = [];
  const instructions: ScalarInstruction[] = [];
  const free: number[] = [];
  let registerCount = 0;
  parts.forEach((x, position) => {
    if (!("inputs" in x)) {
      const own = registerCount++;
      register.set(x, own);
      if (x.kind === "constant") constants.push({ register: own, value: x.value });
      else args.push({ register: own, index: x.index });
      return;
    }
    const inputs = x.inputs.map((input) => register.get(input)!);
    for (const input of new Set<Scalar>(x.inputs)) {
      if ("inputs" in input && lastUse.get(input) === position) free.push(register.get(input)!);
    }
    const target = free.pop() ?? registerCount++;
    register.set(x, target);
    instructions.push({ expression: x, inputs, target });
  });
  return { constants, arguments: args, instructions, result: register.get(root)!, registerCount };
}
