/**
 * Element-wise maps: a scalar expression is computed block by block, one instruction at a time.
 *
 * Registers are float64 arrays that hold one block, so every loop meets only one class of array, and float32 results
 * are rounded once, at the end. In programs, one expression is several calls: see `rounded_map.ts`.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Scalar } from "../scalar/scalar.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "../scalar/functions.ts";
import { type ScalarInstruction, scalarProgram } from "../scalar/scalar_program.ts";
import { sizeOf } from "../shape.ts";
import type { MutableView, View } from "../view.ts";
import { coalesce, type Walk } from "../walk.ts";

/** The number of elements in a register: small enough for several registers to stay in the first-level cache. */
const BLOCK = 1024;

const pool: Float64Array[] = [];

function registersFor(count: number): readonly Float64Array[] {
  while (pool.length < count) pool.push(new Float64Array(BLOCK));
  return pool;
}

/**
 * Computes an expression for every element of the output; all inputs have its shape.
 *
 * @param step Computes one instruction.
 */
export function map<D extends DType>(
  expression: Scalar,
  inputs: readonly View<D>[],
  output: MutableView<D>,
  step = run,
): void {
  const size = sizeOf(output.shape);
  const program = scalarProgram(expression);
  const registers = registersFor(program.registerCount);
  const walk = coalesce(output.shape, [...inputs.map(({ stride }) => stride), output.stride]);
  for (const { register, value } of program.constants) registers[register]!.fill(value, 0, Math.min(size, BLOCK));
  for (let start = 0; start < size; start += BLOCK) {
    const n = Math.min(BLOCK, size - start);
    for (const { register, index } of program.arguments) {
      load(registers[register]!, inputs[index]!, walk, index, start, n);
    }
    for (const instruction of program.instructions) step(instruction, registers, n);
    store(registers[program.result]!, output, walk, inputs.length, start, n);
  }
}

/** Visits `n` elements, starting at `start`, in runs along the innermost axis: `visit(first, step, length, done)`. */
function forEachPiece(
  { shape, strides }: Walk,
  operand: number,
  offset: number,
  start: number,
  n: number,
  visit: (first: number, step: number, length: number, done: number) => void,
): void {
  const last = shape.length - 1, run = shape[last]!, stride = strides[operand]!, step = stride[last]!;
  for (let done = 0; done < n;) {
    let outer = Math.floor((start + done) / run), first = offset;
    const within = (start + done) - outer * run, length = Math.min(run - within, n - done);
    for (let axis = last - 1; axis >= 0; axis--) {
      const above = Math.floor(outer / shape[axis]!);
      first += (outer - above * shape[axis]!) * stride[axis]!;
      outer = above;
    }
    visit(first + within * step, step, length, done);
    done += length;
  }
}

function load<D extends DType>(
  to: Float64Array,
  x: View<D>,
  walk: Walk,
  operand: number,
  start: number,
  n: number,
): void {
  const data = x.data as MutableView<D>["data"]; // only read here
  forEachPiece(walk, operand, x.offset, start, n, (first, step, length, done) => {
    if (step === 1 && length > 16) to.set(data.subarray(first, first + length), done);
    else if (step === 0) to.fill(data[first]!, done, done + length);
    else for (let i = 0; i < length; i++) to[done + i] = data[first + i * step]!;
  });
}

function store<D extends DType>(
  from: Float64Array,
  y: MutableView<D>,
  walk: Walk,
  operand: number,
  start: number,
  n: number,
): void {
  const { data } = y;
  forEachPiece(walk, operand, y.offset, start, n, (first, step, length, done) => {
    if (step === 1 && length > 16) data.set(from.subarray(done, done + length), first);
    else for (let i = 0; i < length; i++) data[first + i * step] = from[done + i]!;
  });
}

/** Computes an instruction for so many elements of the registers. */
export function run(
  { expression, inputs, target }: ScalarInstruction,
  registers: readonly Float64Array[],
  n: number,
): void {
  const out = registers[target]!, x = registers[inputs[0]!]!;
  if (expression.kind === "unary") {
    switch (expression.name) {
      case "neg":
        for (let i = 0; i < n; i++) out[i] = -x[i]!;
        return;
      case "exp":
        for (let i = 0; i < n; i++) out[i] = Math.exp(x[i]!);
        return;
      case "abs":
        for (let i = 0; i < n; i++) out[i] = Math.abs(x[i]!);
        return;
      case "sqrt":
        for (let i = 0; i < n; i++) out[i] = Math.sqrt(x[i]!);
        return;
    }
    const f = UNARY_FUNCTIONS[expression.name];
    for (let i = 0; i < n; i++) out[i] = f(x[i]!);
    return;
  }
  const y = registers[inputs[1]!]!;
  if (expression.kind === "select") {
    const z = registers[inputs[2]!]!;
    for (let i = 0; i < n; i++) out[i] = x[i] !== 0 ? y[i]! : z[i]!;
    return;
  }
  switch (expression.name) { // the most common ones have their own loops: a call would take longer than the operation
    case "add":
      for (let i = 0; i < n; i++) out[i] = x[i]! + y[i]!;
      return;
    case "sub":
      for (let i = 0; i < n; i++) out[i] = x[i]! - y[i]!;
      return;
    case "mul":
      for (let i = 0; i < n; i++) out[i] = x[i]! * y[i]!;
      return;
    case "div":
      for (let i = 0; i < n; i++) out[i] = x[i]! / y[i]!;
      return;
    case "less":
      for (let i = 0; i < n; i++) out[i] = x[i]! < y[i]! ? 1 : 0;
      return;
    case "greater":
      for (let i = 0; i < n; i++) out[i] = x[i]! > y[i]! ? 1 : 0;
      return;
    case "lessEqual":
      for (let i = 0; i < n; i++) out[i] = x[i]! <= y[i]! ? 1 : 0;
      return;
    case "greaterEqual":
      for (let i = 0; i < n; i++) out[i] = x[i]! >= y[i]! ? 1 : 0;
      return;
    case "equal":
      for (let i = 0; i < n; i++) out[i] = x[i]! === y[i]! ? 1 : 0;
      return;
    case "max":
      for (let i = 0; i < n; i++) out[i] = Math.max(x[i]!, y[i]!);
      return;
    case "min":
      for (let i = 0; i < n; i++) out[i] = Math.min(x[i]!, y[i]!);
      return;
    default: {
      const f = BINARY_FUNCTIONS[expression.name];
      for (let i = 0; i < n; i++) out[i] = f(x[i]!, y[i]!);
    }
  }
}
