/**
 * Whole matrices in the memory of kernels: scaled, or filled in part.
 *
 * @module
 */
import { powerOfTwoAt } from "../../decompositions/matrices.ts";
import { BYTES, clear, type Matrix, setIdentity, type Tools } from "./matrix.ts";

/** Divides a matrix by a power of two near its largest number; returns it, or `undefined` if a number is not finite. */
export function normalize({ move }: Tools, { at, row }: Matrix, rows: number): number | undefined {
  const power = powerOfTwoAt(move.largest!(rows * row, at));
  if (power !== undefined) move.scale!(rows * row, at, 1 / power);
  return power;
}

/** Fills a matrix with NaN. */
export const spoil = ({ scratch }: Tools, { at, row }: Matrix, rows: number): void =>
  void scratch.float64.fill(NaN, at / BYTES, (at + rows * row) / BYTES);

/** Fills what is below the diagonal with zeros. */
export function clearBelow({ scratch: { float64 } }: Tools, { at, row }: Matrix, n: number): void {
  for (let i = 1; i < n; i++) float64.fill(0, (at + i * row) / BYTES, (at + i * row) / BYTES + i);
}

/** Makes a matrix of at least as many rows as columns the first columns of the identity. */
export function setTallIdentity(tools: Tools, a: Matrix, m: number, n: number): void {
  setIdentity(tools, a, n);
  clear(tools, { ...a, at: a.at + n * a.row }, m - n);
}
