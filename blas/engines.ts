/**
 * Which engines there are, and the one in use.
 *
 * @module
 */
import { gemmBatchedBy } from "./batches.ts";
import type { Engine, PartialEngine } from "./engine.ts";
import { reference } from "./reference/mod.ts";
import { rowsBy } from "./rows.ts";
import { hasSimd, simdEngine } from "./simd/mod.ts";

/** The engines that need nothing beside the runtime. */
export const engines: {
  /** WebAssembly SIMD kernels, the default; where the runtime has no WebAssembly SIMD, the reference engine. */
  readonly simd: Engine;
  /** Plain TypeScript loops. */
  readonly reference: Engine;
} = Object.freeze({ simd: hasSimd() ? simdEngine() : reference, reference });

/** What was made of records with gaps: set again, such a record is the engine that it was before. */
const completed = new WeakMap<PartialEngine, Engine>();

/**
 * Fills an engine's gaps with the reference engine's functions. Where there is a `gemm` but no `gemmBatched`, batches are
 * computed product by product with that `gemm`; where there is no `rows`, they are computed by its `map` and `reduce`.
 *
 * @param engine A name, and the functions that it is good at.
 * @returns The engine itself where nothing is missing; else a record that calls its functions, the same each time.
 * @throws {TypeError} If it has no name, or something in place of a function.
 */
export function completeEngine(engine: PartialEngine): Engine {
  checkEngine(engine);
  const own = FUNCTIONS.filter((name) => functionOf(engine, name) !== undefined);
  if (own.length === FUNCTIONS.length) return engine as Engine;
  const known = completed.get(engine);
  if (known !== undefined) return known;
  const bound = <N extends FunctionName>(name: N) => (engine[name] as CallableFunction).bind(engine) as Engine[N];
  const map = own.includes("map") ? bound("map") : reference.map,
    reduce = own.includes("reduce") ? bound("reduce") : reference.reduce;
  const whole: Engine = {
    ...reference,
    ...own.includes("gemm") && { gemmBatched: gemmBatchedBy(bound("gemm")) },
    rows: rowsBy({ map, reduce }),
    // `compile` computes with what it is called on, and that is the whole engine.
    ...Object.fromEntries(own.map((name) => [name, name === "compile" ? engine[name] : bound(name)])),
    name: engine.name,
  };
  completed.set(engine, whole);
  return whole;
}

type FunctionName = Exclude<keyof Engine, "name">;

/** The functions of an engine. */
const FUNCTIONS = Object.keys(reference).filter((key) => key !== "name") as readonly FunctionName[];

/** What a record has in place of a function; its own properties are looked at without calling what watches them. */
const functionOf = (engine: PartialEngine, name: keyof Engine): unknown =>
  Object.getOwnPropertyDescriptor(engine, name)?.value ?? engine[name];

function checkEngine(engine: PartialEngine): void {
  if (typeof engine !== "object" || engine === null || typeof functionOf(engine, "name") !== "string") {
    throw new TypeError(
      `Cannot use ${typeof engine === "object" ? "a record without a name" : String(engine)} as an engine: ` +
        `it must be a record with a name; pass engines.simd, or { name, gemm } with functions of your own`,
    );
  }
  const wrong = FUNCTIONS.find((name) => !["function", "undefined"].includes(typeof functionOf(engine, name)));
  if (wrong === undefined) return;
  const found = typeof functionOf(engine, wrong);
  throw new TypeError(
    `Cannot use the engine ${engine.name}: its ${wrong} is of type ${found}, and must be a function; leave it out, and ` +
      `the reference engine computes it`,
  );
}

let current: Engine = engines.simd;

/** The engine in use. */
export function currentEngine(): Engine {
  return current;
}

/**
 * Chooses the engine that all heavy work goes through from now on.
 *
 * @param engine One of {@link engines}, what `nativeEngine` returned, or a record of your own. That one implements what it is
 * good at, `{ name: "mine", gemm }`; the reference engine fills the gaps.
 * @returns The engine that was in use before.
 * @throws {TypeError} If the record has no name, or something in place of a function.
 *
 * @example
 * ```ts
 * import { engines, setEngine } from "@nanograd/nanograd/blas";
 *
 * const previous = setEngine(engines.reference);
 * setEngine(previous);
 * ```
 *
 * @example An engine of your own that counts products
 * ```ts
 * import { allocate, engines, gemm, setEngine, view } from "@nanograd/nanograd/blas";
 * import { assertEquals } from "@std/assert";
 *
 * let products = 0;
 * const previous = setEngine({
 *   name: "counting",
 *   gemm: (operands) => {
 *     products++;
 *     engines.reference.gemm(operands);
 *   },
 * });
 * const a = view(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * gemm({ alpha: 1, a, b: a, beta: 0, c: allocate("float32", [2, 2]) });
 * setEngine(previous);
 * assertEquals(products, 1);
 * ```
 */
export function setEngine(engine: PartialEngine): Engine {
  const previous = current;
  current = completeEngine(engine);
  return previous;
}

/** Runs a function with an engine in use, and puts back the one before. */
export function withEngine<R>(engine: Engine, f: () => R): R {
  const previous = current;
  current = engine;
  try {
    return f();
  } finally {
    current = previous;
  }
}

/**
 * Opens a native BLAS library, and makes the engine that calls it for levels 1 to 3 and {@link engines}`.simd` for the rest.
 *
 * Deno must run with `--allow-ffi`. How many threads the library uses is its own affair: OpenBLAS takes all cores unless
 * `OPENBLAS_NUM_THREADS` says otherwise.
 *
 * @param path The library's file; left out, the usual names are tried: OpenBLAS on Linux and Windows, Accelerate on macOS.
 * @returns An engine for {@link setEngine}; its name says which library it found.
 * @throws {Error} If there is no library with the CBLAS functions, or Deno may not call native code; the message says what
 * was tried, what to install or which flag to give.
 *
 * @example
 * ```ts ignore
 * import { nativeEngine, setEngine } from "@nanograd/nanograd/blas";
 *
 * setEngine(await nativeEngine());
 * ```
 */
export async function nativeEngine(path?: string): Promise<Engine> {
  // Loaded when asked for: elsewhere than in Deno there is nothing that could open a library.
  const { nativeEngineOver } = await import("./native/mod.ts");
  return nativeEngineOver(engines.simd, path);
}
