import { assert, assertEquals } from "@std/assert";
import { createContext } from "../../../../blas/simd/context.ts";
import { hasSimd } from "../../../../blas/simd/features.ts";
import { eigenvalues, reserveEigen } from "../../../../blas/simd/matrices/eigenpairs.ts";
import {
  clear,
  inPieces,
  reserveMatrix,
  setIdentity,
  toolsOf,
  transposeInto,
} from "../../../../blas/simd/matrices/matrix.ts";
import { MOVE_KERNELS } from "../../../../blas/simd/matrices/move_kernel.ts";
import { MULTIPLY_KERNELS } from "../../../../blas/simd/matrices/multiply_kernel.ts";
import { PANEL_KERNELS } from "../../../../blas/simd/matrices/panel_kernel.ts";
import { COLUMNS, i32Parameters, PIECE_BYTES } from "../../../../blas/simd/matrices/pieces.ts";
import { applyBlock, finishBlock, reserveBlock, reserveWorkspace } from "../../../../blas/simd/matrices/reflections.ts";
import { triplets } from "../../../../blas/simd/matrices/singular.ts";
import { eachOffset, valueWriter } from "../../../../blas/simd/matrices/stacks.ts";
import { systemsOn } from "../../../../blas/simd/matrices/systems.ts";
import { substituteRows } from "../../../../blas/simd/matrices/triangle.ts";
import { orthogonalRows, reserveTriplets } from "../../../../blas/simd/matrices/triplets.ts";
import { TURN_KERNELS } from "../../../../blas/simd/matrices/turn_kernel.ts";
import { normalize, spoil } from "../../../../blas/simd/matrices/whole.ts";
import { allocate, type MutableView, view } from "../../../../blas/view.ts";

const ignore = !hasSimd();

Deno.test({
  name: "matrices in the memory of kernels have rows of whole pieces, an odd number of them",
  ignore,
  fn: () => {
    const tools = toolsOf(createContext()), a = reserveMatrix(tools, 3, 9), b = reserveMatrix(tools, 9, 3);
    assertEquals([a.row / PIECE_BYTES % 2, a.width, inPieces(1), COLUMNS], [1, 16, 8, 8]);
    setIdentity(tools, a, 3);
    tools.scratch.float64[a.at / 8 + 2] = 5;
    transposeInto(tools, a, 3, 9, b);
    assertEquals(tools.scratch.float64[b.at / 8 + 2 * b.row / 8], 5);
    assertEquals(normalize(tools, a, 3), 4);
    assertEquals(tools.scratch.float64[a.at / 8 + 2], 1.25);
    spoil(tools, a, 3);
    assertEquals(normalize(tools, a, 3), undefined);
    clear(tools, a, 3);
    assertEquals(normalize(tools, a, 3), 1);
    assertEquals(Object.keys(i32Parameters("x", "y")), ["x", "y"]);
    const names = [MOVE_KERNELS, MULTIPLY_KERNELS, PANEL_KERNELS, TURN_KERNELS].map(({ name }) => name);
    assertEquals(new Set(names).size, 4);
  },
});

Deno.test({
  name: "a block of one reflection reflects, and substitution takes a triangle from either end",
  ignore,
  fn: () => {
    const tools = toolsOf(createContext()),
      { scratch } = tools,
      q = reserveMatrix(tools, 2, 2),
      block = reserveBlock(tools, 2);
    const factors = scratch.reserve(64), workspace = reserveWorkspace(tools, 2);
    setIdentity(tools, q, 2);
    scratch.float64.set([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], block.v / 8);
    scratch.float64[factors / 8] = 1; // 1 - v v^T for v = [1, 1] exchanges the axes, and their directions
    finishBlock(tools, block, factors, 1, workspace);
    applyBlock(tools, block, q.at, q.row, 8, false, workspace);
    assertEquals([...scratch.float64.subarray(q.at / 8, q.at / 8 + 2)], [0, -1]);
    const a = reserveMatrix(tools, 2, 2), b = reserveMatrix(tools, 2, 1);
    scratch.float64.set([2, 0], a.at / 8);
    scratch.float64.set([1, 4], (a.at + a.row) / 8);
    scratch.float64[b.at / 8] = 6;
    scratch.float64[(b.at + b.row) / 8] = 11;
    substituteRows(tools, 2, { ...a, step: 8 }, b, 8, false);
    assertEquals([scratch.float64[b.at / 8], scratch.float64[(b.at + b.row) / 8]], [3, 2]);
  },
});

Deno.test({
  name: "eigenvalues and orthogonal rows of a diagonal matrix are its numbers",
  ignore,
  fn: () => {
    const tools = toolsOf(createContext()), n = 18, a = reserveMatrix(tools, n, n), eigen = reserveEigen(tools, n);
    const diagonal = Array.from({ length: n }, (_, i) => i + 1);
    const set = () => {
      clear(tools, a, n);
      diagonal.forEach((x, i) => tools.scratch.float64[(a.at + i * (a.row + 8)) / 8] = x);
    };
    const workspace = reserveTriplets(tools, n);
    set();
    assertEquals([...eigenvalues(tools, n, a, eigen, true)], diagonal);
    set();
    const lengths = orthogonalRows(tools, n, a, workspace, 1e-15);
    assertEquals([...lengths].toSorted((x, y) => x - y), diagonal.map((x) => x * x));
  },
});

Deno.test({
  name: "stacks end at the first matrix that fails, and values that are not wanted are not written",
  ignore,
  fn: () => {
    const stack = view(Float64Array.of(4, 9, -1, 16), [4, 1, 1]), l: MutableView = allocate("float64", [4, 1, 1]);
    assertEquals(systemsOn(toolsOf(createContext())).cholesky(stack, l), { index: 2, position: 1 });
    assertEquals([l.get(0, 0, 0), l.get(1, 0, 0)], [2, 3]);
    const seen: number[] = [];
    eachOffset([stack], (index, offset) => (seen.push(index, offset!), index === 1 ? 7 : undefined));
    assertEquals(seen, [0, 0, 1, 1]);
    valueWriter(undefined, 1)(0, [1]);
    const s: MutableView = allocate("float64", [4, 1]);
    triplets(toolsOf(createContext()), stack, undefined, s, undefined);
    assert(Math.abs(s.get(2, 0) - 1) < 1e-15);
  },
});
