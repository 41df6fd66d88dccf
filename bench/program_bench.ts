/**
 * Programs compiled to WebAssembly: loops, reductions, and the overhead of a run.
 *
 *     deno bench bench/program_bench.ts
 *
 * @module
 */
import type { Reduction } from "../blas/engine.ts";
import { engines } from "../blas/engines.ts";
import { compileProgram } from "../blas/simd/program/compile.ts";
import type { Instruction, Loop, Operand, Program, ValueType } from "../blas/program/program.ts";
import { add, argument, div, max, mul, type Scalar, sqrt, sub, tanh } from "../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../blas/shape.ts";
import { type View, view } from "../blas/view.ts";

const type = (shape: Shape, dtype: ValueType["dtype"] = "float32"): ValueType => ({ dtype, shape });

/** Makes an operand for a whole value, or for one repeated along leading axes and axes of length 1. */
function operand(value: number, shape: Shape, own: Shape = shape): Operand {
  const lead = shape.length - own.length, dense = rowMajorStrides(own);
  const stride = shape.map((_, axis) => axis < lead || own[axis - lead] === 1 ? 0 : dense[axis - lead]!);
  return { value, shape, stride, offset: 0 };
}

const map = (shape: Shape, operands: readonly Operand[], expressions: readonly Scalar[]): Instruction => ({
  results: expressions.map(() => type(shape)),
  operation: { kind: "map", loop: { shape, operands, expressions } },
});

function reduce(reduction: Reduction, axes: readonly number[], loop: Loop): Instruction {
  const shape = loop.shape.map((length, axis) => axes.includes(axis) ? 1 : length);
  return { results: [type(shape)], operation: { kind: "reduce", reduction, axes, loop } };
}

const ones = ({ dtype, shape }: ValueType): View => {
  const size = shape.reduce((product, length) => product * length, 1);
  return view(dtype === "float32" ? new Float32Array(size).fill(0.5) : new Float64Array(size).fill(0.5), shape);
};

/** Compiles a program, writes its inputs, and runs it until the runtime has optimized it. */
function ready(program: Program): () => void {
  const executable = compileProgram(program, engines.simd);
  program.parameters.forEach((one, k) => executable.write(k, ones(one)));
  const end = performance.now() + 300;
  while (performance.now() < end) executable.run();
  return executable.run;
}

const x = argument(0), y = argument(1);

{
  const n = 109_386, group = `Adam over ${n} float32`, shape = [n];
  const [p, m, v, g, rate, correction] = [0, 1, 2, 3, 4, 5].map(argument) as [
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
  ];
  const mean = add(mul(0.9, m), mul(0.1, g)), variance = add(mul(0.999, v), mul(0.001, mul(g, g)));
  const step = div(mul(rate, mean), add(sqrt(div(variance, correction)), 1e-8));
  const operands = [0, 1, 2, 3].map((value) => operand(value, shape));
  const scalars = [4, 5].map((value) => operand(value, shape, []));
  const program = {
    parameters: [...[0, 1, 2, 3].map(() => type(shape)), type([]), type([])],
    constants: [],
    instructions: [map(shape, [...operands, ...scalars], [sub(p, step), mean, variance])],
    results: [6, 7, 8],
  };
  const arrays = Array.from({ length: 4 }, () => new Float32Array(n).fill(0.5));
  const [ps, ms, vs, gs] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array]; // four
  Deno.bench({
    name: "a plain loop",
    group,
    baseline: true,
    fn: () => {
      for (let i = 0; i < n; i++) {
        const m = ms[i] = 0.9 * ms[i]! + 0.1 * gs[i]!, v = vs[i] = 0.999 * vs[i]! + 0.001 * gs[i]! * gs[i]!;
        ps[i] = ps[i]! - 0.001 * m / (Math.sqrt(v / 0.5) + 1e-8);
      }
    },
  });
  const run = ready(program);
  Deno.bench({ name: "program", group, fn: run });
  const carried = compileProgram(program, engines.simd, { carried: [[0, 0], [1, 1], [2, 2]] });
  program.parameters.forEach((one, k) => carried.write(k, ones(one)));
  for (let i = 0; i < 2000; i++) carried.run();
  Deno.bench({
    name: "program, in place",
    group,
    fn: () => {
      carried.run();
      carried.advance();
    },
  });
}

for (const shape of [[32, 128], [512, 128], [128, 10]] as const) {
  const parameters = [type(shape), type([shape[1]])];
  const run = ready({
    parameters,
    constants: [],
    instructions: [map(shape, [operand(0, shape), operand(1, shape, [shape[1]])], [max(add(x, y), 0)])],
    results: [2],
  });
  Deno.bench({ name: `[${shape}]`, group: "bias and relu", fn: run });
}

for (
  const [shape, axes] of [[[32, 128], [0]], [[512, 784], [0]], [[512, 784], [1]], [[128, 10], [1]], [[32, 16, 14, 14], [
    0,
    2,
    3,
  ]], [[1_000_000], [0]]] as const
) {
  const loop = { shape, operands: [operand(0, shape)], expressions: [x] };
  for (const reduction of ["sum", "max"] as const) {
    const instructions = [reduce(reduction, axes, loop)];
    const run = ready({ parameters: [type(shape)], constants: [], instructions, results: [1] });
    Deno.bench({ name: `${reduction} of [${shape}] over ${axes}`, group: "reductions", fn: run });
  }
}

{
  const shape = [8, 2], loop = { shape, operands: [operand(0, shape)], expressions: [x] };
  const program: Program = {
    parameters: [type(shape), type([2])],
    constants: [],
    instructions: [
      map(shape, [operand(0, shape), operand(1, shape, [2])], [tanh(add(x, y))]),
      reduce("sum", [0], loop),
    ],
    results: [2, 3],
  };
  const executable = compileProgram(program, engines.simd), given = ones(program.parameters[0]!);
  const run = ready(program), group = "tiny: [8, 2]";
  executable.write(0, given);
  executable.write(1, ones(program.parameters[1]!));
  for (let i = 0; i < 1e5; i++) executable.run();
  Deno.bench({ name: "run: tanh(x + bias), sum over 0", group, fn: run });
  Deno.bench({ name: "write", group, fn: () => executable.write(0, given) });
  Deno.bench({ name: "read", group, fn: () => void executable.read(0) });
}
