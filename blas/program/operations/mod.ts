/**
 * All kinds of operations. A new one needs a file here, a place in `Operation` and a line in this table; the compiler
 * then names the targets, which must decide about it too.
 *
 * @module
 */
import type { Operation } from "../program.ts";
import { branchKind } from "./branch.ts";
import { castKind } from "./cast.ts";
import { checkIndicesKind } from "./check_indices.ts";
import { convolutionKind } from "./convolution.ts";
import { cumsumKind } from "./cumsum.ts";
import { drawKind, foldInKind } from "./draw.ts";
import { exchangeKind } from "./exchange.ts";
import { gatherKind, scatterKind } from "./gather.ts";
import { gemmKind } from "./gemm.ts";
import { hostKind } from "./host.ts";
import { joinKind } from "./join.ts";
import { mapKind } from "./map.ts";
import type { OperationKind } from "./operator.ts";
import { orderKind } from "./order.ts";
import { reduceKind } from "./reduce.ts";
import { runningKind } from "./running.ts";
import { scanKind } from "./scan.ts";
import { rowsKind } from "./rows.ts";
import { searchKind } from "./search.ts";
import { viewKind } from "./view.ts";
import { whileKind } from "./while.ts";

const KINDS: { readonly [K in Operation["kind"]]: OperationKind<Extract<Operation, { readonly kind: K }>> } = {
  view: viewKind,
  map: mapKind,
  reduce: reduceKind,
  rows: rowsKind,
  gemm: gemmKind,
  convolution: convolutionKind,
  cast: castKind,
  join: joinKind,
  gather: gatherKind,
  scatter: scatterKind,
  checkIndices: checkIndicesKind,
  cumsum: cumsumKind,
  running: runningKind,
  order: orderKind,
  search: searchKind,
  draw: drawKind,
  foldIn: foldInKind,
  host: hostKind,
  exchange: exchangeKind,
  scan: scanKind,
  while: whileKind,
  branch: branchKind,
};

/** Returns the kind of an operation. */
export function kindOf<O extends Operation>(operation: O): OperationKind<O> {
  return KINDS[operation.kind] as OperationKind<O>; // the table keeps kind and operation together
}
