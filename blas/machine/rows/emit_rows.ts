/**
 * Rows as machine code: for each row, or for some rows side by side, one pass after the other.
 *
 * @module
 */
import type { Vector } from "../../simd/lane_instructions.ts";
import type { Code } from "../code/code.ts";
import type { Edge } from "../code/lanes.ts";
import { emitPass } from "./pass.ts";
import { rowCode, type RowsRequest, type Side } from "./row_code.ts";

/** Returns how many adjacent rows are computed together, where vectors run across rows. */
export function widestOf(
  { plan: { lengths, kept }, sides }: Pick<RowsRequest, "plan" | "sides">,
  lanes: number,
): number {
  return Math.min(sides, Math.ceil(lengths[kept - 1]! / lanes)) * lanes;
}

/** Writes rows. */
export function emitRows(code: Code, request: RowsRequest): void {
  const rows = rowCode(code, request), { plan, byRows, lanes, translator, recorder, last, across } = rows;
  const { lengths, kept, passes, perRow } = plan, { part } = request;
  const turns = (level: number) => level === 0 && part !== undefined ? part.to - part.from : lengths[level]!;
  const width = byRows ? lengths[last]! : turns(across), rest = width % lanes.count;
  const edge = rest === 0 ? undefined : lanes.edge(rest);
  const emitSides = (sides: readonly Side[]) => {
    const variables = passes.flatMap((pass) => emitPass(rows, pass, sides, byRows ? edge : undefined));
    for (const side of sides) {
      const computed = rows.values(side, undefined),
        values = perRow.map(({ expression }) => computed.value(expression));
      // All results are computed before any is stored.
      perRow.forEach(({ output }, k) => rows.store(side, undefined, output, values[k]!));
      translator.run(recorder.take());
    }
    translator.release(variables);
  };
  const sideAt = (position: number, edge?: Edge): Side => ({ position, edge, values: new Map<number, Vector>() });
  const columns = (count: number) =>
    emitSides(Array.from({ length: Math.ceil(count / lanes.count) }, (_, position) => {
      return sideAt(position, (position + 1) * lanes.count > count ? edge : undefined);
    }));
  const allColumns = () => {
    // As for the whole: the order of additions may depend on how many vectors of rows are computed together.
    const widest = widestOf(request, lanes.count);
    const blocks = Math.floor(width / widest);
    code.loop(blocks, rows.moves(across, widest), () => columns(widest));
    if (blocks * widest < width) columns(width - blocks * widest);
    rows.back(across, blocks * widest);
  };
  const inside = (level: number): void => {
    if (level === (byRows ? kept : across)) return byRows ? emitSides([sideAt(0)]) : allColumns();
    rows.through(level, turns(level), 1, () => inside(level + 1));
  };
  inside(0);
  if (edge !== undefined) lanes.release(edge);
  rows.free();
}
