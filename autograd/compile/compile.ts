/**
 * Compilation of whole functions: a training step, derivatives and optimizer included, as one program.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { currentEngine } from "../../blas/engine.ts";
import { formatProgram as formatOne } from "../../blas/program/format/format_program.ts";
import { isAbstract, isRunningAbstractly } from "../abstract_view.ts";
import { isKey } from "../random/key.ts";
import { isAbstractKey } from "../random/key_tensor.ts";
import { insideTransform } from "../transforms/nesting.ts";
import { scan as scanPlainly } from "../transforms/scan.ts";
import { isTensor } from "../tensor.ts";
import { scanCompiled, type SpecializationSource } from "./scan_compiled.ts";
import { type DataLeaf, isRecord, matches, type Numbers, type Signature, signatureOf } from "./signature.ts";
import { acquire, release, type Specialization, specialize, unflatten, viewOf } from "./specialization.ts";

/** Signatures that one compiled function keeps programs for; beyond, the one unused longest is dropped. */
const MOST_SPECIALIZATIONS = 32;

/** What {@link formatProgram} asks a compiled function. */
const SPECIALIZATION_FOR = Symbol("variantFor");

/** A function from {@link compile}. */
export type Compiled<A extends readonly unknown[], R> = {
  /** Runs the computation, compiled. */
  (...args: A): R;
  /**
   * Folds a step, from `(carry, x)` to `[carry, y]`, over a sequence; the carry stays in compiled memory in between.
   *
   * @param carry What the first step is given.
   * @param xs What the steps are given one after the other; it is read as the steps run.
   * @returns A generator that yields what each step yields, and returns the last carry.
   */
  scan(carry: CarryOf<A>, xs: Iterable<InputOf<A>>): Generator<YieldOf<R>, CarryOf<A>, undefined>;
};

/** The carry of a step: its first argument. */
export type CarryOf<A extends readonly unknown[]> = A extends readonly [infer C, ...unknown[]] ? C : never;

/** What a step is given beside: its second argument. */
export type InputOf<A extends readonly unknown[]> = A extends readonly [unknown, infer X, ...unknown[]] ? X : undefined;

/** What a step yields: the second part of what it returns. */
export type YieldOf<R> = R extends readonly [unknown, infer Y] ? Y : never;

/**
 * Compiles a function of tensors.
 *
 * The function is run once, with tensors that have shapes and no values, for each signature of its arguments: structure,
 * shapes, dtypes, and all that is no tensor, key or number beside tensors. What it computes, derivatives and optimizer
 * steps included, becomes one program in WebAssembly memory, in which whole chains of operations are single loops. A call
 * copies the arguments in and the results out; results are ordinary tensors, detached from any graph.
 *
 * Inside, values cannot be read, nor branched on: `where` chooses. Keys are data, so every call draws what its key gives.
 * A number in a tree that holds tensors, such as an optimizer state's `step`, is data too; one that is an argument by itself
 * is part of the signature. Tensors, keys and numbers that the function closes over are constants of the program.
 *
 * Inside `gradient` or another compiled function, the function is run plainly, as part of what is differentiated or
 * compiled there.
 *
 * @param f A function without side effects; not asynchronous. It returns a tree of tensors, or of anything.
 * @returns A function of the same arguments and results, with `scan` for steps from `(carry, x)` to `[carry, y]`.
 * @throws {TraceError} From the compiled function, if `f` reads a value, or branches on one.
 *
 * @example A training step
 * ```ts
 * import { adam, compile, mean, square, sub, mul, tensor64, toNumber, valueAndGradient, type Tensor } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = adam({ learningRate: 0.1 }), x = tensor64([1, 2, 3]), y = tensor64([2, 4, 6]);
 * const loss = (w: Tensor<"float64">) => mean(square(sub(mul(w, x), y)));
 * const step = compile((state: ReturnType<typeof optimizer.init<Tensor<"float64">>>) =>
 *   optimizer.step(state, valueAndGradient(loss)(state.params).gradients)
 * );
 * let state = optimizer.init(tensor64(0));
 * for (let i = 0; i < 200; i++) state = step(state);
 * assertAlmostEquals(toNumber(state.params), 2, 1e-3);
 * ```
 */
