/**
 * Which functions take trees and records that an `interface` declares: readonly or not, nested, with optional fields,
 * recursive, and as type parameters of a caller. The compiler checks the lines below; `@ts-expect-error` fails where
 * there is no error. The functions are never called.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Semigroup } from "../deps.ts";
import type { RecordOf, TreeOf } from "../autograd/tree/admitted.ts";
import type { OnnxModel, TensorRecord } from "../layers/onnx/mod.ts";
import {
  add,
  cast,
  type CellParams,
  type DType,
  encodeSafetensors,
  evaluate,
  fromTorchNames,
  gradientMonitor,
  type Gradients,
  gradientsSemigroup,
  mul,
  scanAlong,
  type StackedParams,
  stopGradient,
  type Tensor,
  toTorchNames,
  tree,
  zerosLike,
} from "../mod.ts";
import { batchesFrom } from "../optim/data/mod.ts";
import type { Collective } from "../optim/distributed/mod.ts";
import { digestOf, lossCurve, runLog, runRecord } from "../optim/watch/mod.ts";

type T32 = Tensor<"float32">;
interface Dense {
  readonly weight: T32;
  readonly bias?: T32;
}
interface Model {
  readonly layers: readonly Dense[];
  readonly pair: readonly [T32, Dense];
}
interface WritableModel {
  layers: Dense[];
  pair: [T32, Dense];
  scale?: T32 | undefined;
}
/** A type that contains itself. */
interface Branches {
  readonly weight: T32;
  readonly inner: readonly Branches[];
}
interface Counts {
  readonly a: number;
  readonly b?: readonly number[];
}

declare const model: Model, writable: WritableModel, branches: Branches, dense: Dense, x: T32, found: Gradients;
declare const counts: Counts, ranks: Collective, onnx: OnnxModel, numbers: tree.Tree<number>;

function _maps(): void {
  const half: Model = tree.map((t) => mul(t, 0.5), model), same: WritableModel = tree.map(stopGradient, writable);
  const mean: WritableModel = tree.zipWith((a, b, path) => path === "scale" ? a : add(a, b), writable, writable);
  const deep: Branches = tree.map((t) => mul(t, 2), branches);
  const written: WritableModel = tree.map((t: T32): T32 => t, writable); // a new tree, so it can be written to
  const wide: { readonly weight: Tensor<"float64"> } = tree.map((t: Tensor) => cast(t, "float64"), dense);
  // @ts-expect-error the dtype is another one
  const narrow: Dense = tree.map((t) => cast(t, "float64"), dense);
  // @ts-expect-error the function does not say that it keeps the dtype
  const unsaid: Dense = tree.map((t: Tensor) => t, dense);
  // @ts-expect-error the trees differ
  tree.zipWith((a, b) => add(a, b), dense, model);
  const next: tree.Tree<number> = tree.map((n: number) => n + 1, numbers);
  return void [half, same, mean, deep, written, wide, narrow, unsaid, next];
}

function _leaves(): void {
  const all: readonly T32[] = [...tree.leaves(model), ...tree.leaves(writable)];
  const deep: readonly Tensor[] = tree.leaves(branches), listed: readonly number[] = tree.leaves(numbers);
  const named: readonly (readonly [string, T32])[] = tree.entries(writable);
  // @ts-expect-error there are numbers in it
  const none: readonly Tensor[] = tree.leaves(numbers);
  return void [all, deep, listed, named, none];
}

/** The same in functions that are generic over an interface. */
function _typeParameters<P extends Model, W extends WritableModel, B extends Branches, N extends Counts>(
  p: P,
  w: W,
  b: B,
  n: N,
): unknown {
  const half: P = tree.map((t) => mul(t, 0.5), p), mean: W = tree.zipWith((x, y) => add(x, y), w, zerosLike(w));
  const all: readonly T32[] = [...tree.leaves(p), ...tree.leaves(w)], deep: readonly Tensor[] = tree.leaves(b);
  const named: readonly (readonly [string, Tensor])[] = tree.entries(p), own: readonly number[] = tree.leaves(n);
  // @ts-expect-error its leaves are numbers
  const none: readonly Tensor[] = tree.leaves(n);
  const inner: { readonly a: P } = tree.map((t) => mul(t, 2), { a: p });
  const sum: P = gradientsSemigroup.concat(p, p), semigroup: Semigroup<P> = gradientsSemigroup;
  const record = gradientMonitor(), seen = record(record.initial, p);
  const sent: P = ranks.broadcast(p), held: { readonly p: P } = ranks.broadcast({ p });
  digestOf(p);
  runRecord({ seed: 1, data: w });
  return [half, mean, all, deep, named, own, none, inner, sum, semigroup, seen, sent, held];
}

function _records<P extends Dense>(p: P): unknown {
  const files = [encodeSafetensors(p), encodeSafetensors(dense)];
  const results: readonly (readonly [TensorRecord, TensorRecord])[] = [
    onnx.apply({ params: dense, state: p }, dense, evaluate),
    onnx.apply(onnx, p),
  ];
  const write = runLog("folder"), log = write(write.initial, { step: 1, scalars: p, histograms: dense, images: p });
  return [files, results, log, fromTorchNames(p)];
}

