/**
 * Functions that are generic over their own parameter types, calling ours. The compiler checks the lines below;
 * `@ts-expect-error` fails where there is no error. The functions are never called.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  adam,
  add,
  addGradients,
  batches,
  chain,
  checkpoint,
  clipByGlobalNorm,
  clipNorm,
  compile,
  cond,
  decodeTree,
  encodeTree,
  gradient,
  gradientNorm,
  gradientStats,
  hessian,
  jacobian,
  jvp,
  type Key,
  learningRateSweep,
  loadTree,
  type Optimizer,
  type OptimizerState,
  parameters,
  type ParameterTree,
  saveTree,
  scan,
  scanAlong,
  sgd,
  sum,
  type Tensor,
  tensor32,
  type TensorTree,
  valueAndGradient,
  vjp,
  vmap,
  whileLoop,
  zerosLike,
} from "../mod.ts";
import { mixup, takeSamples } from "../optim/data/mod.ts";
import { type Collective, shard } from "../optim/distributed/mod.ts";
import { gradientFlow, landscape, loadRun, type RunRecord, saveRun } from "../optim/watch/mod.ts";

interface Dense {
  readonly weight: Tensor<"float32">;
  readonly bias?: Tensor<"float32">;
}

type Loss<P> = (params: P, x: Tensor<"float32">) => Tensor;

declare const x: Tensor<"float32">, data: readonly Tensor<"float32">[], key: Key, ranks: Collective, run: RunRecord;

function _fit<P extends Dense, B extends readonly unknown[]>(
  loss: (params: P, ...batch: B) => Tensor,
  start: P,
  all: readonly B[],
  optimizer: Optimizer = adam(),
): P {
  const slope = valueAndGradient(loss);
  const step = compile((state: OptimizerState<P>, batch: B) => {
    const { value, gradients } = slope(state.params, ...batch);
    return [optimizer.step(state, gradients), value] as const;
  });
  const steps = step.scan(optimizer.init(start), all);
  for (const value of steps) value satisfies Tensor;
  return steps.carry.params;
}

/** The same for parameters of other kinds: any tree of tensors, in both words for it, lists, records by name. */
function _reduce<P extends ParameterTree>(loss: Loss<P>, start: P): P {
  const slope = gradient(loss), { init, step } = sgd();
  return data.reduce((state, x) => step(state, slope(state.params, x)), init(start)).params;
}
function _reduceTensorTree<P extends TensorTree<P>>(loss: Loss<P>, start: P): P {
  const slope = gradient(loss), { init, step } = sgd();
  return data.reduce((state, x) => step(state, slope(state.params, x)), init(start)).params;
}
function _reduceList<P extends readonly Dense[]>(loss: Loss<P>, start: P): P {
  const slope = gradient(loss), { init, step } = sgd();
  return data.reduce((state, x) => step(state, slope(state.params, x)), init(start)).params;
}
function _reduceByName<P extends Readonly<Record<string, Dense>>>(loss: Loss<P>, start: P): P {
  const slope = gradient(loss), { init, step } = sgd();
  return data.reduce((state, x) => step(state, slope(state.params, x)), init(start)).params;
}

class _Trainer<P extends Dense> {
  #state: OptimizerState<P>;
  constructor(readonly loss: (params: P) => Tensor, start: P, readonly optimizer: Optimizer = adam()) {
    this.#state = optimizer.init(start);
  }
  step(): P {
    this.#state = this.optimizer.step(this.#state, gradient(this.loss)(this.#state.params));
    return this.#state.params;
  }
}

function _transforms<P extends Dense>(f: (params: P) => Tensor<"float32">, p: P, loss: Loss<P>): unknown {
  const pulled: readonly [P] = vjp(f, p).pullback(tensor32(1)), added: P = addGradients(p, p);
  vjp((q: P, y: Tensor) => sum(add(f(q), y)), p, x);
  jvp(f, [p], [p]);
  const chosen: P = cond(sum(x), (q: P) => q, (q: P) => zerosLike(q), p), looped: P = whileLoop(f, (q: P) => q, p);
  const along: readonly [P, Tensor] = scanAlong((q: P, y: Tensor<"float32">) => [q, y] as const, p, x);
  scanAlong((c: { p: P; key: Key }, y: Tensor<"float32">) => [c, y] as const, { p, key }, x);
  scan((q: P, y: Tensor) => [q, y] as const, p, [x]);
  const pair = [p, p] as const, slopes: typeof pair = gradient((q: typeof pair) => f(q[0]))(pair);
  const inner: { readonly a: P; readonly b?: P } = gradient((q: { readonly a: P; readonly b?: P }) => f(q.a))({ a: p });
  const state: OptimizerState<{ readonly a: P }> = chain(clipNorm(1), adam()).init({ a: p });
  const all = [jacobian(f)(p), hessian(f)(p), checkpoint(f)(p), compile(f)(p), vmap(f)(p), gradientStats(p)];
  const clipped: P = clipByGlobalNorm(p, gradientNorm(p));
  learningRateSweep(sgd(), valueAndGradient(loss), p, [x]);
  return [
    pulled,
    added,
    chosen,
    looped,
    along,
    slopes,
    inner,
    state,
    all,
    clipped,
    parameters({ params: p, state: {} }),
  ];
}

async function _files<P extends Dense>(p: P): Promise<P | undefined> {
  await saveTree("file", { params: p, epoch: 3 })();
  const loaded = await loadTree("file", { params: p, optimizer: adam().init(p) })();
  if (loaded._tag === "Left") return undefined;
  const decoded = decodeTree(encodeTree(p), p);
  await saveRun("folder", run, { params: p })();
  const found = await loadRun("folder", p)();
  if (found._tag === "Right" && found.right._tag === "Some") return found.right.value.state;
  return decoded._tag === "Left" ? loaded.right.params : decoded.right;
}

function _data<P extends Dense>(f: (params: P) => Tensor, p: P): readonly P[] {
  landscape(f, p);
  gradientFlow(p);
  return [takeSamples(p, [1]), mixup(key, p), shard(p, ranks), ...batches(p, { size: 2 })];
}

/** What is wrong is refused as before, where the types are known. */
function _refused(): void {
  // @ts-expect-error a number is not a tensor
  valueAndGradient((p: { readonly a: Dense; readonly b: readonly [Tensor, number] }) => p.a.weight);
  // @ts-expect-error a text is not a tensor
  zerosLike({ weight: x, name: "dense" });
  // @ts-expect-error a map is not a record
  sgd().init({ layers: new Map<string, Tensor>() });
  // @ts-expect-error null is not a tensor
  gradientNorm({ weight: null });
  // @ts-expect-error a date has methods
  saveTree("file", { when: new Date() });
  // @ts-expect-error functions cannot be stored
  encodeTree({ loss: () => x });
  // @ts-expect-error symbols cannot be stored
  loadTree("file", { kind: Symbol("kind") });
  // @ts-expect-error a carry has tensors and keys
  whileLoop((_: { readonly name: string }) => x, (c) => c, { name: "a" });
}

Deno.test("functions that are generic over their own parameter types can call ours", () => {
  // The compiler has checked the lines above, or this test would not run; here is that there are any.
  const checked = [
    _fit,
    _reduce,
    _reduceTensorTree,
    _reduceList,
    _reduceByName,
    _Trainer,
    _transforms,
    _files,
    _data,
    _refused,
  ];
  assertEquals(checked.every((f) => typeof f === "function"), true);
});
