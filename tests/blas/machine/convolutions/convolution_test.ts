import { assertEquals } from "@std/assert";
import {
  compile,
  conv2d,
  key,
  mul,
  randomNormal,
  sum,
  type Tensor,
  toList,
  valueAndGradient,
} from "../../../../autograd/mod.ts";
import { machineEngine, setEngine } from "../../../../blas/mod.ts";
import { machine } from "../machine.ts";

const ignore = machine === undefined;

/** `[batch, channels, height, width]`, `[filters, channels of a group, kernel height, kernel width]`, and the settings. */
const CASES = [
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
] as const;

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

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`convolutions of ${dtype} equal simd's in all three forms`, { ignore }, async () => {
    const engine = await machineEngine(), wrong: unknown[] = [];
    for (const [image, kernel, settings] of CASES) {
      const [x, w] = [image, kernel].map((shape, k) => randomNormal(key(k), [...shape], { dtype }));
      const y = conv2d(x!, w!, null, settings),
        c = randomNormal(key(5), y.shape, { dtype }),
        f = formsOf(settings);
      const expected = compile(f)(x!, w!, c).map(flat), before = setEngine(engine);
      const found = compile(f)(x!, w!, c).map(flat);
      setEngine(before);
      expected.forEach((numbers, form) => {
        const largest = Math.max(...numbers.map(Math.abs));
        const far = numbers.reduce((most, value, k) => Math.max(most, Math.abs(value - found[form]![k]!)), 0);
        if (!(far <= largest * (dtype === "float32" ? 2e-6 : 1e-14))) {
          wrong.push([image, kernel, settings, form, far, largest]);
        }
      });
    }
    assertEquals(wrong, []);
  });
}