function _folds(): void {
  const sum: Model = [model, model].reduce(gradientsSemigroup.concat, model);
  const semigroup: Semigroup<WritableModel> = gradientsSemigroup, maps: Semigroup<Gradients> = gradientsSemigroup;
  const record = gradientMonitor(), seen = [model, model].reduce(record, record.initial);
  for (const gradients of [branches, writable, found]) record(seen, gradients);
  // @ts-expect-error a number is not a gradient
  gradientsSemigroup.concat(counts, counts);
  // @ts-expect-error a number is not a gradient
  record(seen, counts);
  return void [sum, semigroup, maps];
}

function _slices(): void {
  scanAlong((carry: T32, slice: WritableModel) => [add(carry, slice.pair[0]), carry] as const, x, writable);
}

interface Rnn<D extends DType> {
  readonly weight_ih_l0: Tensor<D>;
  readonly weight_hh_l0: Tensor<D>;
  readonly bias_ih_l0?: Tensor<D>;
}
interface Cell<D extends DType> {
  readonly weightInput: Tensor<D>;
  weightHidden: Tensor<D>;
  readonly biasInput?: Tensor<D>;
}

function _namesOfTorch<D extends DType>(named: Rnn<"float64">, cells: Cell<"float32">[], some: readonly Cell<D>[]) {
  const read = fromTorchNames(named, { prefix: "" });
  if (read._tag === "Right") read.right satisfies StackedParams<"float64">;
  const both: { readonly [name: string]: T32 } = toTorchNames([{ forward: cells[0]!, backward: cells[0]! }, ...cells]);
  const own: { readonly [name: string]: Tensor<D> } = toTorchNames(some), cell: CellParams<D> = some[0]!;
  // @ts-expect-error a list is no record
  fromTorchNames([x]);
  // @ts-expect-error a number is not a tensor
  fromTorchNames(counts);
  return [both, own, cell];
}

interface Scalars {
  loss: number;
  accuracy?: Tensor;
}
interface Step {
  readonly step: number;
  readonly scalars: Scalars;
}
interface Curves {
  training: number[];
  test?: { step: number; value: number }[];
}
interface Settings {
  learningRate: number;
  note?: string;
}

function _watched(step: Step, scalars: Scalars, curves: Curves, settings: Settings): void {
  const write = runLog("folder");
  write(write(undefined, step), { step: 2, scalars, hyperparameters: settings });
  lossCurve(curves);
  runRecord({ seed: 1, settings, data: counts });
  digestOf({ counts, bytes: new Uint8Array(1) });
  // @ts-expect-error a text is not a number
  write(undefined, { step: 1, scalars: settings });
  // @ts-expect-error there is no such part
  write(undefined, { step: 1, scalar: scalars });
  // @ts-expect-error a list is no record
  write(undefined, { step: 1, scalars: [1] });
  // @ts-expect-error a list is no record
  lossCurve([[1, 2]]);
  // @ts-expect-error the values must be lists
  lossCurve(counts);
  // @ts-expect-error functions have no digest
  digestOf({ loss: () => x });
  // @ts-expect-error settings are JSON
  runRecord({ seed: 1, settings: { rate: () => 1 } });
}

interface Example {
  readonly image: { readonly shape: readonly number[]; readonly data: Uint8Array };
  readonly label: number;
}

async function _streams<E extends Example>(examples: readonly Example[], own: AsyncIterable<E>): Promise<void> {
  for await (const { image, label } of batchesFrom(examples, { size: 2 })) [image, label] satisfies T32[];
  for await (const batch of batchesFrom(own, { size: 2 })) void batch;
  const decode = (name: string): Example => ({ ...examples[0]!, label: name.length });
  for await (const { label } of batchesFrom(["a", "b"], { size: 2, decode })) label satisfies T32;
  // @ts-expect-error texts are no samples
  batchesFrom([{ name: "a" }], { size: 2 });
  // @ts-expect-error lists are no samples
  batchesFrom([[1, 2]], { size: 2 });
}

/** Bounds as ours in functions of one's own. */
function _bounds<P extends TreeOf<P, Tensor>, R extends RecordOf<R, number>>(p: P, _: R): P {
  return tree.map((t) => mul(t, 2), p);
}

function _refused(): void {
  _bounds(model, { rate: 1 });
  // @ts-expect-error the second must be a record of numbers
  _bounds(branches, { rate: "1" });

  // @ts-expect-error a list is no record
  encodeSafetensors([x]);
  // @ts-expect-error a number is not a tensor
  onnx.apply(onnx, counts);
  // @ts-expect-error a number is not a tensor; types that contain themselves are looked into, too
  zerosLike(numbers);
  // @ts-expect-error functions cannot be sent
  ranks.broadcast({ loss: () => x });
}

Deno.test("interfaces, readonly or not, are taken wherever trees or records of tensors are, by generic callers too", () => {
  // The compiler has checked the lines above, or this test would not run; here is that there are any.
  const checked = [
    _maps,
    _leaves,
    _typeParameters,
    _records,
    _folds,
    _slices,
    _namesOfTorch,
    _watched,
    _streams,
    _bounds,
    _refused,
  ];
  assertEquals(checked.every((f) => typeof f === "function"), true);
});
