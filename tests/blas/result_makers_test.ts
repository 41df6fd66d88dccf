/**
 * Functions of engines that make their results themselves: result_makers.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as ng from "../../mod.ts";
import { type Engine, engines, setEngine } from "../../blas/mod.ts";
import { declareMapMaker, declareRowsMaker, LEAST_MADE, makerOfMap, makerOfRows } from "../../blas/result_makers.ts";
import { startPool } from "../../blas/threaded/pool.ts";
import { threadedEngineOver } from "../../blas/threaded/engine.ts";
import { allocate } from "../../blas/view.ts";

/** Runs a function on an engine. */
function on<R>(engine: Engine, f: () => R): R {
  const previous = setEngine(engine);
  try {
    return f();
  } finally {
    setEngine(previous);
  }
}

const long = ng.ones([LEAST_MADE]), short = ng.ones([LEAST_MADE - 1]);

Deno.test("an engine that makes its results is asked to, for long ones; if it does not, its map and rows compute them", () => {
  const asked: string[] = [];
  const engine: Engine = {
    ...engines.simd,
    map: (...given) => engines.simd.map(...given),
    rows: (...given) => engines.simd.rows(...given),
  };
  let makes = true;
  declareMapMaker(engine.map, (_, inputs, { dtype, shape }) => {
    asked.push(`map ${inputs.length} ${shape}`);
    return makes ? allocate(dtype, shape) : undefined;
  });
  declareRowsMaker(engine.rows, (_, shape, __, results) => {
    asked.push(`rows ${shape}`);
    return makes ? results.map(({ dtype, shape }) => allocate(dtype, shape)) : undefined;
  });
  const first = (f: (x: ng.Tensor) => ng.Tensor, x: ng.Tensor) => on(engine, () => ng.tensorData(f(x))[0]);
  assertEquals(first(ng.exp, short), Math.fround(Math.E));
  assertEquals(asked, []);
  assertEquals([first(ng.exp, long), first(ng.softmax, long)], [0, 0]);
  makes = false;
  assertEquals([first(ng.exp, long), first(ng.softmax, long)], [Math.fround(Math.E), Math.fround(1 / LEAST_MADE)]);
  const once = [`map 1 ${LEAST_MADE}`, `rows ${LEAST_MADE}`];
  assertEquals(asked, [...once, ...once]);
});

Deno.test("an engine of several threads with another map or rows computes with those", async () => {
  const pool = await startPool(2);
  try {
    const threaded = threadedEngineOver(engines.simd, pool), calls: string[] = [];
    assert(makerOfMap(threaded.map) !== undefined && makerOfRows(threaded.rows) !== undefined);
    const own: Engine = {
      ...threaded,
      map: (...given) => {
        calls.push("map");
        engines.simd.map(...given);
      },
      rows: (...given) => {
        calls.push("rows");
        engines.simd.rows(...given);
      },
    };
    on(own, () => [ng.exp(ng.ones([200_000])), ng.softmax(ng.ones([500, 400]))]);
    assertEquals(calls, ["map", "rows"]);
  } finally {
    pool.close();
  }
});
