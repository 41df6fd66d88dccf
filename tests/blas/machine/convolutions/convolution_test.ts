/**
 * Convolutions as machine code, also those of single channels (blas/machine/convolutions/depthwise.ts,
 * blas/machine/convolutions/depthwise_weight.ts), with infinite weights (blas/machine/convolutions/exact_input.ts), and of
 * long sums (blas/machine/convolutions/windows.ts, blas/machine/convolutions/long_sums.ts,
 * blas/machine/convolutions/weight_panel.ts).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  add,
  compile,
  conv2d,
  key,
  mul,
  randomNormal,
  relu,
  sum,
  type Tensor,
  toList,
  valueAndGradient,
} from "../../../../autograd/mod.ts";
import type { ConvolutionOptions } from "../../../../autograd/ops/conv2d.ts";
import type { Engine } from "../../../../blas/engine.ts";
import { engines, setEngine } from "../../../../blas/mod.ts";
import { machine, machineEngines, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

type Case = readonly [image: readonly number[], kernel: readonly number[], settings: ConvolutionOptions];

/** `[batch, channels, height, width]`, `[filters, channels of a group, kernel height, kernel width]`, and the settings. */
const CASES: readonly Case[] = [
  [[2, 1, 12, 12], [16, 1, 3, 3], { padding: 1 }],
  [[2, 3, 28, 28], [5, 3, 3, 3], { padding: 1 }],
  [[3, 8, 14, 14], [20, 8, 3, 3], { padding: 1, stride: 2 }],
  [[1, 4, 7, 7], [33, 4, 3, 3], { padding: 1 }],
  [[2, 4, 9, 35], [6, 4, 5, 3], { padding: [2, 1] }],
  [[2, 4, 11, 8], [6, 4, 3, 3], { dilation: 2 }],
  [[2, 5, 10, 13], [7, 5, 1, 1], { stride: 2 }],
  [[2, 5, 6, 6], [7, 5, 1, 1], {}],
  [[2, 8, 9, 9], [12, 4, 3, 3], { groups: 2, padding: 1 }],
  [[1, 70, 5, 5], [4, 70, 3, 3], { padding: 1 }],
  [[1, 3, 16, 16], [4, 3, 7, 7], { padding: 3, stride: 2 }],
  [[2, 2, 6, 17], [3, 2, 2, 4], { stride: [1, 2] }],
  // Windows of single elements in the images themselves, those between which elements are left out, and single channels.
  [[2, 6, 9, 23], [9, 6, 1, 1], {}],
  [[2, 6, 9, 23], [8, 3, 1, 1], { groups: 2 }],
  [[2, 3, 9, 14], [7, 3, 1, 1], { stride: 2, padding: 1 }],
  [[2, 6, 12, 22], [6, 1, 3, 3], { groups: 6, padding: 1 }],
  [[2, 3, 9, 21], [6, 1, 5, 5], { groups: 3, padding: 2 }],
  [[2, 3, 32, 32], [9, 3, 4, 4], { stride: 4 }],
  [[2, 3, 29, 40], [9, 3, 7, 7], { stride: 4, padding: 3 }],
  [[3, 4, 7, 7], [4, 1, 3, 3], { groups: 4, padding: 1, stride: 2 }],
  [[2, 4, 17, 19], [6, 2, 3, 2], { groups: 2, stride: [3, 5], padding: 1 }],
  // Sums of so many terms that chains are carried over to float64.
  [[2, 600, 5, 5], [3, 600, 3, 3], { padding: 1 }],
  [[2, 600, 4, 9], [70, 600, 1, 1], {}],
  [[2, 2, 3, 3000], [3, 2, 1, 3], {}],
  [[2, 2, 2, 1100], [2, 1, 1, 3], { groups: 2, padding: [0, 1] }],
  [[2, 2, 40, 11], [4, 1, 3, 3], { groups: 2 }],
];

type Loss = (x: Tensor, w: Tensor, c: Tensor) => readonly Tensor[];

/** All three forms of a convolution, as one program. */
const formsOf = (settings: object): Loss => (x, w, c) => {
  const y = conv2d(x, w, null, settings);
  const { gradients } = valueAndGradient((p: readonly [Tensor, Tensor]) =>
    sum(mul(conv2d(p[0], p[1], null, settings), c))
  )([
    x,
    w,
  ]);
  return [y, gradients[0], gradients[1]];
};

const flat = (x: Tensor): readonly number[] => (toList(x) as unknown[]).flat(9) as number[];

/** Runs the forms of a convolution on simd, and on machine code of each width. */
function compared(
  dtype: "float32" | "float64",
  [image, kernel, settings]: Case,
  change = (w: Tensor) => w,
) {
  const x = randomNormal(key(0), [...image], { dtype }), w = change(randomNormal(key(1), [...kernel], { dtype }));
  const c = randomNormal(key(5), conv2d(x, w, null, settings).shape, { dtype }), f = formsOf(settings);
  const on = (engine: Engine) => {
    const before = setEngine(engine);
    try {
      return compile(f)(x, w, c).map(flat);
    } finally {
      setEngine(before);
    }
  };
  return { expected: on(engines.simd), found: machineEngines().map(on) };
}

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`convolutions of ${dtype} equal simd's in all three forms`, { ignore }, () => {
    const wrong: unknown[] = [];
    for (const one of CASES) {
      const { expected, found } = compared(dtype, one);
      expected.forEach((numbers, form) => {
        const largest = Math.max(...numbers.map(Math.abs));
        found.forEach((forms, width) => {
          const far = numbers.reduce((most, value, k) => Math.max(most, Math.abs(value - forms[form]![k]!)), 0);
          if (!(far <= largest * (dtype === "float32" ? 2e-6 : 1e-14))) {
            wrong.push([one, form, WIDTHS[width], far, largest]);
          }
        });
      });
    }
    assertEquals(wrong, []);
  });
}

Deno.test("windows that reach beyond an image ignore infinite weights there, as simd does", { ignore }, () => {
  const cases: readonly Case[] = [
    [[2, 2, 9, 9], [1, 2, 3, 3], { padding: 1, stride: 2 }],
    [[2, 4, 9, 9], [4, 1, 3, 3], { padding: 1, groups: 4 }],
  ];
  for (const one of cases) {
    const { expected, found } = compared("float32", one, (w) => mul(w, Infinity));
    for (const forms of found) assertEquals(forms[1], expected[1]);
    assertEquals([Infinity, NaN].map((value) => expected[1]!.includes(value)), [true, true]);
  }
});

Deno.test("epilogues run image by image, and see the same numbers as after all images", { ignore }, () => {
  const x = randomNormal(key(0), [3, 4, 9, 10]),
    w = randomNormal(key(1), [6, 4, 3, 3]),
    bias = randomNormal(key(2), [6]);
  const other = randomNormal(key(3), [3, 6, 9, 10]);
  const f = (x: Tensor, w: Tensor, bias: Tensor, other: Tensor) =>
    relu(add(conv2d(x, w, bias, { padding: 1 }), mul(other, other)));
  const on = (engine: Engine) => {
    const before = setEngine(engine);
    try {
      return flat(compile(f)(x, w, bias, other));
    } finally {
      setEngine(before);
    }
  };
  const expected = on(engines.simd);
  for (const engine of machineEngines()) assertEquals(on(engine), expected);
});
