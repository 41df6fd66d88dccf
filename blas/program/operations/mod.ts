/**
 * The kinds of operations that are in use: those that every program may have or get from passes, and those that primitives
 * have brought, so that a bundle has no others.
 *
 * A new kind needs a file here, a place in `Operation`, and a line in the table below or in `all.ts`.
 *
 * @module
 */
import type { Operation } from "../program.ts";
import { broughtKinds, type Kinds } from "./brought.ts";
import { castKind } from "./cast.ts";
import { checkIndicesKind } from "./check_indices.ts";
import { drawKind, foldInKind } from "./draw.ts";
import { exchangeKind } from "./exchange.ts";
import { gatherKind, scatterKind } from "./gather.ts";
import { gemmKind } from "./gemm.ts";
import { hostKind } from "./host.ts";
import { joinKind } from "./join.ts";
import { mapKind } from "./map.ts";
import type { OperationKind } from "./operator.ts";
import { reduceKind } from "./reduce.ts";
import { rowsKind } from "./rows.ts";
import { searchKind } from "./search.ts";
import { viewKind } from "./view.ts";

/** The kinds that are in use from the start. */
export const BASE_KINDS = {
  view: viewKind,
  map: mapKind,
  reduce: reduceKind,
  rows: rowsKind,
  gemm: gemmKind,
  cast: castKind,
  join: joinKind,
  gather: gatherKind,
  scatter: scatterKind,
  checkIndices: checkIndicesKind,
  search: searchKind,
  draw: drawKind,
  foldIn: foldInKind,
  host: hostKind,
  exchange: exchangeKind,
} as const satisfies Partial<Kinds>;

/** Returns the kind of an operation; it must be in use. */
export function kindOf<O extends Operation>({ kind }: O): OperationKind<O> {
  const base: Partial<Kinds> = BASE_KINDS;
  return (base[kind] ?? broughtKinds[kind]) as OperationKind<O>; // the tables keep kind and operation together
}
