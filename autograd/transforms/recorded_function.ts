/**
 * Recorded functions of tensors: a function runs once with tensors that have no values, and its recording is applied to
 * others as often as needed.
 *
 * A recording lists which primitives are applied to which tensors, so an application can be differentiated, recorded
 * again or compiled, and `stopGradient` has its effect there too. Tensors that the function closes over become additional arguments.
 *
 * @module
 */
import { innerAttributes } from "../tensor_record.ts";
import type { ValueType } from "../../blas/program/program.ts";
import type { View } from "../../blas/view.ts";
import { AbstractView, type Interpreter, isAbstract, nextLevel, runAbstractly, runWithin } from "../abstract_view.ts";
import { AbstractValueError } from "../errors.ts";
import { applySeveralChecked } from "../multi_primitive.ts";
import { type AnyPrimitive, applyChecked } from "../primitive.ts";
import { broadcastTo } from "../ops/sum.ts";
import { stopGradient } from "../stop_gradient.ts";
import { constantOf, type Node, nodeOf, nodesOf, type Tensor, variableOf } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { withinReach } from "../within_reach.ts";
import { aliasPrimitive } from "./gradient.ts";

/** One application of a primitive. */
export type Equation = {
  readonly primitive: AnyPrimitive;
  readonly attributes: unknown;
  readonly inputs: readonly Tensor[];
  readonly results: readonly View[];
  /** Set if the results have been computed before, as constants: the equation then defines their derivatives. */
  readonly isNote?: true;
};

/** A function of a list of tensors to a list of tensors. */
export type RecordedFunction = {
  /** The views that stand for the arguments in the equations. */
  readonly inputs: readonly View[];
  /** The equations, each after those whose results it uses. */
  readonly equations: readonly Equation[];
  /** The returned tensors: results of equations, arguments, or tensors with values. */
  readonly outputs: readonly Tensor[];
};

/** A recorded function, and the tensors that it closes over. */
export type Recording = {
  /** The function; its arguments are the given ones, followed by the captured tensors. */
  readonly recorded: RecordedFunction;
  /** The captured tensors: those that the function closes over and that are tracked or have no values. */
  readonly captured: readonly Tensor[];
};

/** A view that stands for a value inside a recorded function. */
class RecordedView extends AbstractView {}

/** The interpreter that records equations. */
export class Recorder implements Interpreter {
  readonly level: number = nextLevel();
  readonly description = "it is inside a function that is run once for all steps";
  readonly #equations: Equation[] = [];
  readonly #makers = new Map<View, AnyPrimitive>();
  readonly #captured = new Map<Tensor | View, { readonly outer: Tensor; readonly inner: Tensor }>();

  /** Starts a recording, for a function of this name. */
  constructor(readonly name: string) {}

  /** The equations so far, in order. */
  get equations(): readonly Equation[] {
    return this.#equations;
  }

  /** The tensors captured so far, and the tensors that stand for them inside. */
  get captured(): readonly { readonly outer: Tensor; readonly inner: Tensor }[] {
    return [...this.#captured.values()];
  }

  /** Returns a tracked tensor that stands for an argument. */
  argument({ dtype, shape }: ValueType): Tensor {
    return variableOf(new RecordedView(dtype, shape, this));
  }

  /** Records the application of a primitive. */
  apply(
    primitive: AnyPrimitive,
    attributes: unknown,
    _: readonly View[],
    types: readonly ValueType[],
    operands: readonly Tensor[],
  ): readonly View[] {
    const results = types.map(({ dtype, shape }) => new RecordedView(dtype, shape, this));
    this.#write({ primitive, attributes, inputs: operands.map((t) => this.inside(t)), results });
    return results;
  }

  /**
   * Returns the tensor itself if it belongs to this recording or has values and no history; otherwise the tensor that
   * stands for it.
   */
  inside(t: Tensor): Tensor {
    if (this.has(t.view)) {
      // A node that was not recorded by applying a primitive, such as that of a customOp, which computes with its own operations.
      if (t.tag === "node" && this.#makers.get(t.view) !== t.primitive) this.#note(t);
      return t;
    }
    if (!t.requiresGrad && !isAbstract(t.view)) return t;
    const key = t.requiresGrad ? t : t.view, known = this.#captured.get(key);
    if (known !== undefined) return known.inner;
    const argument = this.argument(t), inner = t.requiresGrad ? argument : constantOf(argument.view);
    this.#captured.set(key, { outer: t, inner });
    return inner;
  }

  /** Returns a view that stands for a tensor from outside. */
  hold(t: Tensor): View {
    const view = new RecordedView(t.dtype, t.shape, this);
    this.#write({ primitive: aliasPrimitive, attributes: {}, inputs: [this.inside(t)], results: [view] });
    return view;
  }

  #write(equation: Equation): void {
    this.#equations.push(equation);
    for (const view of equation.results) this.#makers.set(view, equation.primitive);
  }

  #note(node: Node): void {
    const { primitive } = node, attributes = innerAttributes(node), inputs = node.inputs.map((t) => this.inside(t));
    this.#write({
      primitive,
      attributes,
      inputs,
      results: (node.siblings ?? [node]).map(({ view }) => view),
      isNote: true,
    });
  }

  /** Tells whether a view stands for a value of this recording. */
  has(view: View): boolean {
    return isAbstract(view) && view.interpreter === this;
  }

  /** Returns the error for reading elements. */
  unreadable(): AbstractValueError {
    return new AbstractValueError(
      `Cannot read the value of a tensor in a function that ${this.name} runs: there it stands for the values of all ` +
        "steps; use where(condition, a, b) or cond(predicate, f, g, …) in place of a branch, or return the tensor",
    );
  }
}

