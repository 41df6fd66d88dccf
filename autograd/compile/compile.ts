/**
 * Compilation of whole functions: a training step, derivatives and optimizer included, as one program.
 *
 * @module
 */
import { formatProgram as formatOne } from "../../blas/program/format/format_program.ts";
import { describe, isCallable } from "../../blas/describe.ts";
import { shared } from "../../blas/shared.ts";
import { isAbstract, isRunningAbstractly } from "../abstract_view.ts";
import { isKey } from "../random/key.ts";
import { isAbstractKey } from "../random/key_tensor.ts";
import { innerView } from "../tensor_record.ts";
import { insideTransform } from "../transforms/nesting.ts";
import { type Scan, scan as scanPlainly } from "../transforms/scan.ts";
import { scanCompiled } from "./scan_compiled.ts";
import { type DataLeaf, dataLeafSignature, signatureOf } from "./signature.ts";
import { type CompileOptions, completeOptions } from "./options.ts";
import { MEASURED_FOR } from "./profile.ts";
import { acquire, callSpecialization, release, type Specialization, specialize } from "./specialization.ts";
import { specializationCache } from "./specialization_cache.ts";

/** The key under which a compiled function gives {@link formatProgram} a specialization. */
// TypeScript declares a unique symbol only for a direct call of `Symbol`: hence the cast.
const SPECIALIZATION_FOR: unique symbol = /* @__PURE__ */ shared(
  "specializationFor",
  () => Symbol("specializationFor"),
) as never;

/** A function from {@link compile}. */
export type Compiled<A extends readonly unknown[], R> = {
  /** Runs the computation, compiled. */
  (...args: A): R;
  /**
   * Folds a step, from `(carry, x)` to `[carry, y]`, over a sequence; the carry stays in compiled memory in between.
   *
   * @param carry The carry for the first step.
   * @param xs The inputs of the steps, one after another; they are read as the steps run.
   * @returns A generator that yields the result of each step, and returns the last carry. Its `carry` is a copy of the
   * current carry, at any time between steps, also after `break`.
   */
  scan(carry: CarryOf<A>, xs: Iterable<InputOf<A>>): Scan<YieldOf<R>, CarryOf<A>>;
};

/** The carry of a step: its first argument. */
export type CarryOf<A extends readonly unknown[]> = A extends readonly [infer C, ...unknown[]] ? C : never;

/** The second argument of a step. */
export type InputOf<A extends readonly unknown[]> = A extends readonly [unknown, infer X, ...unknown[]] ? X : undefined;

/** The values that a step yields: the second part of its result. */
export type YieldOf<R> = R extends readonly [unknown, infer Y] ? Y : never;

