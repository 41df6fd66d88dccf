/**
 * More operations that move elements.
 *
 * @module
 */
import * as ng from "@nanograd/nanograd";
import type { Tensor } from "@nanograd/nanograd";
import { uniform, whole } from "../fill.ts";
import type { Workload } from "../workload.ts";
import { million } from "./million.ts";

const unary = (
  name: string,
  f: (x: Tensor) => Tensor,
  shape: readonly number[] = [1000, 1000],
): readonly Workload[] => million("moving", name, [uniform(shape)], ([x]) => f(x!));

const scattered = (name: string, mode: "set" | "add" | "max"): readonly Workload[] =>
  million(
    "moving",
    name,
    [uniform([1000, 1000]), whole([500], 1000), uniform([500, 1000])],
    ([t, at, values]) => ng.scatter(t!, at!, values!, { mode }),
  );

/** Operations that move elements. */
export const moreMoving: readonly Workload[] = [
  ...unary("roll", (x) => ng.roll(x, 10, 1)),
  ...unary("tril", (x) => ng.tril(x)),
  ...unary("triu", (x) => ng.triu(x)),
  ...unary("diag of a vector", (x) => ng.diag(x), [1000]),
  ...unary("repeat of rows", (x) => ng.repeat(x, "h w -> (r h) w", { r: 4 }), [500, 500]),
  ...unary("rearrange of patches", (x) => ng.rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", { p: 16, q: 16 }), [
    8,
    3,
    192,
    224,
  ]),
  ...unary("reduce by max", (x) => ng.reduce(x, "b c (h 2) (w 2) -> b c h w", "max"), [8, 3, 192, 224]),
  ...unary("depthToSpace", (x) => ng.depthToSpace(x, 2), [4, 64, 64, 64]),
  ...unary("spaceToDepth", (x) => ng.spaceToDepth(x, 2), [4, 16, 128, 128]),
  ...unary("unfold", (x) => ng.unfold(x, { size: 3, padding: 1 }), [4, 3, 96, 96]),
  ...unary("fold", (x) => ng.fold(x, [96, 96], { size: 3, padding: 1 }), [4, 27, 9216]),
  ...scattered("scatter of rows, adding", "add"),
  ...scattered("scatter of rows, the largest", "max"),
  ...million(
    "moving",
    "gatherND",
    [uniform([1000, 1000]), whole([500_000, 2], 1000)],
    ([t, at]) => ng.gatherND(t!, at!),
  ),
];
