/**
 * Reverse-mode differentiation: the graph in reverse topological order.
 *
 * @module
 */
import type { Option } from "../deps.ts";
import * as option from "../blas/option.ts";
import { describe } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import { DTypeError, ShapeError } from "../blas/errors.ts";
import { sameShape } from "../blas/shape.ts";
import { checkTensor } from "./arguments.ts";
import { ones, zeros } from "./values/constructors.ts";
import { topologicalOrderOf } from "./graph.ts";
import { insideTransform } from "./transforms/nesting.ts";
import { add } from "./ops/arithmetic.ts";
import { sumTo } from "./ops/sum.ts";
import { stopGradient } from "./stop_gradient.ts";
import type { VjpContext } from "./primitive.ts";
import { type Recycler, recyclerFor } from "./recycler.ts";
import { isOperand, type Node, type OneResult, type SeveralResults, type Tensor } from "./tensor.ts";
import { innerAttributes, innerShape } from "./tensor_record.ts";

/** The gradients that `backward` returns: one for every tracked leaf that the root depends on, of the leaf's shape. */
export type Gradients = ReadonlyMap<Tensor, Tensor>;

/** The cotangents computed so far; each node removes its own and adds to those of its inputs. */
type Cotangents = Map<Tensor, Tensor>;

/**
 * Differentiates a tensor with respect to every tracked leaf that it depends on.
 *
 * Gradients are returned as values: nothing is stored in the tensors, nothing needs to be zeroed, and calling it twice
 * gives the same answer twice.
 *
 * @param root A tensor of any shape.
 * @param seed The cotangent of `root`, of its shape; ones if left out, which differentiates the sum of its elements.
 * @returns Gradients by leaf; empty if `root` is a constant.
 * @throws {GraphCycleError} If a hand-made node depends on itself.
 * @throws {ShapeError} If the seed's shape is not the root's.
 *
 * @example
 * ```ts
 * import { backward, mul, sum, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([1, 2, 3]);
 * const gradients = backward(sum(mul(x, x)));
 * assertEquals(toList(gradients.get(x)!), [2, 4, 6]);
 * ```
 */
export function backward<D extends DType>(root: Tensor<D>, seed?: Tensor<NoInfer<D>>): Gradients {
  if (!isOperand(root)) checkTensor("apply backward", root);
  if (seed !== undefined && seed !== null) checkTensor("apply backward with a seed", seed);
  return cotangentsOf(root, seed ?? ones(innerShape(root), { dtype: root.dtype }));
}

/**
 * Returns the gradient of one tensor.
 *
 * @example
 * ```ts
 * import { backward, gradientOf, square, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64(3), found = gradientOf(backward(square(x)), x);
 * assertEquals(found._tag === "Some" && toNumber(found.value), 6);
 * ```
 *
 * @returns `None` if the root did not depend on it, or it is not a tracked leaf.
 */
export function gradientOf<D extends DType>(gradients: Gradients, t: Tensor<D>): Option<Tensor<D>> {
  if (!(gradients instanceof Map)) {
    throw new TypeError(
      `Cannot apply gradientOf to ${describe(gradients)}: it must be what backward returned; gradients from ` +
        "valueAndGradient are a tree like the parameters, to be read by its fields",
    );
  }
  return option.fromNullable(gradients.get(t) as Tensor<D> | undefined); // a gradient has the dtype of its tensor
}

/**
 * Does the work of {@link backward}, for chosen tensors.
 *
 * @param root The tensor to differentiate.
 * @param seed Its cotangent.
 * @param wanted The tensors to stop at and to return cotangents for; every variable if left out. Only cotangents on the
 * way to one of them are computed.
 */
export function cotangentsOf(root: Tensor, seed: Tensor, wanted?: ReadonlySet<Tensor>): Gradients {
  checkSeed(root, seed);
  return pullBack(new Map([[root, seed]]), wanted);
}

/**
 * Returns the {@link cotangentsOf} several tensors at once; the parts of the graph that they share are processed once.
 *
 * @param seeds Each tensor's cotangent, of its shape and dtype.
 */
