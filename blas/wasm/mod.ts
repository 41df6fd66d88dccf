/**
 * A small WebAssembly assembler: typed instruction trees, functions checked as they are emitted, modules as bytes.
 *
 * @module
 */
export type { Bytes, ValueType } from "./encoding.ts";
export {
  call,
  type Callable,
  constant,
  type Expression,
  type Local,
  type Operand,
  type Primary,
  type ResultType,
  select,
} from "./expression.ts";
export { FunctionBuilder, type Range } from "./function_builder.ts";
export { FunctionCode, type Surroundings } from "./function_code.ts";
export {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  i64x2,
  i8x16,
  type Immediates,
  instruction,
  type InstructionFunction,
  type LaneConstants,
  memory,
  type Namespace,
  type Operands,
  type Result,
  v128,
} from "./instruction_functions.ts";
export type { InstructionName, Rows, WasmInstruction } from "./instructions.ts";
export {
  type FunctionParameters,
  type ImportName,
  type MemoryLimits,
  ModuleBuilder,
  type Signature,
} from "./module_builder.ts";
export { BULK_INSTRUCTIONS, PLAIN_INSTRUCTIONS } from "./scalar_instructions.ts";
export { RELAXED_INSTRUCTIONS, SIMD_INSTRUCTIONS } from "./simd_instructions.ts";
export type { Label } from "./operand_stack.ts";
