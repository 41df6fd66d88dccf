/**
 * Checks that every program must pass: engines agree, compiled and batched functions give the results of plain ones, and
 * derivatives agree with finite differences.
 *
 * @module
 */
import {
  add,
  compile,
  gradient,
  jvp,
  key,
  mul,
  randomNormal,
  split,
  stack,
  sum,
  tanh,
  type Tensor,
  toList,
  toNumber,
  vmap,
} from "../../mod.ts";
import { type Engine, engines, setEngine } from "../../blas/mod.ts";
import { type CallProgram, functionOf, inputsOf } from "./call.ts";

/** A function of the inputs of a program; all of its results are compared. */
type Computed = (inputs: readonly Tensor[]) => readonly Tensor[];

/** A check: two ways of computing the same tensors. */
export type Check = {
  readonly name: string;
  /** How far apart the two may be, in units of {@link distance}. */
  readonly slack: number;
  readonly expected: (program: CallProgram) => readonly Tensor[];
  readonly found: (program: CallProgram) => readonly Tensor[];
  /** Tells whether an error of the plain way is a refusal, so that there is nothing to compare. */
  readonly refused: (error: unknown) => boolean;
};

const isRefusal = (error: unknown): boolean => error instanceof Error && error.message.startsWith("Cannot ");

/** Runs a function on another engine. */
function on<T>(engine: Engine, f: () => T): T {
  const before = setEngine(engine);
  try {
    return f();
  } finally {
    setEngine(before);
  }
}

const values = (program: CallProgram): Computed => functionOf(program);

/** Makes a function to one number that depends on all values of a program. */
const lossOf = (program: CallProgram) => (inputs: readonly Tensor[]): Tensor =>
  values(program)(inputs).map((t) => sum(tanh(t))).reduce((a, b) => add(a, b), sum(mul(inputs[0]!, 0.1)));
const gradients = (program: CallProgram): Computed => gradient(lossOf(program));

const directions = (program: CallProgram): readonly Tensor[] =>
  split(key(program.seed + 77), program.shapes.length).map((own, k) =>
    randomNormal(own, program.shapes[k]!, { dtype: program.dtype }) as Tensor
  );
const times = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((t, k) => sum(mul(t, b[k]!))).reduce((x, y) => add(x, y));

/** Computes the product of the matrix of second derivatives and a direction, by a gradient of a gradient. */
const curvature = (program: CallProgram): Computed => (inputs) =>
  gradient((x: readonly Tensor[]) => times(gradients(program)(x), directions(program)))(inputs);

const plain = (of: (program: CallProgram) => Computed) => (program: CallProgram) => of(program)(inputsOf(program));
const compiled = (of: (program: CallProgram) => Computed) => (program: CallProgram) =>
  compile(of(program), { warn: false })(inputsOf(program));

/** The number of examples in a batch. */
const EXAMPLES = 3;
const examples = (program: CallProgram): readonly (readonly Tensor[])[] =>
  Array.from({ length: EXAMPLES }, (_, k) => inputsOf(program, k));
const stacked = (each: readonly (readonly Tensor[])[]): readonly Tensor[] =>
  each[0]!.map((_, k) => stack(each.map((own) => own[k]!)));
const oneByOne = (of: (program: CallProgram) => Computed) => (program: CallProgram) =>
  stacked(examples(program).map(of(program)));
const batched = (of: (program: CallProgram) => Computed) => (program: CallProgram) =>
  vmap(of(program))(stacked(examples(program)));

/** Computes the derivative of the loss in a direction, in forward mode. */
const forwards = (program: CallProgram): readonly Tensor[] => [
  jvp(lossOf(program), [inputsOf(program)], [directions(program)]).tangent as Tensor,
];
/** Computes the same derivative in reverse mode. */
const backwards = (program: CallProgram): readonly Tensor[] => [
  times(gradients(program)(inputsOf(program)), directions(program)),
];

