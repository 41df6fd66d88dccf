/**
 * Batching: a function of single examples runs once, on tensors each of which stands for the tensors of all examples.
 *
 * An operation on them becomes one on whole batches, by the batching rule of its primitive. That operation belongs to
 * whatever is outside: a graph that is differentiated, a program that is traced, another batching.
 *
 * @module
 */
import { formatShape } from "../../blas/errors.ts";
import type { ValueType } from "../../blas/program/program.ts";
import { sameShape, type Shape } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { AbstractView, type Interpreter, nextLevel, runAbstractly } from "../abstract_view.ts";
import type { BatchContext, BatchOperand, BatchResult } from "../batch.ts";
import { AbstractValueError } from "../errors.ts";
import { applySeveralChecked } from "../multi_primitive.ts";
import { reshape } from "../ops/reshape.ts";
import { broadcastTo } from "../ops/sum.ts";
import { transpose } from "../ops/transpose.ts";
import { type AnyPrimitive, applyChecked } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import { constantOf, type Node, type Tensor, variableOf } from "../tensor.ts";
import { innerAttributes, innerShape, innerView } from "../tensor_record.ts";
import { zeros } from "../values/constructors.ts";
import { differentiatedByExample } from "./batched_derivative.ts";
import { record } from "./recorded_function.ts";
import { applyScan } from "./scan_primitive.ts";

/** A view that stands for one example of many. */
class BatchedView extends AbstractView {
  /**
   * Creates a view.
   *
   * @param shape The shape of an example.
   * @param batching The interpreter that it belongs to.
   * @param tensor All examples, along the first axis.
   */
  constructor(shape: Shape, batching: Batching, readonly tensor: Tensor) {
    super(tensor.dtype, shape, batching);
  }
}

/** An operand of an operation on examples. */
class Operand implements BatchOperand {
  constructor(
    readonly shape: Shape,
    readonly isBatched: boolean,
    readonly tensor: Tensor,
    private readonly size: number,
  ) {}

  aligned(rank: number): Tensor {
    const missing = rank - this.shape.length;
    if (!this.isBatched || missing <= 0) return this.tensor;
    return reshape(this.tensor, [this.size, ...new Array<number>(missing).fill(1), ...this.shape]);
  }

  ranked(rank: number): Tensor {
    if (this.isBatched) return this.aligned(rank);
    return reshape(this.tensor, [...new Array<number>(1 + rank - this.shape.length).fill(1), ...this.shape]);
  }

  whole(rank = this.shape.length): Tensor {
    const t = this.ranked(rank);
    return this.isBatched ? t : broadcastTo(t, [this.size, ...innerShape(t).slice(1)]);
  }
}

/** Returns a result as a batch, repeated if it is the same for all examples. */
export const repeated = ({ tensor, isBatched }: BatchResult, size: number): Tensor =>
  isBatched ? tensor : broadcastTo(tensor, [size, ...innerShape(tensor)]);

/** Returns the numbers of examples that a tensor inside of `vmap` stands for one of, the outermost first. */
export function batchesOf(t: Tensor): readonly number[] {
  const view = innerView(t);
  if (!(view instanceof BatchedView)) return [];
  return [...batchesOf(view.tensor), innerShape(view.tensor)[0]!];
}

/** A run of a function of single examples. */
export class Batching implements Interpreter {
  readonly level: number = nextLevel();
  readonly description = "it is being mapped by vmap";
  readonly mapsExamples = true;
  readonly #makers = new WeakMap<View, AnyPrimitive>();
  readonly #noted = new WeakMap<object, readonly Tensor[]>();
  #open = true;

  /** Starts a run for `size` examples. */
  constructor(readonly size: number) {}

  /** Returns the tensor that stands for one example of a batch, whose examples are along the first axis. */
  enter(t: Tensor): Tensor {
    const view = new BatchedView(innerShape(t).slice(1), this, t);
    return t.requiresGrad ? variableOf(view) : constantOf(view);
  }

  /** Returns a view that stands for a tensor that is the same for all examples. */
  hold(t: Tensor): View {
    return new BatchedView(innerShape(t), this, repeated({ tensor: t, isBatched: false }, this.size));
  }

  /** Returns the batch for which a tensor inside stands. */
  leave(t: Tensor): BatchResult {
    const { tensor, isBatched } = this.#operand(t);
    return { tensor, isBatched };
  }

  /** Returns a result as a batch, repeated if it is the same for all examples. */
  whole(result: BatchResult): Tensor {
    return repeated(result, this.size);
  }

  /** Runs the function. */
  run<R>(f: () => R): R {
    try {
      return runAbstractly(f);
    } finally {
      this.#open = false;
    }
  }

