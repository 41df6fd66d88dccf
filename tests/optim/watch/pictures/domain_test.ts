import { assert, assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../../autograd/mod.ts";
import { gradientFlow } from "../../../../optim/watch/inside/gradient_flow.ts";
import type { InspectedLayer } from "../../../../optim/watch/inside/inspect.ts";
import { inspectionPicture } from "../../../../optim/watch/inside/inspection_picture.ts";
import { linearDomain, logarithmicDomain } from "../../../../optim/watch/pictures/domain.ts";
import { embeddingMap } from "../../../../optim/watch/pictures/embedding_map.ts";
import { histogram } from "../../../../optim/watch/pictures/histogram.ts";
import { landscapePicture } from "../../../../optim/watch/pictures/landscape_picture.ts";
import { lossCurve } from "../../../../optim/watch/pictures/loss_curve.ts";

Deno.test("linearDomain() and logarithmicDomain() are the ends of the values that their axes can show", () => {
  assertEquals(linearDomain("draw", [3, NaN, -1, Infinity]), [-1, 3]);
  assertEquals(linearDomain("draw", [5]), [5, 5]);
  assertEquals([linearDomain("draw", []), linearDomain("draw", [NaN])], [[0, 1], [0, 1]]);
  assertEquals(linearDomain("draw", [0, 5e-324]), [-1e-290, 1e-290]);
  assertEquals(linearDomain("draw", [-1e300, 1e300]), [-1e300, 1e300]);
  assertThrows(
    () => linearDomain("draw a loss curve", [1, -1e308]),
    RangeError,
    "Cannot draw a loss curve of numbers such as -1e+308: an axis can show numbers from -1e300 to 1e300; divide all",
  );
  assertEquals(logarithmicDomain([0, -1, 1e-320, NaN, 1e308, Infinity]), [1e-320, 1e308]);
  assertEquals(logarithmicDomain([0, -1]), [0.1, 1]);
  assertEquals(linearDomain("draw", new Array<number>(200_000).fill(2)), [2, 2]);
});

Deno.test("pictures of any numbers show no NaN, or the error says which numbers an axis can show", async () => {
  const most = Number.MAX_VALUE, least = Number.MIN_VALUE;
  const series: readonly (readonly number[])[] = [
    [NaN, NaN],
    [Infinity, -Infinity],
    [least, 0, -least],
    [most, -most],
    [most],
    [1e-320, 1e308],
    [0, -0],
    [1, NaN, Infinity],
    [-1e300, 1e300],
  ];
  for (const values of series) {
    const [first, last] = [values[0]!, values.at(-1)!], of = { min: first, max: last, mean: first, deviation: last };
    const layer = { ...of, outputGradient: first, paramsGradient: last, dead: [], units: 3, name: "a", path: "0" };
    const pictures: readonly (() => Promise<string>)[] = [
      () => lossCurve({ a: values }),
      () => lossCurve({ a: values }, { logarithmic: true }),
      () => lossCurve({ a: values }, { logarithmic: false, smoothing: 0.9 }),
      () => lossCurve({ a: values.map((step) => ({ step, value: 1 })) }),
      () => histogram(values),
      () => histogram([]),
      () => embeddingMap(tensor64([...values, ...values], [values.length, 2])),
      () => gradientFlow({ a: tensor64(values) }),
      () => landscapePicture({ steps: [0, 1], losses: [[first, last], [first, first]] }),
      () => inspectionPicture([layer as unknown as InspectedLayer]), // with the fields that are drawn
    ];
    for (const draw of pictures) {
      const found = await draw().catch((error: Error) => error.message);
      const isRefused = /^Cannot .*(1e300|a list of numbers)/.test(found);
      const isWrong = /NaN(?! or infinite)|Infinity|undefined|^Cannot/.test(found);
      assert(isRefused || !isWrong, `${draw} of ${values}`);
    }
  }
});
