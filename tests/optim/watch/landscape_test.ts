// The files that are tested here: optim/watch/pictures/landscape_picture.ts, optim/watch/landscape_values.ts.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { add, key, mul, scale, square, sum, type Tensor, tensor64, toList } from "../../../autograd/mod.ts";
import { landscape } from "../../../optim/watch/landscape.ts";
import { landscapeValues } from "../../../optim/watch/landscape_values.ts";
import { landscapePicture } from "../../../optim/watch/pictures/landscape_picture.ts";

const params = { weight: tensor64([[3, 4], [0, 0], [0, 2]]), bias: tensor64([1, 2, 3]) };
type Params = typeof params;

Deno.test("landscapeValues() has the loss of the params in the middle, and biases stay as they are", () => {
  const loss = ({ bias, weight }: Params): Tensor => add(sum(square(bias)), sum(square(weight)));
  const { steps, losses } = landscapeValues(loss, params, { resolution: 5, radius: 2 });
  assertEquals(steps, [-2, -1, 0, 1, 2]);
  assertEquals(losses[2]![2], 14 + 29);
  const { losses: ofBiases } = landscapeValues(({ bias }: Params) => sum(bias), params, { resolution: 3 });
  assertEquals(ofBiases, [[6, 6, 6], [6, 6, 6], [6, 6, 6]]);
});

Deno.test("landscapeValues() goes along directions whose filters are as long as those of the params", () => {
  // The squares of rows, one step away less the row itself: the lengths of the filters of the direction.
  const seen: (readonly number[])[] = [];
  const loss = ({ weight }: Params): Tensor => {
    const moved = toList(add(weight, scale(params.weight, -1)));
    seen.push([0, 1, 2].map((row) => Math.hypot(moved[2 * row]!, moved[2 * row + 1]!)));
    return sum(weight);
  };
  landscapeValues(loss, params, { resolution: 3, key: key(3) });
  for (const k of [1, 3, 5, 7]) seen[k]!.forEach((length, row) => assertAlmostEquals(length, [5, 0, 2][row]!, 1e-8));
});

Deno.test("landscapeValues() does not change if filters are scaled and the loss does not: flat is not the same as large", () => {
  // The sign of a product does not depend on the size of its factors.
  const loss = (factor: number) => ({ weight }: Params): Tensor => sum(square(mul(weight, 1 / factor)));
  const large = { ...params, weight: scale(params.weight, 100) };
  const small = landscapeValues(loss(1), params, { resolution: 5 }).losses.flat();
  landscapeValues(loss(100), large, { resolution: 5 }).losses.flat()
    .forEach((value, k) => assertAlmostEquals(value, small[k]!, 1e-9 * Math.abs(small[k]!) + 1e-12));
});

Deno.test("landscape() draws losses, and those that are not finite as the largest", async () => {
  const svg = await landscape(({ weight }: Params) => sum(square(weight)), params, { resolution: 5, title: "A bowl" });
  for (const text of ["A bowl", "loss (log10)", "first direction"]) assertStringIncludes(svg, text);
  const holes = await landscapePicture({ steps: [-1, 0, 1], losses: [[1, NaN, 2], [0, 0, 0], [Infinity, 3, 3]] });
  assert(!holes.includes("NaN") && !holes.includes("Infinity"));
  assertStringIncludes(
    await landscapePicture({ steps: [-1, 0, 1], losses: [[1, 1, 1], [1, 1, 1], [1, 1, 1]] }),
    "<svg",
  );
});

Deno.test("landscapes refuse what has no middle, and no losses", async () => {
  const loss = ({ bias }: Params): Tensor => sum(bias);
  assertThrows(
    () => landscapeValues(loss, params, { resolution: 4 }),
    RangeError,
    "it must be an odd whole number from 3 to 501",
  );
  assertThrows(
    () => landscapeValues(loss, params, { radius: 0 }),
    RangeError,
    "it must be a finite number above 0; 1 is usual",
  );
  assertThrows(() => landscapeValues(loss, params, { key: 1 as never }), TypeError, "it must be a key; pass key(0)");
  await assertRejects(() => landscapePicture([] as never), TypeError, "it must have steps and losses");
  await assertRejects(
    () => landscape(loss, params, { contours: 0 }),
    RangeError,
    "a whole number from 1 to 100; 12 is usual",
  );
});

Deno.test("a landscape needs params that are a tree of tensors", () => {
  const loss = () => tensor64(0);
  assertThrows(
    () => landscapeValues(loss, { w: 3 } as never),
    TypeError,
    'Cannot compute a landscape around 3 at "w": params must be',
  );
  assertThrows(
    () => landscapeValues(loss, [tensor64(1), undefined] as never),
    TypeError,
    'Cannot compute a landscape around undefined at "1": params must be',
  );
});

Deno.test("landscape() says what options it has", async () => {
  const loss = (w: Tensor) => sum(w), params = tensor64([1, 2]);
  await assertRejects(() => landscape(loss, params, null as never), TypeError, "Cannot draw a landscape with null");
  await assertRejects(() => landscape(loss, params, { radios: 1 } as never), TypeError, '"radios"');
});