export function pullBack(seeds: ReadonlyMap<Tensor, Tensor>, wanted?: ReadonlySet<Tensor>): Gradients {
  const isLeaf = (t: Tensor): boolean => wanted === undefined ? t.tag === "variable" : wanted.has(t);
  const order = topologicalOrderOf(seeds.keys(), isLeaf), recycler = recyclerFor(seeds);
  // An application with several results is one step, at the position of its first result: all readers of its results
  // come later.
  const needed = new Set<Tensor>(), steps: BackwardStep[] = [], seen = new Set<readonly Node[]>();
  for (const t of order) {
    if (isLeaf(t)) needed.add(t);
    else if (t.tag === "node" && t.inputs.some((input) => needed.has(input))) {
      needed.add(t);
      if (t.siblings === undefined) steps.push(stepOf(t, needed, recycler));
      else if (!seen.has(t.siblings)) {
        seen.add(t.siblings);
        steps.push(jointStepOf(t, needed, isLeaf, recycler));
      }
    }
  }
  // A tracked seed must not make the result tracked, unless the result will be differentiated again.
  const keep = insideTransform();
  const start: Cotangents = new Map([...seeds].map(([t, seed]) => [t, keep ? seed : stopGradient(seed)]));
  const found = steps.reduceRight((cotangents, step) => step(cotangents), start);
  return new Map(
    order.filter(isLeaf).map((leaf) => [leaf, found.get(leaf) ?? zeros(innerShape(leaf), { dtype: leaf.dtype })]),
  );
}

type BackwardStep = (cotangents: Cotangents) => Cotangents;

/** Returns the closure of one node, which removes the node's cotangent and hands each needed input its share. */
function stepOf(node: Node & OneResult, needed: ReadonlySet<Tensor>, recycler: Recycler | undefined): BackwardStep {
  return (cotangents) => {
    const cotangent = cotangents.get(node);
    if (cotangent === undefined) return cotangents;
    cotangents.delete(node);
    const application = insideTransform() ? new RuleContext(node) : new ConstantRuleContext(node);
    const { primitive } = node;
    const rule = () =>
      node.inputs.forEach((input, index) => {
        if (needed.has(input)) handOver(cotangents, input, primitive.vjp(index, cotangent, application), recycler);
      });
    if (recycler === undefined) rule();
    else recycler.step(primitive, [cotangent], rule);
    return cotangents;
  };
}

/** The context of a rule whose results will be differentiated again. */
class RuleContext implements VjpContext<unknown> {
  constructor(protected readonly node: Node & OneResult) {}

  get attributes(): unknown {
    return innerAttributes(this.node);
  }

  get inputs(): readonly Tensor[] {
    return this.node.inputs;
  }

  get output(): Tensor {
    return this.node;
  }
}

/** The context of a rule that must not build a graph: its tensors are constants, made when a rule reads them. */
class ConstantRuleContext extends RuleContext {
  override get inputs(): readonly Tensor[] {
    return this.node.inputs.map(stopGradient);
  }

  override get output(): Tensor {
    return stopGradient(this.node);
  }
}

/**
 * Returns the closure of an application with several results, which removes all their cotangents and hands each needed input its share.
 */
function jointStepOf(
  { primitive, inputs, siblings }: Node & SeveralResults,
  needed: ReadonlySet<Tensor>,
  isLeaf: (t: Tensor) => boolean,
  recycler: Recycler | undefined,
): BackwardStep {
  const attributes = innerAttributes(siblings[0]!);
  return (cotangents) => {
    // A result that is wanted itself keeps its cotangent; nothing is passed on from it.
    const taken = siblings.map((node) => isLeaf(node) ? null : cotangents.get(node) ?? null);
    if (taken.every((cotangent) => cotangent === null)) return cotangents;
    siblings.forEach((node) => !isLeaf(node) && cotangents.delete(node));
    const keep = insideTransform();
    const application = {
      attributes,
      inputs: keep ? inputs : inputs.map(stopGradient),
      outputs: keep ? siblings : siblings.map(stopGradient),
    };
    const rule = () =>
      primitive.vjps(taken, application).forEach((share, index) => {
        if (needed.has(inputs[index]!)) handOver(cotangents, inputs[index]!, share, recycler);
      });
    if (recycler === undefined) rule();
    else recycler.step(primitive, taken, rule);
    return cotangents;
  };
}

/** Adds a share to the cotangent of an input, after summing it to the input's shape. */
function handOver(cotangents: Cotangents, input: Tensor, share: Tensor | null, recycler: Recycler | undefined): void {
  if (share === null) return;
  const summed = sumTo(share, innerShape(input)), sofar = cotangents.get(input);
  const whole = sofar === undefined ? summed : add(sofar, summed);
  cotangents.set(input, whole);
  recycler?.note(whole, 1);
  if (sofar !== undefined) recycler?.note(sofar, -1);
}

function checkSeed(root: Tensor, seed: Tensor): void {
  if (seed.dtype !== root.dtype) {
    throw new DTypeError({
      op: "backward",
      given: [root.dtype, seed.dtype],
      problem: "the seed must have the dtype of the root",
      remedy: `make the seed a ${root.dtype} tensor`,
    });
  }
  if (!sameShape(innerShape(seed), innerShape(root))) {
    throw new ShapeError({
      op: "backward",
      given: { root: innerShape(root), seed: innerShape(seed) },
      problem: "the seed must have the shape of the root",
      remedy: "leave it out to differentiate the sum of all elements",
    });
  }
}
