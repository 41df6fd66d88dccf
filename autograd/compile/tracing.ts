/**
 * Tracing: a function is run once on tensors without values, and an interpreter records the operations as a program.
 *
 * @module
 */
import type { Engine } from "../../blas/engine.ts";
import { withEngine } from "../../blas/engine_in_use.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import type { HostOperation } from "../../blas/program/operations/host.ts";
import type { TypedValue } from "../../blas/program/operations/operator.ts";
import { type Draft, type DraftInstruction, programOf, typesOf } from "../../blas/program/passes/draft.ts";
import type { Operation, Program, ValueType } from "../../blas/program/program.ts";
import { sameShape } from "../../blas/shape.ts";
import type { MutableView, View } from "../../blas/view.ts";
import { AbstractView, type Interpreter, isAbstract, nextLevel, runAbstractly } from "../abstract_view.ts";
import { allEvaluated } from "../multi_primitive.ts";
import { type AnyPrimitive, engineFor, evaluated } from "../primitive.ts";
import { keyOf } from "../random/key_tensor.ts";
import { constantOf, type Tensor, variableOf } from "../tensor.ts";
import { TraceError } from "./errors.ts";
import { hostKey } from "./host_key.ts";
import { type DataLeafSignature, dataOf, type Signature, typeOf, unflattenLeaves } from "./signature.ts";
import { pairOf, resultOf } from "./traced_result.ts";

/** The trace of a function for arguments of one signature. */
export type Trace = {
  /** The program as it was recorded; its values have numbers in any order. */
  readonly draft: Draft;
  /** The function's result, with data in the order of the program's results. */
  readonly result: Signature;
};

/**
 * Tells which primitives stay functions of arrays in a program, although programs have operations for them: another language may
 * have one for the whole.
 */
export type Apart = (primitive: AnyPrimitive, attributes: unknown) => boolean;

const NONE_APART: Apart = () => false;

/**
 * Runs a function with tensors that have no values.
 *
 * @param args The signature of the list of arguments.
 * @param carries Whether the function is a step that returns `[carry, y]`.
 * @param apart Which primitives stay whole; none if left out.
 * @throws {TraceError} If the function reads a value, is asynchronous, or returns something that a program cannot
 * return.
 */
export function trace(
  f: (...args: never[]) => unknown,
  args: Signature,
  carries: boolean,
  apart: Apart = NONE_APART,
): Trace {
  const parameters = dataOf(args).map(typeOf), tracing = new Tracing(parameters, apart);
  let index = 0;
  const lift = (datum: DataLeafSignature): unknown => {
    const traced = tracing.parameter(index++);
    if (datum.kind === "key") return keyOf(constantOf(traced) as Tensor<"float64">); // keys are float64
    return datum.kind === "tensor" && datum.tracked ? variableOf(traced) : constantOf(traced);
  };
  // The arguments, with their leaves replaced by traced ones.
  const lifted = unflattenLeaves(args, lift) as never[], returned = tracing.run(() => f(...lifted));
  if (returned instanceof Promise) {
    returned.catch(() => {}); // its outcome does not matter, and must not end the process
    throw new TraceError("await", "make the function synchronous, and await outside of it");
  }
  const views: View[] = [], result = carries ? pairOf(returned, views) : resultOf(returned, views, false);
  return { draft: tracing.draft(views), result };
}

/** A view that stands for a value of the program that a {@link Tracing} writes. */
class TracedView extends AbstractView {
  /**
   * Creates a view.
   *
   * @param type Its dtype and shape.
   * @param tracing The interpreter that it belongs to.
   * @param value The number of the value in the program.
   */
  constructor({ dtype, shape }: ValueType, tracing: Tracing, readonly value: number) {
    super(dtype, shape, tracing);
  }
}

/** A run of a function, and the program that it records. */
export class Tracing implements Interpreter {
  readonly level: number = nextLevel();
  readonly description = "it is being traced by compile";
  readonly #parameters: readonly ValueType[];
  readonly #apart: Apart;
  readonly #constants: { readonly value: number; readonly view: View }[] = [];
  readonly #numbers = new Map<View, number>();
  readonly #steps: DraftInstruction[] = [];
  #next: number;
  #open = true;

  /** Starts a run of a program with these parameters, in which some primitives stay whole. */
  constructor(parameters: readonly ValueType[], apart: Apart = NONE_APART) {
    this.#parameters = parameters;
    this.#apart = apart;
    this.#next = parameters.length;
  }

