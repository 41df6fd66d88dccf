/**
 * Checks of a layer's arguments before it computes. They tell callers without types, and callers who have mixed up
 * variables, which argument is wrong.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { formatShape, ShapeError } from "../blas/errors.ts";
import { sameShape } from "../blas/shape.ts";
import { isKey } from "../autograd/random/key.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { innerShape } from "../autograd/tensor_record.ts";
import type { Tree } from "../autograd/tree/tree.ts";
import type { Mode } from "./mode.ts";
import { TensorSpec, type VariableSpecs } from "./spec.ts";

/** Throws if an input is not a tensor. */
export function checkInput(name: string, x: Tensor): void {
  if (isTensor(x)) return;
  const swapped = typeof x === "object" && x !== null && "params" in x;
  throw new ShapeError({
    op: name,
    given: { x: describe(x) },
    problem: "x must be a tensor",
    remedy: swapped ? "pass the variables first, then x" : "wrap arrays with constant, or with tensor32 or tensor64",
  });
}

/** Throws if a mode is neither `evaluate` nor `train(key)`. */
export function checkMode(name: string, mode: Mode): void {
  const known = typeof mode === "object" && mode !== null && (mode.training === false || mode.training === true);
  if (known && (!mode.training || isKey(mode.key))) return;
  throw new TypeError(
    `Cannot apply ${name} in mode ${describe(mode)}: it must be evaluate or train(key); pass one of them`,
  );
}

/** Throws if variables are not a record of `params` and `state`. */
export function checkVariables(name: string, variables: { readonly params: unknown; readonly state: unknown }): void {
  const isRecord = typeof variables === "object" && variables !== null;
  const wrong = !isRecord || isTensor(variables)
    ? { variables }
    : typeof variables.params !== "object" || variables.params === null
    ? { params: variables.params }
    : typeof variables.state !== "object" || variables.state === null
    ? { state: variables.state }
    : undefined;
  if (wrong === undefined) return;
  const [[argument, given]] = Object.entries(wrong) as [[string, unknown]]; // there is at least one
  throw variablesError(
    name,
    argument,
    given,
    argument === "variables" ? "it must be a record { params, state }" : "it must be a tree of tensors",
  );
}

/** Checks like {@link checkVariables}, and throws if a tensor is missing or has another shape. */
export function checkOwnVariables(
  name: string,
  { params, state }: VariableSpecs,
  variables: { readonly params: unknown; readonly state: unknown },
): void {
  checkVariables(name, variables);
  // Paths are built only if they are needed: this runs at every call of a layer.
  if (!fits(params, variables.params)) checkTree(name, params, variables.params, "params");
  if (!fits(state, variables.state)) checkTree(name, state, variables.state, "state");
}

/** Tells whether a tree has exactly the specified tensors, with their shapes. */
function fits(wanted: Tree<TensorSpec>, given: unknown): boolean {
  if (wanted instanceof TensorSpec) return isTensor(given) && sameShape(innerShape(given), wanted.shape);
  const parts = wanted as Readonly<Record<string, Tree<TensorSpec>>>; // no spec: a branch
  for (const key in parts) {
    if (typeof given !== "object" || given === null) return false;
    // A branch, as checked above.
    if (!fits(parts[key]!, (given as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
}

function checkTree(name: string, wanted: Tree<TensorSpec>, given: unknown, path: string): void {
  if (wanted instanceof TensorSpec) {
    if (isTensor(given) && sameShape(innerShape(given), wanted.shape)) return;
    throw variablesError(name, path, given, `it must be a tensor ${formatShape(wanted.shape)}`);
  }
  const parts = wanted as Readonly<Record<string, Tree<TensorSpec>>>; // no spec: a branch
  for (const key in parts) {
    if (typeof given !== "object" || given === null) {
      throw variablesError(name, path, given, `it must have ${Object.keys(parts).join(", ")}`);
    }
    // As checked, an object.
    checkTree(name, parts[key]!, (given as Readonly<Record<string, unknown>>)[key], `${path}.${key}`);
  }
}

/**
 * Checks like {@link checkVariables}, and throws unless params and state are lists with one entry for each of `count`
 * layers. The list of states may be empty, for layers without a state.
 */
export function checkListed(
  name: string,
  count: number,
  variables: { readonly params: unknown; readonly state: unknown },
): void {
  checkVariables(name, variables);
  for (const part of ["params", "state"] as const) {
    const given = variables[part];
    if (Array.isArray(given) && (given.length === count || (part === "state" && given.length === 0))) continue;
    throw variablesError(name, part, given, `it must be an array of ${count}, an entry for each layer`);
  }
}

const variablesError = (op: string, argument: string, given: unknown, problem: string): ShapeError =>
  new ShapeError({
    op,
    given: { [argument]: describe(given) },
    problem,
    remedy: "pass the variables that this layer's init returned, or those that training returned",
  });
