/**
 * Tensors, operations and their derivatives: values in, gradients out, nothing to free.
 *
 * @example Differentiate a function
 * ```ts
 * import { gradient, mul, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd/autograd";
 * import { assertEquals } from "@std/assert";
 *
 * const slope = gradient((x: Tensor<"float64">) => sum(mul(x, x)));
 * assertEquals(toList(slope(tensor64([1, 2, 3]))), [2, 4, 6]);
 * ```
 *
 * @module
 */
import * as tree from "./tree/tree.ts";

export type { Either, Monoid, Option, Semigroup } from "../deps.ts";
export type { DType, ReadonlyDataOf } from "../blas/dtype.ts";
export type { Mutator, Readers, ReadonlyFloat32Array, ReadonlyFloat64Array } from "../blas/readonly_data.ts";
export { DTypeError, ShapeError, type ShapeErrorDetails } from "../blas/errors.ts";
export { checkedSizeOf as sizeOf, type Shape, type ShapeResult } from "../blas/shape.ts";
export type { View } from "../blas/view.ts";
export { backward, gradientOf, type Gradients } from "./backward.ts";
export { checkGradient, type GradientCheck } from "./transforms/check_gradient.ts";
export { arange, constant, eye, full, ones, tensor32, tensor64, zeros } from "./values/constructors.ts";
export { type CarryOf, compile, type Compiled, formatProgram, type InputOf, type YieldOf } from "./compile/compile.ts";
export type { CompileOptions, PassOptions } from "./compile/options.ts";
export { formatProfile } from "./compile/format_profile.ts";
export { type InstructionProfile, profileOf, type ThreadProfile } from "./compile/profile.ts";
export { linspace, type LinspaceOptions } from "./values/linspace.ts";
export type { PassName } from "../blas/program/passes/mod.ts";
export { TraceError } from "./compile/errors.ts";
export { customOp, type CustomOpDefinition } from "./custom_op.ts";
export type { DTypeOption } from "./values/dtype_option.ts";
export { AbstractValueError, GraphCycleError } from "./errors.ts";
export { formatTensor, printTensor } from "./format.ts";
export { addGradients, type GradientsSemigroup, gradientsSemigroup } from "./gradients.ts";
export { foldIn, isKey, type Key, key, type Keys } from "./random/key.ts";
export { hessian, jacobian } from "./transforms/jacobian.ts";
export type {
  MultiFilling,
  MultiOperatingWith,
  MultiPrimitive,
  MultiVjpContext,
  TraceFunction,
} from "./multi_primitive.ts";
export type { Numeric, NumericArray } from "./values/numeric.ts";
export * from "./ops/mod.ts";
export * from "./probability/mod.ts";
export * from "./linalg/mod.ts";
export type {
  Evaluating,
  Filling,
  Operating,
  OperatingAlone,
  OperatingWith,
  Primitive,
  PrimitiveFacts,
  Sample,
  SampleInput,
  VjpContext,
} from "./primitive.ts";
export { type ParameterTree, type TensorsIn, type TensorTree, zerosLike } from "./tree/parameter_tree.ts";
export {
  type IntegerOptions,
  type NormalOptions,
  permutation,
  randomInteger,
  randomNormal,
  randomUniform,
  type UniformOptions,
} from "./random/random.ts";
export { type Nested, tensorData, toArray, toList, toNumber } from "./values/read.ts";
export { type Scan, scan } from "./transforms/scan.ts";
export { scanAlong, type ScanAlongOptions, type SliceOf } from "./transforms/scan_along.ts";
export type { LoopLeavesIn, LoopTree } from "./transforms/tensor_leaves.ts";
export { type Batch, type HasKey, vmap, type VmapOptions } from "./transforms/vmap.ts";
export type { BatchAxes } from "./transforms/batch_axes.ts";
export type { BatchContext, BatchOperand, BatchResult } from "./batch.ts";
export { whileLoop, type WhileLoopOptions } from "./transforms/while_loop.ts";
export { cond } from "./transforms/cond.ts";
export { checkpoint } from "./transforms/checkpoint.ts";
export { type ChoiceOptions, randomCategorical, randomChoice, shuffle } from "./random/categorical.ts";
export { randomBeta, randomDirichlet, randomGamma } from "./random/gamma.ts";
export { randomPoisson } from "./random/poisson.ts";
export {
  type ExponentialOptions,
  type LaplaceOptions,
  randomBernoulli,
  randomExponential,
  randomLaplace,
  randomTruncatedNormal,
} from "./random/transformed.ts";
export { type Parts, split } from "./random/split.ts";
export { stopGradient } from "./stop_gradient.ts";
export {
  type Constant,
  isTensor,
  isTensor32,
  isTensor64,
  type Node,
  type OneResult,
  type SeveralResults,
  type Tensor,
  type TensorLike,
  type Variable,
} from "./tensor.ts";
export { gradient, type ValueAndGradient, valueAndGradient } from "./transforms/gradient.ts";
export type { Admitted, Misfit, PartsOf, RecordOf, TreeOf } from "./tree/admitted.ts";
export type { LeavesOf, MapTree, Tree } from "./tree/tree.ts";
export { jvp, type PulledBack, type PushedForward, vjp } from "./transforms/vjp.ts";
export { tree };