  /**
   * Returns a view of a parameter.
   */
  parameter(index: number): View {
    return new TracedView(this.#parameters[index]!, this, index);
  }

  /** Runs the function to trace. */
  run<R>(f: () => R): R {
    try {
      return runAbstractly(f);
    } finally {
      this.#open = false;
    }
  }

  /**
   * Records an application of a primitive.
   *
   * @throws {TraceError} If a view was traced by a function that has finished.
   */
  apply(
    primitive: AnyPrimitive,
    attributes: unknown,
    inputs: readonly View[],
    results: readonly ValueType[],
  ): readonly View[] {
    if (!this.#open) throw strangerError(actionOf(primitive));
    if (primitive.operator !== undefined) engineFor(primitive); // what a program may call outside must have been brought
    primitive.programs?.();
    // Loops, not closures: this runs for every operation, and the first compilation in a process interprets it.
    const given: TypedValue[] = [], own: number[] = [], views: View[] = [];
    for (let k = 0; k < inputs.length; k++) {
      const view = inputs[k]!, { dtype, shape } = view;
      if (this.#has(view)) given.push({ value: view.value, dtype, shape });
      else given.push({ value: this.#valueOf(view, actionOf(primitive)), dtype, shape: [...shape] });
    }
    const operation = operationOf(primitive, attributes, given, results, this.#apart);
    // A reshaped value is the same array, so it is no instruction, unless another language needs one.
    if (operation.kind === "view" && operation.change.kind === "reshape" && this.#apart === NONE_APART) {
      return [new TracedView(results[0]!, this, operation.operand.value)];
    }
    for (let k = 0; k < results.length; k++) own.push(this.#next++);
    this.#steps.push({ values: own, results, operation });
    for (let k = 0; k < results.length; k++) views.push(new TracedView(results[k]!, this, own[k]!));
    return views;
  }

  /** Returns the error for reading elements while the function is traced, or afterwards. */
  unreadable(): TraceError {
    return new TraceError(
      "read the value of a tensor",
      "use where(condition, a, b) in place of a branch, or read it outside, from what the compiled function returns",
    );
  }

  /**
   * Returns the program for these results.
   *
   * @param results Traced views, or ordinary ones, which are constants.
   * @throws {TraceError} If a view belongs to another interpreter.
   */
  program(results: readonly View[]): Program {
    return programOf(this.draft(results));
  }

  /** Does what {@link program} does, without numbering the values in order. */
  draft(results: readonly View[]): Draft {
    const [parameters, constants] = [this.#parameters, this.#constants], steps = [...this.#steps];
    const values = results.map((view) => this.#valueOf(view, "return"));
    const types = typesOf({ parameters, constants, steps, results: values, next: this.#next });
    // Results have the shapes of their values.
    const shaped = values.map((value, k) => {
      const { shape } = results[k]!, type = types[value]!;
      if (sameShape(shape, type.shape)) return value;
      const change = { kind: "reshape", shape } as const, operand = plainOperand(value, type.shape), own = this.#next++;
      steps.push({ values: [own], results: [{ ...type, shape }], operation: { kind: "view", change, operand } });
      return own;
    });
    return { parameters, constants, steps, results: shaped, next: this.#next };
  }

  #has(view: View): view is TracedView & View {
    return view instanceof TracedView && view.interpreter === this;
  }

  #valueOf(view: View, action: string): number {
    if (this.#has(view)) return view.value;
    if (isAbstract(view)) throw strangerError(action);
    const known = this.#numbers.get(view);
    if (known !== undefined) return known;
    const value = this.#next++;
    this.#numbers.set(view, value);
    this.#constants.push({ value, view });
    return value;
  }
}

const actionOf = ({ name }: AnyPrimitive): string => `apply ${name} to`;

const strangerError = (action: string): TraceError =>
  new TraceError(
    `${action} a tensor of another trace`,
    "keep no tensors from inside a compiled function: return them",
  );

/** Returns the operation for an application of a primitive: its operator, or else a function that runs outside. */
function operationOf(
  primitive: AnyPrimitive,
  attributes: unknown,
  inputs: readonly TypedValue[],
  results: readonly ValueType[],
  apart: Apart,
): Operation {
  if (primitive.operator !== undefined && !apart(primitive, attributes)) {
    return "shapes" in primitive
      ? primitive.operator(attributes).place(inputs, results)
      : primitive.operator(attributes).place(inputs, results[0]!); // it has one result
  }
  return operationOutside(primitive, attributes, inputs, results, apart);
}

/** Returns the operation that computes a primitive outside of the program's code, or by programs that it holds. */
function operationOutside(
  primitive: AnyPrimitive,
  attributes: unknown,
  inputs: readonly TypedValue[],
  results: readonly ValueType[],
  apart: Apart,
): Operation {
  const { name } = primitive, [result] = results as readonly [ValueType]; // a primitive has one result
  // If a function outside computes with tensors, the engine of the program that calls it computes.
  type Fill = (views: readonly View[], attributes: unknown, outputs: readonly (MutableView | undefined)[]) => void;
  const host = (evaluate: (views: readonly View[]) => readonly View[], fill?: Fill): HostOperation => ({
    kind: "host",
    name,
    key: hostKey(primitive, attributes),
    attributes,
    operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
    run: (views, engine) => withEngine(engine, () => evaluate(views)),
    ...fill && {
      runInto: (views, engine, outputs) => withEngine(engine, () => fill(views, attributes, outputs)),
    },
  });
  if (primitive.operator !== undefined) {
    return host((views) =>
      // The part of the engine that the primitive names has what its operator uses.
      "shapes" in primitive
        ? primitive.operator(attributes).run(engineFor(primitive) as Engine, views, results) // see above
        : [primitive.operator(attributes).run(engineFor(primitive) as Engine, views, result)] // as above
    );
  }
  if ("shapes" in primitive) {
    const shapes = results.map(({ shape }) => shape);
    if (primitive.place !== undefined) {
      return primitive.place(inputs, attributes, (parameters, f) => traceFunction(parameters, f, apart));
    }
    return host((views) => allEvaluated(primitive, views, attributes, shapes), primitive.fill);
  }
  const fill = primitive.fill as Fill | undefined; // its only result is wanted
  return host((views) => [evaluated(primitive, views, attributes, result.shape)], fill);
}

/** Traces a function that a primitive holds. */
function traceFunction(
  parameters: readonly ValueType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  apart: Apart,
): Program {
  const tracing = new Tracing(parameters, apart), inputs = parameters.map((_, k) => constantOf(tracing.parameter(k)));
  return tracing.program(tracing.run(() => f(inputs)).map(({ view }) => view));
}
