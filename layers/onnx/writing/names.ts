/**
 * Names of inputs, params and outputs: their places in the trees.
 *
 * @module
 */
import type { DataLeafSignature, Signature } from "../../../autograd/compile/signature.ts";
import { typeOf } from "../../../autograd/compile/signature.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import { OnnxError, quoted } from "../errors.ts";

/** Throws unless names are lists of texts under the three names that lists can have. */
export function checkNames(names: object): void {
  checkOptions("name parts of an ONNX graph", names, { params: true, inputs: true, outputs: true });
  for (const [part, own] of Object.entries<unknown>({ ...names })) {
    if (own === undefined) continue;
    const action = `Cannot name ${part} of an ONNX graph by ${describe(own)}`;
    if (!Array.isArray(own) || !own.every((name) => typeof name === "string" && name !== "")) {
      throw new TypeError(`${action}: they must be an array of strings; pass ["x"]`);
    }
    if (own.every((name) => name.isWellFormed())) continue;
    throw new TypeError(`${action}: the names must be well-formed Unicode; call their toWellFormed()`);
  }
}

/** A leaf and its place. */
type Leaf = { readonly path: string; readonly leaf: DataLeafSignature | Tensor };

/** Lists the leaves of a signature that are data or constant tensors. */
function leavesIn(signature: Signature, path = ""): readonly Leaf[] {
  const below = (name: string): string => path === "" ? name : `${path}.${name}`;
  switch (signature.kind) {
    case "tensor":
    case "key":
      return [{ path, leaf: signature }];
    case "static":
      return isTensor(signature.value) ? [{ path, leaf: signature.value }] : [];
    case "list":
      return signature.parts.flatMap((part, k) => leavesIn(part, below(String(k))));
    case "record":
      return signature.parts.flatMap((part, k) => leavesIn(part, below(signature.names[k]!)));
  }
}

/** Returns names that nothing else has: a tree of one tensor has the name of what it is. */
function distinct(
  paths: readonly string[],
  what: string,
  given: readonly string[] | undefined,
  taken: ReadonlySet<string>,
): readonly string[] {
  if (
    given !== undefined &&
    (given.length !== paths.length || new Set([...given, ...taken]).size < given.length + taken.size)
  ) {
    throw new OnnxError({
      action: "encode ONNX",
      given: `${given.length} names of ${what}s: ${given.slice(0, 4).map(quoted).join(", ")}`,
      problem: `there must be ${paths.length}, and each must differ from all other names`,
      remedy: "pass one for each tensor, in their order",
    });
  }
  const used = new Set(taken);
  return paths.map((path, k) => {
    // Files are in UTF-8, which has no halves of surrogate pairs.
    const own = given?.[k] ?? (path.toWellFormed() || what);
    let name = used.has(own) ? `${what}.${own}` : own;
    // Different places can look alike: ["a.b"] and ["a"]["b"].
    for (let n = 2; used.has(name); n++) name = `${what}.${own}#${n}`;
    used.add(name);
    return name;
  });
}

/** Returns the names of the data of arguments. */
export function namesOf(
  signature: Signature,
  what: string,
  given?: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): readonly string[] {
  return distinct(leavesIn(signature).map(({ path }) => path), what, given, taken);
}

/** An output: its name, its type, and its value if that depends on no argument. */
export type Output = { readonly name: string; readonly type: ValueType; readonly value?: Tensor };

/** Returns the outputs of a result. */
export function outputNames(
  result: Signature,
  given: readonly string[] | undefined,
  taken: ReadonlySet<string>,
): readonly Output[] {
  const leaves = leavesIn(result), names = distinct(leaves.map(({ path }) => path), "output", given, taken);
  if (leaves.length === 0) {
    throw new OnnxError({
      action: "encode ONNX",
      given: "the function",
      problem: "it returns no tensors",
      remedy: "return some",
    });
  }
  return leaves.map(({ leaf }, k) =>
    isTensor(leaf)
      ? { name: names[k]!, type: { dtype: leaf.dtype, shape: leaf.shape }, value: leaf }
      : { name: names[k]!, type: typeOf(leaf) }
  );
}
