/**
 * Gradients as a readable table.
 *
 * @module
 */
import type { Gradients } from "../../autograd/backward.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { EXPLODING, type GradientHealth, gradientHealth, VANISHING } from "./gradient_health.ts";
import { type GradientStats, gradientStats } from "./gradient_stats.ts";

const HEADINGS = ["gradient", "size", "l2 norm", "largest", "mean |g|", "NaN", "infinite"] as const;

/**
 * Describes gradients for a terminal: a line for each with its size, norms and number of values that are not finite, a
 * line for all of them together, and the verdict of {@link gradientHealth}.
 *
 * @param gradients A tree of tensors, or what `backward` returned, whose gradients are numbered because they have no
 * paths.
 * @returns Lines of text, without escape codes.
 *
 * @example
 * ```ts
 * import { formatGradientReport, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const report = formatGradientReport({ weight: tensor64([[30, 0], [0, -40]]), bias: tensor64([0.5, NaN]) });
 * assertEquals(report.split("\n"), [
 *   "gradient  size  l2 norm  largest  mean |g|  NaN  infinite",
 *   "---------------------------------------------------------",
 *   "weight       4    50.00    40.00     17.50    0         0",
 *   "bias         2      NaN      NaN       NaN    1         0",
 *   "---------------------------------------------------------",
 *   "all          6      NaN      NaN       NaN    1         0",
 *   "NotFinite at bias: NaN or infinities; diagnose(monitor) says when they began",
 * ]);
 * ```
 */
export function formatGradientReport<P extends TensorTree<P>>(gradients: Gradients | P): string {
  const { l2, inf, byPath } = gradientStats(gradients), each = Object.values(byPath);
  const sum = (of: (stats: GradientStats) => number): number => each.reduce((total, stats) => total + of(stats), 0);
  const size = sum((stats) => stats.size), total = sum((stats) => stats.meanAbsolute * stats.size);
  const rows = Object.entries(byPath).map(([path, stats]) => row(path === "" ? "(tensor)" : path, stats));
  const all = row("all", {
    l2,
    inf,
    meanAbsolute: size === 0 ? 0 : total / size,
    size,
    nan: sum(({ nan }) => nan),
    infinite: sum(({ infinite }) => infinite),
  });
  const widths = HEADINGS.map((heading, k) =>
    Math.max(heading.length, ...[...rows, all].map((cells) => cells[k]!.length))
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join("  ");
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(HEADINGS), rule, ...rows.map(line), rule, line(all), verdict(gradientHealth(gradients))].join("\n");
}

const row = (path: string, { size, l2, inf, meanAbsolute, nan, infinite }: GradientStats): readonly string[] => [
  path,
  count(size),
  ...[l2, inf, meanAbsolute].map(formatNorm),
  count(nan),
  count(infinite),
];

const count = (n: number): string => n.toLocaleString("en-US");

/** Formats a number with four digits; as a power of ten if it would be long. */
function formatNorm(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  return x >= 1e-3 && x < 9999.5 ? x.toPrecision(4) : x.toExponential(2);
}

function verdict(health: GradientHealth): string {
  if (health.tag === "Healthy") return `Healthy: every norm is from ${VANISHING} to ${EXPLODING}`;
  const remarks = {
    NotFinite: "NaN or infinities; diagnose(monitor) says when they began",
    Exploding: `a norm above ${EXPLODING}; clip it or lower the learning rate`,
    Vanishing: `a norm below ${VANISHING}; is training over, or a layer cut off?`,
  } as const;
  return `${health.tag} at ${health.paths.join(", ")}: ${remarks[health.tag]}`;
}
