import { assert, assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import { key } from "../../../autograd/random/key.ts";

const { compile, gradient, randomNormal, square, stack, sum, take, toList, vmap } = ng;

/** Operations that are made of primitives, on operands of these shapes for each example. */
const CASES:
  readonly (readonly [name: string, f: (...xs: Tensor[]) => Tensor, ...shapes: readonly (readonly number[])[]])[] = [
    ["einsum", (a, b) => ng.einsum("ij,jk->ki", a!, b!), [2, 4], [4, 5]],
    ["einsum with batches", (a, b) => ng.einsum("bij,bjk->bik", a!, b!), [2, 2, 4], [2, 4, 5]],
    ["attention", (q, k, v) => ng.scaledDotProductAttention(q!, k!, v!, { causal: true }), [4, 5], [4, 5], [4, 5]],
    ["matrix times vector", (a, b) => ng.matmul(a!, b!), [4, 5], [5]],
    ["vector times matrix", (a, b) => ng.matmul(b!, a!), [4, 5], [4]],
    ["dot", (a, b) => ng.dot(a!, b!), [4], [4]],
    ["outer", (a, b) => ng.outer(a!, b!), [4], [5]],
    ["matmul that broadcasts", (a, b) => ng.matmul(a!, b!), [2, 1, 4, 5], [6, 5, 2]],
    ["pad by reflection", (a) => ng.pad(a!, [[1, 2], [2, 1]], { mode: "reflect" }), [4, 5]],
    ["pad in a circle", (a) => ng.pad(a!, [[1, 2], [2, 1]], { mode: "circular" }), [4, 5]],
    ["pad with a number", (a) => ng.pad(a!, [[1, 2], [2, 1]], { value: 2 }), [4, 5]],
    ["tile", (a) => ng.tile(a!, [2, 1, 3]), [4, 5]],
    ["split and concat", (a) => ng.concat([...ng.split(a!, [1, 3, 1], 1)].reverse(), 1), [4, 5]],
    [
      "convTranspose2d",
      (a, b) => ng.convTranspose2d(a!, b!, null, { stride: 2, padding: 1, outputPadding: 1 }),
      [2, 4, 5],
      [2, 3, 3, 2],
    ],
    ["conv1d", (a, b) => ng.conv1d(a!, b!, null, { stride: 2, padding: 1 }), [2, 7], [3, 2, 3]],
    ["maxPool2d", (a) => ng.maxPool2d(a!, { size: 2 }), [2, 4, 5]],
    ["globalMaxPool2d", (a) => ng.globalMaxPool2d(a!), [2, 4, 5]],
    ["avgPool2d", (a) => ng.avgPool2d(a!, { size: 2, padding: 1, countIncludePad: false }), [2, 4, 5]],
    ["upsampleNearest2d", (a) => ng.upsampleNearest2d(a!, 2), [2, 4, 5]],
    ["standardDeviation", (a) => ng.standardDeviation(a!, { axes: 0, correction: 1 }), [4, 5]],
    ["product over all", (a) => ng.product(a!), [4, 5]],
    ["cumsum", (a) => ng.cumsum(a!, 1), [4, 5]],
    ["argmax over all", (a) => ng.mul(sum(a!), ng.argmax(a!)), [4, 5]],
    ["glu", (a) => ng.glu(a!, { axis: 0 }), [4, 5]],
    ["groupNorm", (a, w) => ng.groupNorm(a!, 2, w!, w!), [2, 4, 5], [4]],
    ["layerNorm", (a, w) => ng.layerNorm(a!, w!, null), [4, 5], [5]],
    ["instanceNorm", (a, w) => ng.instanceNorm(a!, w!, null), [2, 4, 5], [4]],
    ["batchNorm", (a, w) => ng.batchNorm(a!, w!, w!), [2, 4, 5], [4]],
    ["l2Normalize", (a) => ng.l2Normalize(a!), [4, 5]],
    ["take of indices that differ", (a) => take(a!, ng.argmax(a!, 0), 0), [4, 5]],
    ["oneHot", (a) => ng.mul(a!, ng.oneHot(ng.argmax(a!, 1), 5, { dtype: "float64" })), [4, 5]],
    ["where", (a, b) => ng.where(ng.greater(a!, b!), ng.exp(a!), b!), [4, 5], [5]],
    ["cholesky", (a) => ng.cholesky(positive(a!)), [3, 3]],
    ["solve", (a, b) => ng.solve(positive(a!), b!), [3, 3], [3]],
    ["inverse", (a) => ng.inverse(positive(a!)), [3, 3]],
    ["determinant", (a) => ng.determinant(a!), [3, 3]],
    ["qr", (a) => ng.square(ng.qr(a!).r), [4, 3]],
    ["eigh", (a) => ng.eigh(positive(a!)).values, [3, 3]],
    ["svd", (a) => ng.svd(a!).s, [4, 3]],
    ["rfft and irfft", (a) => ng.irfft(ng.rfft(a!, { axis: 0 }), { axis: 0, length: 5 }), [5, 2]],
    ["sort", (a) => ng.sort(a!), [4, 6]],
    ["topK", (a) => ng.topK(a!, 2).values, [4, 6]],
    ["cumprod", (a) => ng.cumprod(a!, 1), [4, 6]],
    ["cummax", (a) => ng.cummax(a!, 1), [4, 6]],
    ["logCumSumExp", (a) => ng.logCumSumExp(a!, 0), [4, 6]],
    ["median", (a) => ng.median(a!), [5, 3]],
  ];

/** A positive definite matrix. */
function positive(a: Tensor): Tensor {
  return ng.add(ng.matmul(a, ng.transpose(a)), ng.eye(3, 3, { dtype: "float64" }));
}

const SIZE = 3;

function assertClose(found: Tensor, wanted: Tensor, claim: string): void {
  assertEquals([found.dtype, found.shape], [wanted.dtype, wanted.shape], claim);
  const expected = toList(wanted), scale = Math.max(1, ...expected.map(Math.abs));
  toList(found).forEach((v, i) => assert(Math.abs(v - expected[i]!) <= 1e-10 * scale, `${claim}, ${i}: ${v}`));
}

for (const [name, f, ...shapes] of CASES) {
  Deno.test(`vmap of ${name} and of its gradient give those of each example`, () => {
    const xs = shapes.map((shape, k): Tensor => randomNormal(key(k), [SIZE, ...shape], { dtype: "float64" }));
    const each = Array.from({ length: SIZE }, (_, i) => xs.map((x) => take(x, i))),
      wanted = stack(each.map((x) => f(...x)));
    for (const run of [vmap(f), compile(vmap(f))]) assertClose(run(...xs), wanted, "values");
    const slope = gradient((xs: readonly Tensor[]) => sum(square(f(...xs)))), slopes = each.map(slope);
    for (const run of [vmap(slope), compile(vmap(slope))]) {
      run(xs).forEach((found, k) => assertClose(found, stack(slopes.map((own) => own[k]!)), `gradient ${k}`));
    }
  });
}

Deno.test("keys that are split inside are keys for a second vmap()", () => {
  const f = (k: ng.Key, x: Tensor) => ng.add(randomNormal(k, [], { dtype: "float64" }), x);
  const both = vmap((k: ng.Key, x: Tensor) => vmap(f)(ng.split(k, 3), x)), keys = ng.split(key(0), 2);
  const xs = ng.tensor64([[1, 2, 3], [4, 5, 6]]);
  const wanted = stack(keys.map((k, i) => stack(ng.split(k, 3).map((own, j) => f(own, take(take(xs, i), j))))));
  for (const run of [both, compile(both)]) assertClose(run(keys, xs), wanted, "values");
});
