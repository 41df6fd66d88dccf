/**
 * A workload that is ready to run, compiled and plain.
 *
 * A single operation is measured inside a program with its arguments already there: the step of a compiled fold whose
 * carry holds the operands, which do not change, and the results, which each step replaces. They are computed directly
 * in the carry's memory, so a step copies a single number in and out. The program shows that the operation is really
 * computed: instructions must read all operands.
 *
 * @module
 */
import {
  adam,
  compile,
  constant,
  formatProgram,
  type InstructionProfile,
  type Key,
  key,
  type Optimizer,
  type ParameterTree,
  profileOf,
  sgd,
  sizeOf,
  split,
  type Tensor,
  tensorData,
  valueAndGradient,
  vjp,
  zeros,
} from "@nanograd/nanograd";
import { drawFor } from "./draw.ts";
import { fillInput, type Fingerprint, fingerprint } from "./fill.ts";
import type { Network, Operation, Workload } from "./workload.ts";

/** The results that the main thread gets before anything is measured. */
export type Ready = {
  readonly compiled: readonly Fingerprint[];
  readonly plain: readonly Fingerprint[];
  /** Milliseconds of the first compiled step: tracing, code generation and one run. */
  readonly compilation: number;
  /** Operands that no instruction of the program reads: the operation was folded away. */
  readonly unread: readonly number[];
  readonly program: string;
};

/** A workload with its calls. */
export type Runner = {
  readonly ready: Ready;
  readonly compiled: () => void;
  readonly plain: () => void;
  /** The numbers that a plain call is given, and those that it returns, without what it makes in between. */
  readonly sizes: { readonly operands: number; readonly results: number };
  /** What the compiled calls so far took, by instruction. */
  readonly profile: () => readonly InstructionProfile[];
};

/** The number of steps whose losses are compared. */
const COMPARED_STEPS = 4;

/**
 * Draws a workload's shapes and prepares it.
 *
 * @param profiled Whether the compiled code measures its instructions, which takes time of its own.
 */
export function makeRunner(workload: Workload, seed: number, profiled = false): Runner {
  const draw = drawFor(seed, workload.name);
  if (workload.mode !== "train") return operationRunner(workload.draw(draw), workload, profiled);
  const network = workload.draw(draw), random = workload.comparison.kind === "average";
  return workload.optimizer === "adam"
    ? networkRunner(network, random, adam({ learningRate: 1e-3 }), profiled)
    : networkRunner(network, random, sgd({ learningRate: 1e-2 }), profiled);
}

type OperationCarry = {
  readonly inputs: readonly Tensor[];
  readonly cotangents: readonly Tensor[];
  readonly results: readonly Tensor[];
  readonly key: Key;
};