/**
 * Compiles a function of tensors.
 *
 * For each signature of its arguments, the function is run once with tensors that have shapes but no values. Tensors
 * and keys are data; their shapes and dtypes, and numbers, texts, truth values and functions wherever they stand, are
 * the signature. Plain records and arrays are walked; anything else among arguments or results is refused. The whole
 * computation, including derivatives and optimizer steps, becomes one program in WebAssembly memory, in which whole
 * chains of operations are single loops. A call copies the arguments in and the results out; results are ordinary
 * tensors, detached from any graph.
 *
 * Inside, values of tensors cannot be read or branched on: use `where`. Numbers are plain numbers and may be branched
 * on; another number needs another program. Pass values that change from call to call as tensors, `constant(x)`. Keys
 * are data, so every call draws from its own key. Tensors that the function closes over are constants.
 *
 * Inside `gradient` or another compiled function, the function runs like a plain one and is differentiated or compiled
 * with the rest.
 *
 * @param f A function without side effects; not asynchronous. It returns a tree of values that may also be arguments.
 * @param options `variants`: how many programs are kept, 32 by default; `warn`: whether to warn once, with
 * `console.warn`, if most calls compile anew because something changes with each, true by default; `profile`: whether to
 * measure each instruction for `profileOf`, false by default; `passes`: the passes to leave out, `without`, and a function
 * that is shown the program after each, `watch`.
 * @returns A function of the same arguments and results, with `scan` for steps from `(carry, x)` to `[carry, y]`.
 * @throws {TypeError} From the compiled function, if an argument or a result is neither data nor part of a signature.
 * @throws {TraceError} From the compiled function, if `f` reads a value, or branches on one.
 * @throws {RangeError} If `variants` is not a whole number above 0.
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
export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  if (!isCallable(f)) {
    throw new TypeError(`Cannot compile ${describe(f)}: it must be a function; pass one`);
  }
  const { variants, warn, profile, passes } = completeOptions(options);
  // A function of any arguments: those that it is called with below have the right types.
  const step = f as (...args: never[]) => unknown;
  const programs = (carries: boolean) =>
    specializationCache((args) => specialize(step, args, { carries, profile, passes }), {
      name: f.name,
      variants,
      warn,
    });
  const forCalls = programs(false), forScans = programs(true);
  const compiled = (...args: A): R => {
    if (isPartOfMore(args)) return f(...args);
    const data: DataLeaf[] = [], found = forCalls.find(args, data);
    return callSpecialization(found, data) as R; // the result's signature is that of what f returned
  };
  const scan = (carry: unknown, xs: Iterable<unknown>) =>
    isPartOfMore([carry])
      // A function that is scanned is a step.
      ? scanPlainly(step as (carry: unknown, x: unknown) => readonly [unknown, unknown], carry, xs)
      : scanCompiled(forScans, carry, xs);
  const specializationFor = (...args: readonly unknown[]) => forCalls.find(args, []);
  const measuredFor = (...args: readonly unknown[]) =>
    [forCalls.known(args), forScans.known(args)].filter((found) => found !== undefined);
  // `scan` and the symbols complete the type of the compiled function.
  return Object.assign(compiled, {
    scan,
    [SPECIALIZATION_FOR]: specializationFor,
    ...profile && { [MEASURED_FOR]: measuredFor },
  }) as Compiled<A, R>; // a call returns what `f` returns, with its types
}

/**
 * Returns the program that a compiled function runs for some arguments, as text: first as traced, then as it runs, with
 * marks at the instructions that functions outside of WebAssembly compute.
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
  const found = specializationOf(compiled, args), executable = acquire(found), { peak, lowerBound } = executable.plan;
  release(found, executable);
  const { outside } = executable;
  const memory = `Memory: ${bytes(peak)} at most; values that are needed at one time take ${bytes(lowerBound)}`;
  return `As traced:\n${formatOne(found.traced)}\n\nAs it runs:\n${formatOne(found.program, outside)}\n\n${memory}`;
}

/** Returns the specialization of a compiled function for some arguments; `action` says what for, for the error message. */
export function specializationOf<A extends readonly unknown[]>(
  compiled: Compiled<A, unknown>,
  args: A,
  action = "format",
): Specialization {
  const specializationFor =
    // Callers without types may pass anything.
    (compiled as { readonly [SPECIALIZATION_FOR]?: (...args: A) => Specialization } | undefined | null)
      ?.[SPECIALIZATION_FOR];
  if (specializationFor === undefined) {
    throw new TypeError(
      `Cannot ${action} the program of ${describe(compiled)}: it must be a function that compile returned; compile it`,
    );
  }
  return specializationFor(...args);
}

const bytes = (count: number): string => `${count.toLocaleString("en-US")} bytes`;

/**
 * Tells whether the function is part of a larger one that is being differentiated or compiled. Inside a transform it
 * always is: it may close over tensors that are differentiated.
 */
function isPartOfMore(args: readonly unknown[]): boolean {
  if (insideTransform()) return true;
  if (!isRunningAbstractly()) return false;
  let found = false;
  signatureOf(args, "argument", (part) => {
    found ||= isKey(part) ? isAbstractKey(part) : isAbstract(innerView(part));
    return dataLeafSignature(part);
  });
  return found;
}