/**
 * Records a function.
 *
 * @param name The function that records, named in errors.
 * @param types The types of its arguments, which are all tracked.
 * @param options `whole`: whether values that depend only on captured tensors are computed inside as well, so that they
 * are not computed if the function does not run; if not, as in `scanAlong`, they are computed once, outside.
 */
export function record(
  name: string,
  types: readonly ValueType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  { whole = false }: { readonly whole?: boolean | undefined } = {},
): Recording {
  const recorder = new Recorder(name), inputs = types.map((type) => recorder.argument(type));
  const run = () => runAbstractly(() => f(inputs)), returned = whole ? runWithin(recorder, run) : run();
  const outputs = returned.map((t) => recorder.inside(t)), { captured } = recorder;
  return {
    recorded: needed({
      inputs: [...inputs, ...captured.map(({ inner }) => inner)].map(({ view }) => view),
      equations: recorder.equations,
      outputs,
    }),
    captured: captured.map(({ outer }) => outer),
  };
}

/** Returns the function without equations that no output depends on. */
export function needed({ inputs, equations, outputs }: RecordedFunction): RecordedFunction {
  const wanted = new Set(outputs.map(({ view }) => view)), kept: Equation[] = [];
  for (let k = equations.length - 1; k >= 0; k--) {
    const equation = equations[k]!;
    if (!equation.results.some((view) => wanted.has(view))) continue;
    kept.push(equation);
    for (const { view } of equation.inputs) wanted.add(view);
  }
  return { inputs, equations: kept.reverse(), outputs };
}

/** Applies a recorded function. */
export function replay(recorded: RecordedFunction, given: readonly Tensor[]): readonly Tensor[] {
  const values = new Map<View, Tensor>();
  recorded.inputs.forEach((view, k) => values.set(view, given[k]!));
  const valueOf = (t: Tensor): Tensor => {
    const value = values.get(t.view);
    return value === undefined ? t : t.requiresGrad ? value : stopGradient(value);
  };
  for (const { primitive, attributes, inputs, results, isNote } of recorded.equations) {
    const operands = inputs.map(valueOf);
    if (isNote) {
      if (!operands.some((t) => t.requiresGrad)) continue;
      const views = results.map((view) => {
        const value = values.get(view) ?? broadcastTo(zeros([], { dtype: view.dtype }), view.shape); // nothing needs it
        return withinReach(value, operands);
      });
      const nodes = "shapes" in primitive
        ? nodesOf(views, primitive, attributes, operands)
        : [nodeOf(views[0]!, primitive, attributes, operands)];
      results.forEach((view, k) => values.set(view, nodes[k]!));
      continue;
    }
    const computed = "shapes" in primitive
      ? applySeveralChecked(primitive, attributes, operands)
      : [applyChecked(primitive, attributes, operands)];
    results.forEach((view, k) => values.set(view, computed[k]!));
  }
  return recorded.outputs.map(valueOf);
}

/**
 * Returns the functions of some recordings, all with the same arguments: the common ones, followed by the tensors that
 * each captures.
 *
 * @param common The number of common arguments.
 */
export function withSharedInputs(recordings: readonly Recording[], common: number): readonly RecordedFunction[] {
  return recordings.map(({ recorded }, own) => ({
    ...recorded,
    // An argument that only another function reads is unused here.
    inputs: [
      ...recorded.inputs.slice(0, common),
      ...recordings.flatMap((other, k) =>
        k === own ? recorded.inputs.slice(common) : other.recorded.inputs.slice(common)
      ),
    ],
  }));
}

/** Returns the type of a tensor. */
export const typeOf = ({ dtype, shape }: Tensor | View): ValueType => ({ dtype, shape });
