/**
 * Random numbers.
 *
 * @module
 */
import type { DrawOperation, FoldInOperation } from "../../../blas/program/operations/draw.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { type Context, noForm } from "./context.ts";
import type { Wire } from "./graph_writer.ts";

/** Writes random numbers. */
export function writeDraw(
  _context: Context,
  _operation: DrawOperation,
  _results: readonly ValueType[],
): readonly Wire[] {
  throw noForm("random numbers", "ONNX cannot draw those of a key", "pass them as inputs");
}

/** Writes keys. */
export function writeFoldIn(
  _context: Context,
  _operation: FoldInOperation,
  _results: readonly ValueType[],
): readonly Wire[] {
  throw noForm("random keys", "ONNX cannot compute with them", "pass random numbers as inputs");
}
