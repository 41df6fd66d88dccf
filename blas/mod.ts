/**
 * Strided arrays and the engines that compute with them: immutable views, scalar expressions, BLAS levels 1 to 3.
 *
 * Nothing here knows about derivatives. Most users need only `setEngine`.
 *
 * @example Multiply two matrices
 * ```ts
 * import { allocate, gemm, view } from "@nanograd/nanograd/blas";
 * import { assertEquals } from "@std/assert";
 *
 * const a = view(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * const c = allocate("float32", [2, 2]);
 * gemm({ alpha: 1, a, b: a, beta: 0, c });
 * assertEquals(c.get(1, 1), 22);
 * ```
 *
 * @module
 */
export * from "./blas.ts";
export type { Either } from "../deps.ts";
export type {
  ConvolutionGeometry,
  ConvolutionInputOperands,
  ConvolutionOperands,
  ConvolutionWeightOperands,
} from "./convolution.ts";
export type { DataOf, DType, ReadonlyDataOf } from "./dtype.ts";
export type {
  Caller,
  Mutator,
  Question,
  Readers,
  ReadonlyFloat32Array,
  ReadonlyFloat64Array,
  Reducer,
} from "./readonly_data.ts";
export type {
  Distribution,
  Engine,
  GatherOperands,
  GemmOperands,
  GemvOperands,
  JoinOperands,
  PartialEngine,
  Reduction,
  Rows,
  SearchOperands,
  WindowRegion,
  Words,
} from "./engine.ts";
export type { RowOutput, RowStage } from "./rows.ts";
export type { ElementNumbers, Extremum } from "./search.ts";
export { stageValue } from "./rows.ts";
export { currentEngine, engines, machineEngine, nativeEngine, setEngine, threadedEngine } from "./engines.ts";
export type { MachineOptions } from "./engines.ts";
export type { ThreadedEngine } from "./threaded/engine.ts";
export { DTypeError, ShapeError, type ShapeErrorDetails } from "./errors.ts";
export type { EngineFunctionName, EnginePart } from "./engine_in_use.ts";
export type { BranchOperation } from "./program/operations/branch.ts";
export type { CastOperation } from "./program/operations/cast.ts";
export type { CheckIndicesOperation, IndexRange } from "./program/operations/check_indices.ts";
export type { ConvolutionForm, ConvolutionOperation } from "./program/operations/convolution.ts";
export type { CumsumOperation } from "./program/operations/cumsum.ts";
export type { DrawOperation, FoldInOperation } from "./program/operations/draw.ts";
export type { ExchangeOperation } from "./program/operations/exchange.ts";
export type { Combination, GatherOperation, ScatterOperation } from "./program/operations/gather.ts";
export type { OrderOperation } from "./program/operations/order.ts";
export type { RunningForm, RunningOperation } from "./program/operations/running.ts";
export type { GemmOperation, ProductFunction } from "./program/operations/gemm.ts";
export type { HostOperation } from "./program/operations/host.ts";
export type { JoinOperation, JoinPart } from "./program/operations/join.ts";
export type { MapOperation } from "./program/operations/map.ts";
export type { MultiOperator, Operator, TypedValue } from "./program/operations/operator.ts";
export type { ReduceOperation } from "./program/operations/reduce.ts";
export type { RowsOperation } from "./program/operations/rows.ts";
export type { ScanOperation } from "./program/operations/scan.ts";
export type { SearchOperation, SearchRegion } from "./program/operations/search.ts";
export type { ViewChange, ViewOperation } from "./program/operations/view.ts";
export type { WhileOperation } from "./program/operations/while.ts";
export type { Copy } from "./program/memory/order_copies.ts";
export type { Carried, MemoryPlan } from "./program/memory/memory_plan.ts";
export type { Instruction, Loop, Operand, Operation, Program, ValueType } from "./program/program.ts";
export type { CompileOptions, Executable } from "./program/target.ts";
export type { ProgramTiming, ThreadTiming, Timing } from "./program/timing.ts";
export * from "./scalar/evaluate.ts";
export * from "./scalar/scalar.ts";
export { derivative } from "./scalar/derivative.ts";
export { BINARY_FUNCTIONS, type BinaryFunction, UNARY_FUNCTIONS, type UnaryFunction } from "./scalar/functions.ts";
export { type ScalarInstruction, type ScalarProgram, scalarProgram } from "./scalar/scalar_program.ts";
export { checkedSizeOf as sizeOf, type Shape, type ShapeResult } from "./shape.ts";
export {
  allocate,
  broadcastShapes,
  broadcastView,
  isContiguous,
  reshapeView,
  rowMajorStrides,
  sameShape,
  sliceView,
  transposeView,
} from "./checked_views.ts";
export { type MutableView, type Range, type View, view } from "./view.ts";
