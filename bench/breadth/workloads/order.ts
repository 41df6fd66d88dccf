/**
 * Elements in order, running results, and what is made of them.
 *
 * @module
 */
import * as ng from "@nanograd/nanograd";
import type { Tensor } from "@nanograd/nanograd";
import { uniform } from "../fill.ts";
import type { Workload } from "../workload.ts";
import { million } from "./million.ts";

const unary = (
  name: string,
  f: (x: Tensor) => Tensor | readonly Tensor[],
  { shape = [1000, 1000], scale = 3, offset = 0 }: {
    readonly shape?: readonly number[];
    readonly scale?: number;
    readonly offset?: number;
  } = {},
): readonly Workload[] => million("order", name, [uniform(shape, { scale, offset })], ([x]) => f(x!));

const LINE = { shape: [1_000_000] }, NEAR_1 = { scale: 0.01, offset: 1 };

/** Operations on order. */
export const order: readonly Workload[] = [
  ...unary("sort rows", (x) => ng.sort(x)),
  ...unary("sort columns", (x) => ng.sort(x, { axis: 0 })),
  ...unary("sort a line", (x) => ng.sort(x), LINE),
  ...unary("argsort rows", (x) => ng.argsort(x)),
  ...unary("argsort a line", (x) => ng.argsort(x), LINE),
  ...unary("top 5 of rows", (x) => Object.values(ng.topK(x, 5))),
  ...unary("top 100 of rows", (x) => Object.values(ng.topK(x, 100))),
  ...unary("top 10 of a line", (x) => Object.values(ng.topK(x, 10)), LINE),
  ...unary("median of rows", (x) => ng.median(x, { axes: 1 }), { shape: [1001, 999] }),
  ...unary("median of all", (x) => ng.median(x), { shape: [999_999] }),
  ...unary("quantiles of rows", (x) => ng.quantile(x, [0.1, 0.5, 0.9], { axes: 1 })),
  ...million(
    "order",
    "searchSorted",
    [uniform([1000, 1000]), uniform([1000])],
    ([x, s]) => ng.searchSorted(ng.sort(s!), x!),
  ),
  ...unary("histogram", (x) => ng.histogram(x, { bins: 100, min: -3, max: 3 }).counts),
  ...unary("cumprod of rows", (x) => ng.cumprod(x, 1), NEAR_1),
  ...unary("cumprod of columns", (x) => ng.cumprod(x, 0), NEAR_1),
  ...unary("cummax of rows", (x) => ng.cummax(x, 1)),
  ...unary("cummax of columns", (x) => ng.cummax(x, 0)),
  ...unary("cummin of rows", (x) => ng.cummin(x, 1)),
  ...unary("logCumSumExp of rows", (x) => ng.logCumSumExp(x, 1)),
  ...unary("logCumSumExp of columns", (x) => ng.logCumSumExp(x, 0)),
  ...unary("any of rows", (x) => ng.any(x, { axes: 1 })),
  ...unary("all of rows", (x) => ng.all(x, { axes: 1 })),
];