  /**
   * Applies a primitive to all examples at once.
   *
   * @throws {TypeError} If it has no batching rule.
   * @throws {AbstractValueError} If an operand is from a function that has finished.
   */
  apply(
    primitive: AnyPrimitive,
    attributes: unknown,
    _: readonly View[],
    types: readonly ValueType[],
    tensors: readonly Tensor[],
  ): readonly View[] {
    if (!this.#open) throw escapedError(primitive.name);
    const { size } = this, operands = tensors.map((t) => this.#operand(t));
    const results = size === 0
      ? types.map(({ dtype, shape }): Tensor => zeros([0, ...shape], { dtype }))
      : this.#applyRule(primitive, attributes, operands);
    return results.map((t, k) => {
      const { shape } = types[k]!;
      if (!sameShape(innerShape(t), [size, ...shape])) throw ruleError(primitive.name, innerShape(t), [size, ...shape]);
      const view = new BatchedView(shape, this, t);
      this.#makers.set(view, primitive);
      return view;
    });
  }

  /** Returns the error for reading elements. */
  unreadable(): AbstractValueError {
    return new AbstractValueError(
      "Cannot read the value of a tensor in a function that vmap maps: there it stands for those of all examples; use " +
        "where(condition, a, b) or cond(predicate, f, g, …) in place of a branch, or return the tensor",
    );
  }

  #operand(t: Tensor): Operand {
    const view = innerView(t);
    if (!(view instanceof BatchedView && view.interpreter === this)) {
      return new Operand(innerShape(t), false, t, this.size);
    }
    // A node that was not made by applying a primitive has its own derivative, such as that of a customOp.
    const tensor = t.tag === "node" && this.#makers.get(view) !== t.primitive ? this.#withDerivativeOf(t) : view.tensor;
    return new Operand(view.shape, true, t.requiresGrad ? tensor : stopGradient(tensor), this.size);
  }

  #withDerivativeOf(node: Node): Tensor {
    const all = node.siblings ?? [node];
    let found = this.#noted.get(all);
    if (found === undefined) {
      const results = all.map((t) => {
        const view = innerView(t);
        return view instanceof BatchedView && view.interpreter === this
          ? view.tensor
          : repeated({ tensor: t, isBatched: false }, this.size);
      });
      const operands = node.inputs.map((t) => this.#operand(t));
      found = differentiatedByExample(node.primitive, innerAttributes(node), operands, results, mapperOf(this.size));
      this.#noted.set(all, found);
    }
    return found[all.indexOf(node)]!;
  }

  #applyRule(primitive: AnyPrimitive, attributes: unknown, operands: readonly Operand[]): readonly Tensor[] {
    const { size } = this, map = mapperOf(size);
    const common = {
      attributes,
      size,
      map,
      repeated: (result: BatchResult): Tensor => repeated(result, size),
      withOwnDerivative: (results: readonly Tensor[]): readonly Tensor[] =>
        differentiatedByExample(primitive, attributes, operands, results, map),
    };
    if ("shapes" in primitive) {
      if (primitive.batch === undefined) throw noRuleError(primitive.name);
      const context: BatchContext<unknown, readonly Tensor[]> = {
        ...common,
        again: (settings, given) => applySeveralChecked(primitive, settings, given),
        oneByOne: () => oneByOne(operands, size, (given) => applySeveralChecked(primitive, attributes, given)),
      };
      return primitive.batch(operands, context);
    }
    if (primitive.batch === undefined) throw noRuleError(primitive.name);
    const context: BatchContext<unknown, Tensor> = {
      ...common,
      again: (settings, given) => applyChecked(primitive, settings, given),
      oneByOne: () => oneByOne(operands, size, (given) => [applyChecked(primitive, attributes, given)])[0]!,
    };
    return [primitive.batch(operands, context)];
  }
}

/** Runs functions of single examples on batches of one size. */
export type BatchMapper = BatchContext<unknown, unknown>["map"];

const mapperOf = (size: number): BatchMapper => (operands, f) => mapBatches(size, operands, f);

/**
 * Runs a function of single examples once, on batches.
 *
 * @param operands Its arguments, as `[size, ...shape]` if they are batched.
 */
export function mapBatches(
  size: number,
  operands: readonly BatchResult[],
  f: (examples: readonly Tensor[]) => readonly Tensor[],
): readonly BatchResult[] {
  const batching = new Batching(size);
  const examples = operands.map(({ tensor, isBatched }) => isBatched ? batching.enter(tensor) : tensor);
  return batching.run(() => f(examples).map((t) => batching.leave(t)));
}

/** Applies a function to one example after another, in a loop, which is one instruction in a program. */
function oneByOne(
  operands: readonly BatchOperand[],
  size: number,
  f: (examples: readonly Tensor[]) => readonly Tensor[],
): readonly Tensor[] {
  const batched = operands.flatMap(({ isBatched, tensor }) => isBatched ? [tensor] : []);
  const types = batched.map((t) => ({ dtype: t.dtype, shape: innerShape(t).slice(1) }));
  const { recorded, captured } = record("vmap", types, (slices) => {
    let next = 0;
    return f(operands.map(({ isBatched, tensor }) => isBatched ? slices[next++]! : tensor));
  });
  const loop = { step: recorded, carries: 0, sequences: batched.length, length: size, reverse: false };
  return applyScan(loop, [...batched, ...captured]);
}

/** Returns a tensor with an axis moved to the front. */
export function withAxisInFront(t: Tensor, axis: number): Tensor {
  if (axis === 0) return t;
  return transpose(t, [axis, ...innerShape(t).flatMap((_, k) => k === axis ? [] : [k])]);
}

/** Returns a tensor with the first axis moved elsewhere. */
export function withFirstAxisAt(t: Tensor, axis: number): Tensor {
  if (axis === 0) return t;
  const others = innerShape(t).slice(1).map((_, k) => k + 1);
  return transpose(t, [...others.slice(0, axis), 0, ...others.slice(axis)]);
}

const noRuleError = (name: string): TypeError =>
  new TypeError(
    `Cannot apply ${name} in a function that vmap maps: a primitive must have a batching rule there; write the function ` +
      "without it, or loop over the examples",
  );

const escapedError = (name: string): AbstractValueError =>
  new AbstractValueError(
    `Cannot apply ${name} to a tensor from a function that vmap has finished: it stood for one of many examples; keep no ` +
      "tensors from inside such a function: return them",
  );

const ruleError = (name: string, found: Shape, wanted: Shape): Error =>
  new Error(
    `Cannot apply ${name} in a function that vmap maps: its batching rule returned ${
      formatShape(found)
    }: it must return ` +
      `${formatShape(wanted)}; correct the rule`,
  );