function operationRunner(
  { inputs, run }: Operation,
  { mode, dtype, comparison }: Workload,
  profiled: boolean,
): Runner {
  const filled = inputs.map((input, place) => fillInput(input, place, dtype));
  const tracked = inputs.map(({ fill }) => fill.kind === "uniform"), random = comparison.kind === "average";
  const list = (given: Tensor | readonly Tensor[]): readonly Tensor[] =>
    Array.isArray(given) ? given : [given as Tensor]; // it is not a list, so it is a tensor
  const compute = (inputs: readonly Tensor[], cotangents: readonly Tensor[], now: Key): readonly Tensor[] => {
    if (mode === "forward") return list(run(inputs, now));
    const all = (primals: readonly Tensor[]): readonly Tensor[] => {
      let next = 0;
      return list(run(inputs.map((input, k) => tracked[k] ? primals[next++]! : input), now));
    };
    const { value, pullback } = vjp(all, inputs.filter((_, k) => tracked[k]));
    return [...value, ...pullback(cotangents)[0]];
  };
  const shapes = mode === "forward" ? [] : list(run(filled, key(0))).map(({ shape }) => shape);
  const cotangents = shapes.map((shape, k) =>
    fillInput({ shape, fill: { kind: "uniform", scale: 1, offset: 0 } }, inputs.length + k, dtype)
  );
  const first = compute(filled, cotangents, key(0)), results = first.map(({ shape, dtype }) => zeros(shape, { dtype }));
  const carry: OperationCarry = { inputs: filled, cotangents, results, key: key(0) };
  const step = compile(({ inputs, cotangents, key }: OperationCarry, x: Tensor): readonly [OperationCarry, Tensor] => {
    const [now, next] = random ? split(key) : [key, key];
    return [{ inputs, cotangents, results: compute(inputs, cotangents, now), key: next }, x];
  }, { profile: profiled });
  const x = constant(0), program = formatProgram(step, carry, x), begun = performance.now();
  const once = step.scan(carry, [x]);
  once.next();
  const compilation = performance.now() - begun, last = once.next();
  const steps = step.scan(carry, endless(x));
  let drawn: Key = key(0);
  return {
    ready: {
      compiled: (last.value as OperationCarry).results.map((t) => fingerprint(tensorData(t))), // it does not end before
      plain: first.map((t) => fingerprint(tensorData(t))),
      compilation,
      unread: unreadIn(program, filled.map((t) => sizeOf(t.shape))),
      program,
    },
    compiled: () => void steps.next(),
    plain: () => {
      if (random) drawn = split(drawn)[1];
      compute(filled, cotangents, drawn);
    },
    sizes: { operands: elementsOf([...filled, ...cotangents]), results: elementsOf(first) },
    profile: () => profileOf(step, carry, x),
  };
}

function networkRunner<M extends ParameterTree>(
  { params, data, loss }: Network,
  random: boolean,
  optimizer: Optimizer<M>,
  profiled: boolean,
): Runner {
  const begin = params.map((input, place) => fillInput(input, place, "float32"));
  const given = data.map((input, k) => fillInput(input, params.length + k, "float32"));
  const start = { optimizer: optimizer.init(begin), key: key(0) };
  type Carry = typeof start;
  const step = (carry: Carry, data: readonly Tensor[]): readonly [Carry, Tensor] => {
    const [now, next] = random ? split(carry.key) : [carry.key, carry.key];
    const { value, gradients } = valueAndGradient((params: typeof begin) => loss(params, data, now))(
      carry.optimizer.params,
    );
    return [{ optimizer: optimizer.step(carry.optimizer, gradients), key: next }, value];
  };
  const compiled = compile(step, { profile: profiled }),
    begun = performance.now(),
    steps = compiled.scan(start, endless(given));
  const losses = [steps.next().value as Tensor], compilation = performance.now() - begun; // it does not end before
  while (losses.length < COMPARED_STEPS) losses.push(steps.next().value as Tensor); // it does not end before
  let carry = start;
  const plainLosses = losses.map(() => {
    const [next, value] = step(carry, given);
    carry = next;
    return value;
  });
  const program = formatProgram(compiled, start, given);
  return {
    ready: {
      compiled: losses.map((t) => fingerprint(tensorData(t))),
      plain: plainLosses.map((t) => fingerprint(tensorData(t))),
      compilation,
      unread: [],
      program,
    },
    compiled: () => void steps.next(),
    plain: () => {
      [carry] = step(carry, given);
    },
    sizes: { operands: elementsOf([...begin, ...given]), results: elementsOf(begin) },
    profile: () => profileOf(compiled, start, given),
  };
}

const elementsOf = (tensors: readonly Tensor[]): number => tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

function* endless<T>(x: T): Generator<T, never, undefined> {
  for (;;) yield x;
}

/** Returns the operands, first among the parameters, that no instruction of the running program reads. */
function unreadIn(program: string, sizes: readonly number[]): readonly number[] {
  const runs = program.slice(program.indexOf("As it runs:")).split("\n");
  const instructions = runs.filter((line) => !/^(%\d+ .* parameter|results )/.test(line)).join("\n");
  return sizes.flatMap((size, k) => size > 0 && !new RegExp(`%${k}\\b`).test(instructions) ? [k] : []);
}
