import { assertAlmostEquals, assertEquals } from "@std/assert";
import { affineGradients, standardizeGradient } from "../../../autograd/ops/standardize_gradient.ts";
import { tensor64, toList } from "../../../autograd/mod.ts";

const ROWS = [[1, 2, 4, 9], [0.5, -1, 3, 2]], COTANGENTS = [[1, -2, 0.5, 3], [0, 1, -1, 2]], WEIGHT = [2, -1, 0.5, 3];
const EPSILON = 0.1, mean = (row: readonly number[]) => row.reduce((a, b) => a + b) / row.length;

for (const centered of [true, false]) {
  const what = centered ? "centered rows" : "rows that keep their mean";
  const middles = ROWS.map((row) => centered ? mean(row) : 0);
  const variances = ROWS.map((row, r) => mean(row.map((x) => (x - middles[r]!) ** 2)));
  const settings = { axes: [1], count: 4, epsilon: EPSILON, centered };
  // The means are exact: nothing is lost.
  const statistics = [...centered ? [middles] : [], variances, ...centered ? [[0, 0]] : []].map((list) =>
    tensor64(list.map((x) => [x]))
  );
  const roots = variances.map((variance) => (variance + EPSILON) ** -0.5);

  Deno.test(`the gradient of ${what} is the slope of the formula`, () => {
    // The loss: the sum of cotangent * weight * (x - mean) / sqrt(variance + epsilon), by central differences.
    const loss = (row: readonly number[], r: number): number => {
      const middle = centered ? mean(row) : 0, variance = mean(row.map((x) => (x - middle) ** 2));
      return row.reduce(
        (sum, x, i) => sum + COTANGENTS[r]![i]! * WEIGHT[i]! * (x - middle) / Math.sqrt(variance + EPSILON),
        0,
      );
    };
    const found = toList(
      standardizeGradient(settings, tensor64(ROWS), statistics, tensor64(COTANGENTS), tensor64(WEIGHT)),
    );
    ROWS.forEach((row, r) =>
      row.forEach((_, i) => {
        const [above, below] = [1e-5, -1e-5].map((h) => loss(row.map((x, k) => k === i ? x + h : x), r));
        assertAlmostEquals(found[4 * r + i]!, (above! - below!) / 2e-5, 1e-8);
      })
    );
  });

  Deno.test(`scale and shift of ${what} get sums over the rows`, () => {
    const [scale, shift] = affineGradients(
      { ...settings, scaled: true, shifted: true },
      tensor64(ROWS),
      statistics,
      tensor64(COTANGENTS),
      [4],
    );
    const column = (i: number, term: (r: number) => number) =>
      ROWS.reduce((sum, _, r) => sum + COTANGENTS[r]![i]! * term(r), 0);
    toList(scale!).forEach((value, i) =>
      assertAlmostEquals(value, column(i, (r) => (ROWS[r]![i]! - middles[r]!) * roots[r]!), 1e-12)
    );
    assertEquals(toList(shift!), WEIGHT.map((_, i) => column(i, () => 1)));
  });
}
