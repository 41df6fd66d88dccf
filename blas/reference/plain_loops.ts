/**
 * The functions of the reference engine that programs of all kinds may need. Convolutions are apart: a bundle has them if
 * an operation brings them.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { allWithin, gather, scatterAdd } from "../gather.ts";
import { joinBy } from "../join.ts";
import { rowsBy } from "../rows.ts";
import { searchRegions } from "../search.ts";
import { drawBy, inversesInUse } from "./draw.ts";
import { gemm, gemmBatched } from "./gemm.ts";
import { copy } from "./level1.ts";
import { map } from "./map.ts";
import { reduce } from "./reduce.ts";
import { sumByLoops } from "./sum.ts";

/** The functions that operations of programs call, without those of convolutions. */
export type PlainLoops = Pick<
  Engine,
  | "copy"
  | "join"
  | "search"
  | "gemm"
  | "gemmBatched"
  | "map"
  | "reduce"
  | "rows"
  | "gather"
  | "scatterAdd"
  | "allWithin"
  | "draw"
>;

/** These functions as plain loops. */
export const plainLoops: PlainLoops = /* @__PURE__ */ (() => ({
  copy,
  join: joinBy(copy),
  search: searchRegions,
  gemm,
  gemmBatched,
  map,
  reduce,
  rows: rowsBy({ map, reduce }, sumByLoops),
  gather,
  scatterAdd,
  allWithin,
  draw: drawBy(() => inversesInUse.current),
}))();