/** Makes all checks: those of the built-in engines, and those of `others`. */
export function checksFor(others: { readonly [name: string]: Engine } = {}): readonly Check[] {
  const { reference, simd } = engines;
  const check = (name: string, slack: number, expected: Check["expected"], found: Check["found"]): Check => ({
    name,
    slack,
    expected: (program) => on(simd, () => expected(program)),
    found: (program) => on(simd, () => found(program)),
    refused: isRefusal,
  });
  return [
    check("reference engine, values", 1, plain(values), (p) => on(reference, () => plain(values)(p))),
    check("reference engine, gradients", 8, plain(gradients), (p) => on(reference, () => plain(gradients)(p))),
    check("compiled, values", 1, plain(values), compiled(values)),
    check("compiled, gradients", 8, plain(gradients), compiled(gradients)),
    check("compiled, second derivatives", 64, plain(curvature), compiled(curvature)),
    check("batched, values", 1, oneByOne(values), batched(values)),
    check("batched, gradients", 8, oneByOne(gradients), batched(gradients)),
    check(
      "batched and compiled, gradients",
      8,
      oneByOne(gradients),
      (p) => compile(vmap(gradients(p)), { warn: false })(stacked(examples(p))),
    ),
    check("forward and reverse derivatives", 8, backwards, forwards),
    ...Object.entries(others).flatMap(([name, engine]) => [
      check(`${name}, values`, 1, plain(values), (p) => on(engine, () => plain(values)(p))),
      check(`${name}, compiled gradients`, 8, plain(gradients), (p) => on(engine, () => compiled(gradients)(p))),
    ]),
  ];
}

/** How large rounding errors of a program may be, relative to the largest element of a result. */
const ROUNDING = { float32: 1e-5, float64: 1e-12 } as const;

/** Returns how far apart tensors are, in units of `ROUNDING`; Infinity if their number, shapes or dtypes differ. */
export function distance(expected: readonly Tensor[], found: readonly Tensor[], dtype: "float32" | "float64"): number {
  if (expected.length !== found.length) return Infinity;
  let most = 0;
  expected.forEach((t, k) => {
    const other = found[k]!;
    if (t.dtype !== other.dtype || String(t.shape) !== String(other.shape)) {
      most = Infinity;
      return;
    }
    const wanted = toList(t), got = toList(other);
    const scale = wanted.reduce((most, x) => Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most, 1);
    wanted.forEach((x, i) => {
      const y = got[i]!;
      if (Object.is(x, y) || x === y) return;
      const apart = Math.abs(x - y) / scale / ROUNDING[dtype];
      most = Math.max(most, Number.isNaN(apart) ? Infinity : apart);
    });
  });
  return most;
}

/** The number of random disturbances that measure how much rounding matters. */
const DISTURBANCES = 3;

/**
 * Returns how far results move, in units of `ROUNDING`, when inputs and what is computed from them move by a quarter of a
 * unit or so: a program in which a comparison depends on the last digit proves nothing. Copies of a number that no operation
 * has rounded since stay equal.
 */
export function sensitivity(
  program: CallProgram,
  of: (program: CallProgram, inputs: readonly Tensor[]) => readonly Tensor[],
) {
  const inputs = inputsOf(program), wanted = of(program, inputs), size = ROUNDING[program.dtype] / 4;
  return Math.max(...Array.from({ length: DISTURBANCES }, (_, k) => {
    const keys = split(key(k), inputs.length);
    const moved = inputs.map((t, i) =>
      add(t, mul(randomNormal(keys[i]!, t.shape, { dtype: program.dtype }), size)) as Tensor
    );
    return distance(wanted, of({ ...program, disturbance: { seed: k, size } }, moved), program.dtype);
  }));
}

/** Values, gradients and second derivatives at some inputs, for {@link sensitivity}. */
export const everything = (program: CallProgram, inputs: readonly Tensor[]): readonly Tensor[] => [
  ...values(program)(inputs),
  ...gradients(program)(inputs),
  ...curvature(program)(inputs),
];

/** Compares the gradient with differences of the loss, for float64 only; returns a number near 0 if they agree. */
export function differenceError(program: CallProgram): number {
  const inputs = inputsOf(program), along = directions(program), loss = lossOf(program);
  const slope = toNumber(times(gradients(program)(inputs), along));
  const at = (h: number) => toNumber(loss(inputs.map((t, k) => add(t, mul(along[k]!, h)) as Tensor)));
  const estimate = (h: number) => (at(h) - at(-h)) / (2 * h), coarse = estimate(2e-5), fine = estimate(1e-5);
  const scale = Math.max(1, Math.abs(slope));
  // Near a kink, or where cancellation leaves no digits, differences do not agree with each other either.
  return Math.abs(coarse - fine) > 1e-6 * scale ? 0 : Math.abs(fine - slope) / scale;
}
