import { assert, assertEquals } from "@std/assert";
import {
  compile,
  gradient,
  mul,
  stack,
  sum,
  type Tensor,
  toList,
  transpose,
  vmap,
  zeros,
} from "../../../autograd/mod.ts";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import type { Sample } from "../../../autograd/primitive.ts";
import { key } from "../../../autograd/random/key.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { unstack } from "../../../autograd/transforms/unstack.ts";
import type { DType } from "../../../blas/dtype.ts";
import { type Case, CASES, operandsOf } from "../every_primitive.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];

/** Differences that come from another order of summation. */
const ROUNDING: { readonly [D in DType]: number } = { float32: 2e-5, float64: 1e-12 };

/**
 * Which operands are batched: each alone, all, and all but one.
 *
 * @param turn Which of them is the one; `undefined`: each in turn.
 */
function choices(count: number, turn: number | undefined): readonly (readonly boolean[])[] {
  const each = Array.from({ length: count }, (_, k) => k);
  const all = each.map(() => true);
  return count === 1 ? [all] : [
    all,
    ...each.map((own) => each.map((k) => k === own)),
    ...(count === 2 ? [] : turn === undefined ? each : [turn % count]).map((own) => each.map((k) => k !== own)),
  ];
}

/** Samples take turns in what is not batched, where there are enough with the same number of operands. */
function turnOf(sample: Sample<unknown>, { samples }: Case): number | undefined {
  const alike = samples.filter(({ inputs }) => inputs.length === sample.inputs.length);
  return alike.length < sample.inputs.length ? undefined : alike.indexOf(sample);
}

/** Operands for so many examples: all of a batched one along some axis, which differs from operand to operand. */
type Batch = {
  readonly operands: readonly Tensor[];
  readonly axes: readonly (number | null)[];
  readonly examples: readonly (readonly Tensor[])[];
};

function batchOf(sample: Sample<unknown>, dtype: DType, isBatched: readonly boolean[], size: number): Batch {
  const drawn = Array.from({ length: size }, (_, i) => operandsOf(sample, dtype, 7 + i)), [first] = drawn;
  const axes = isBatched.map((is, k) => is ? k % (first![k]!.shape.length + 1) : null);
  return {
    operands: axes.map((axis, k) => axis === null ? first![k]! : stack(drawn.map((own) => own[k]!), axis)),
    axes,
    examples: drawn.map((own) => own.map((t, k) => isBatched[k] ? t : first![k]!)),
  };
}

function assertClose(actual: Tensor, expected: Tensor, claim: string): void {
  assertEquals([actual.dtype, actual.shape], [expected.dtype, expected.shape], claim);
  const wanted = toList(expected), scale = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs));
  toList(actual).forEach((x, i) => {
    const isClose = Math.abs(x - wanted[i]!) <= ROUNDING[actual.dtype] * scale;
    assert(
      isClose || Object.is(x, wanted[i]) || (x === 0 && wanted[i] === 0),
      `${claim}: ${i}: ${x}, not ${wanted[i]}`,
    );
  });
}

/** Registers a test of every primitive, on each of its samples, for each choice of batched operands. */
function testBatches(
  claim: (name: string) => string,
  size: number,
  check: (f: (...operands: Tensor[]) => Tensor, batch: Batch, p: Case, sample: Sample<unknown>) => void,
): void {
  for (const p of CASES) {
    Deno.test(claim(p.name), () => {
      for (const dtype of DTYPES) {
        for (const sample of p.samples) {
          for (const isBatched of choices(sample.inputs.length, turnOf(sample, p))) {
            check(
              (...operands) => p.apply(sample.attributes, operands),
              batchOf(sample, dtype, isBatched, size),
              p,
              sample,
            );
          }
        }
      }
    });
  }
}

Deno.test("every primitive has a batching rule beside its derivative", () => {
  const all: readonly { readonly name: string; readonly batch?: unknown }[] = [...PRIMITIVES, ...MULTI_PRIMITIVES];
  assertEquals(all.filter(({ batch }) => batch === undefined).map(({ name }) => name), []);
});

for (const size of [1, 3]) {
  testBatches(
    (name) => `vmap of ${name} over ${size} equals a stack of each`,
    size,
    (f, { operands, axes, examples }) => {
      const wanted = stack(examples.map((own) => f(...own)));
      assertClose(vmap(f, { in: axes })(...operands), wanted, `batched ${axes}`);
      const last = vmap(f, { in: axes, out: -1 })(...operands), rank = wanted.shape.length;
      assertEquals(last.shape, [...wanted.shape.slice(1), size]);
      assertClose(
        transpose(last, [rank - 1, ...wanted.shape.slice(1).map((_, k) => k)]),
        wanted,
        "along the last axis",
      );
    },
  );
}

testBatches((name) => `vmap of ${name} over nothing has the shape of that`, 1, (f, { operands, axes, examples }) => {
  const none = operands.map((t, k) => axes[k] === null ? t : emptyAlong(t, axes[k]!));
  const { shape, dtype } = f(...examples[0]!), result = vmap(f, { in: axes })(...none);
  assertEquals([result.shape, result.dtype], [[0, ...shape], dtype]);
});

function emptyAlong(t: Tensor, axis: number): Tensor {
  return zeros(t.shape.map((length, k) => k === axis ? 0 : length), { dtype: t.dtype });
}

testBatches((name) => `vmap of ${name} is the same compiled`, 3, (f, { operands, axes }) => {
  const mapped = vmap(f, { in: axes });
  assertClose(compile(mapped)(...operands), mapped(...operands), `batched ${axes}`);
});

testBatches(
  (name) => `the gradient of vmap of ${name}, and vmap of its gradient, are those of each`,
  2,
  (f, { operands, axes, examples }, p, sample) => {
    if (!p.isDifferentiable(sample)) return;
    const mapped = vmap(f, { in: axes }), all = mapped(...operands);
    const c = randomNormal(key(5), all.shape, { dtype: all.dtype }), cs = unstack(c, 0);
    const one = gradient((xs: readonly Tensor[], c: Tensor) => sum(mul(f(...xs), c)));
    const each = examples.map((own, i) => one(own, cs[i]!)),
      wanted = operands.map((_, k) => stack(each.map((g) => g[k]!)));
    // Inside: the gradient of each example.
    const inside = vmap(one, { in: [axes, 0] });
    for (const g of [inside, compile(inside)]) {
      g(operands, c).forEach((found, k) => assertClose(found, wanted[k]!, `inside, operand ${k}, batched ${axes}`));
    }
    // Outside: an operand that all share has the sum of their gradients.
    const outside = gradient((xs: readonly Tensor[]) => sum(mul(mapped(...xs), c)));
    for (const g of [outside, compile(outside)]) {
      g(operands).forEach((found, k) => {
        const axis = axes[k]!, share = axis === null ? sum(wanted[k]!, { axes: 0 }) : atAxis(wanted[k]!, axis);
        assertClose(found, share, `outside, operand ${k}, batched ${axes}`);
      });
    }
  },
);

function atAxis(t: Tensor, axis: number): Tensor {
  const others = t.shape.slice(1).map((_, k) => k + 1);
  return transpose(t, [...others.slice(0, axis), 0, ...others.slice(axis)]);
}