export function compile<A extends readonly unknown[], R>(f: (...args: A) => R): Compiled<A, R> {
  if (typeof f !== "function") {
    throw new TypeError(`Cannot compile ${describe(f)}: it must be a function; pass one`);
  }
  // A function of whatever arguments: those that it is called with below are of its own type.
  const step = f as unknown as (...args: never[]) => unknown;
  const forCalls = specializationSource(step, "beside tensors", false),
    forScans = specializationSource(step, "data", true);
  const compiled = (...args: A): R => {
    if (isPartOfMore(args)) return f(...args);
    const data: DataLeaf[] = [], variant = forCalls(args, data), executable = acquire(variant);
    try {
      for (let k = 0; k < data.length; k++) executable.write(k, viewOf(data[k]!));
      executable.run();
      let next = 0;
      return unflatten(variant.result, () => executable.read(next++)) as R;
    } finally {
      release(variant, executable);
    }
  };
  const scan = (carry: unknown, xs: Iterable<unknown>) =>
    isPartOfMore(carry)
      ? scanPlainly(step as (carry: unknown, x: unknown) => readonly [unknown, unknown], carry, xs)
      : scanCompiled(forScans, carry, xs);
  const specializationFor = (...args: readonly unknown[]) => forCalls(args, []);
  // `scan` and the symbol are what the type adds to a function of these arguments.
  return Object.assign(compiled, { scan, [SPECIALIZATION_FOR]: specializationFor }) as Compiled<A, R>;
}

/**
 * Shows the program that a compiled function runs for some arguments: as traced, and as optimized.
 *
 * @param compiled A function from {@link compile}.
 * @param args Arguments, as for a call.
 * @throws {TypeError} If the function is not from `compile`.
 *
 * @example
 * ```ts
 * import { add, compile, formatProgram, mul, tensor32 } from "@nanograd/nanograd";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const f = compile((x: ReturnType<typeof tensor32>) => add(mul(x, 2), 1));
 * assertStringIncludes(formatProgram(f, tensor32([1, 2, 3])), "%0 * 2 + 1");
 * ```
 */
export function formatProgram<A extends readonly unknown[]>(compiled: Compiled<A, unknown>, ...args: A): string {
  const specializationFor =
    (compiled as { readonly [SPECIALIZATION_FOR]?: (...args: A) => Specialization })[SPECIALIZATION_FOR];
  if (specializationFor === undefined) {
    throw new TypeError(
      `Cannot format the program of ${describe(compiled)}: it must be a function that compile returned; compile it`,
    );
  }
  const variant = specializationFor(...args), executable = acquire(variant), { peak, lowerBound } = executable.plan;
  release(variant, executable);
  const memory = `Memory: ${bytes(peak)} at most; values that are needed at one time take ${bytes(lowerBound)}`;
  return `As traced:\n${formatOne(variant.traced)}\n\nAs it runs:\n${formatOne(variant.program)}\n\n${memory}`;
}

const bytes = (count: number): string => `${count.toLocaleString("en-US")} bytes`;

/** Keeps the variants of a function, those used last in front. */
function specializationSource(
  f: (...args: never[]) => unknown,
  numbers: Numbers,
  carries: boolean,
): SpecializationSource {
  const variants: Specialization[] = [];
  return (args, data) => {
    const engine = currentEngine();
    for (let k = 0; k < variants.length; k++) {
      const variant = variants[k]!;
      data.length = 0;
      if (variant.engine !== engine || !matches(variant.args, args, data)) continue;
      if (k > 0) variants.unshift(...variants.splice(k, 1));
      return variant;
    }
    checkArguments(args);
    const signature: Signature = { kind: "list", parts: args.map((arg) => signatureOf(arg, numbers)) };
    const variant = specialize(f, signature, carries);
    data.length = 0;
    matches(signature, args, data);
    variants.unshift(variant);
    variants.length = Math.min(variants.length, MOST_SPECIALIZATIONS);
    return variant;
  };
}

/** Refuses what would be compiled in as a constant, and anew in each call, although it is meant as data. */
function checkArguments(args: readonly unknown[]): void {
  const visit = (part: unknown, path: string): void => {
    if (ArrayBuffer.isView(part)) {
      throw new TypeError(
        `Cannot call a compiled function with a ${part.constructor.name} as argument ${path}: data must be tensors; ` +
          "wrap it with constant",
      );
    }
    if (isTensor(part) || isKey(part)) return;
    if (Array.isArray(part)) part.forEach((child, k) => visit(child, `${path}.${k}`));
    else if (isRecord(part)) Object.entries(part).forEach(([name, child]) => visit(child, `${path}.${name}`));
  };
  args.forEach((arg, k) => visit(arg, String(k)));
}

/**
 * Whether the function is a part of what is being differentiated or compiled. Inside a transform it always is: it may close
 * over what derivatives are wanted of.
 */
function isPartOfMore(args: unknown): boolean {
  if (insideTransform()) return true;
  if (!isRunningAbstractly()) return false;
  const visit = (part: unknown): boolean => {
    if (isTensor(part)) return isAbstract(part.view);
    if (isKey(part)) return isAbstractKey(part);
    return Array.isArray(part) ? part.some(visit) : isRecord(part) && Object.values(part).some(visit);
  };
  return visit(args);
}
