/**
 * The available engines, and the one in use.
 *
 * @module
 */
import { describe } from "./describe.ts";
import { gemmBatchedBy } from "./batches.ts";
import type { Engine, PartialEngine } from "./engine.ts";
import { chooseEngine, chosenEngine, declareDefault, type EngineFunctionName } from "./engine_in_use.ts";
import { machineEngineOver } from "./machine/mod.ts";
import { startMachineThreads } from "./machine/threads.ts";
import { nativeEngineOver } from "./native/mod.ts";
import { joinBy } from "./join.ts";
import { checkOptions } from "./options.ts";
import { convolutionPart } from "./parts/convolution.ts";
import { copyPart } from "./parts/copy.ts";
import { normalDrawPart } from "./parts/draw.ts";
import { gatherPart } from "./parts/gather.ts";
import { joinPart } from "./parts/join.ts";
import { mapPart } from "./parts/map.ts";
import { productPart } from "./parts/product.ts";
import { reducePart } from "./parts/reduce.ts";
import { rowsPart } from "./parts/rows.ts";
import { searchPart } from "./parts/search.ts";
import { vectorPart } from "./parts/vector.ts";
import { reference } from "./reference/mod.ts";
import { rowsBy } from "./rows.ts";
import { shared } from "./shared.ts";
import { hasSimd, simdEngineOf } from "./simd/mod.ts";
import { startThreadedEngine, type ThreadedEngine } from "./threaded/engine.ts";

/** The engines that need nothing except the runtime. */
export const engines: {
  /** The default: WebAssembly SIMD kernels; the reference engine if the runtime has no WebAssembly SIMD. */
  readonly simd: Engine;
  /** Plain TypeScript loops. */
  readonly reference: Engine;
} = /* @__PURE__ */ shared("engines", () => {
  Object.freeze(reference);
  return Object.freeze({ simd: hasSimd() ? Object.freeze(simd()) : reference, reference });
});

/** Makes the default engine from all its parts. */
function simd(): Engine {
  return declareDefault(simdEngineOf({
    ...copyPart.standard(),
    ...joinPart.standard(),
    ...mapPart.standard(),
    ...reducePart.standard(),
    ...rowsPart.standard(),
    ...productPart.standard(),
    ...convolutionPart.standard(),
    ...vectorPart.standard(),
    ...normalDrawPart.standard(),
    ...gatherPart.standard(),
    ...searchPart.standard(),
  }));
}

/** The engines made from incomplete records: such a record gives the same engine each time. */
const completed = /* @__PURE__ */ shared("completed engines", () => new WeakMap<PartialEngine, Engine>());

/**
 * Adds the functions that an engine lacks, from the reference engine. Where there is a `gemm` but no `gemmBatched`,
 * batches are computed product by product with that `gemm`; where there is no `rows`, they are computed by its `map`
 * and `reduce`.
 *
 * @param engine A name, and the functions that the engine implements.
 * @returns The engine itself if nothing is missing; otherwise a record that calls its functions, the same each time.
 * @throws {TypeError} If it has no name, or has something other than a function under the name of one.
 */
export function completeEngine(engine: PartialEngine): Engine {
  checkEngine(engine);
  const own = FUNCTIONS.filter((name) => functionOf(engine, name) !== undefined);
  if (own.length === FUNCTIONS.length) return engine as Engine; // it has all functions
  const known = completed.get(engine);
  if (known !== undefined) return known;
  // A function of the engine, bound to it.
  const bound = <N extends EngineFunctionName>(name: N) => (engine[name] as CallableFunction).bind(engine) as Engine[N];
  const map = own.includes("map") ? bound("map") : reference.map,
    reduce = own.includes("reduce") ? bound("reduce") : reference.reduce;
  const whole: Engine = {
    ...reference,
    ...own.includes("copy") && { join: joinBy(bound("copy")) },
    ...own.includes("gemm") && { gemmBatched: gemmBatchedBy(bound("gemm")) },
    rows: rowsBy({ map, reduce }),
    // `compile` computes with the engine that it is called on, which must be the complete one.
    ...Object.fromEntries(own.map((name) => [name, name === "compile" ? engine[name] : bound(name)])),
    name: engine.name,
  };
  completed.set(engine, whole);
  return whole;
}

/** The functions of an engine. */
// All keys except `name` are functions.
const FUNCTIONS =
  /* @__PURE__ */ (() => Object.keys(reference).filter((key) => key !== "name") as EngineFunctionName[])();

/** Returns the value that a record has under a function's name, without calling the record's own getters. */
const functionOf = (engine: PartialEngine, name: keyof Engine): unknown =>
  Object.getOwnPropertyDescriptor(engine, name)?.value ?? engine[name];

function checkEngine(engine: PartialEngine): void {
  if (typeof engine !== "object" || engine === null || typeof functionOf(engine, "name") !== "string") {
    throw new TypeError(
      `Cannot use ${describe(engine)} as an engine: ` +
        `an engine must be a record with a name; pass engines.simd, or { name, gemm } with your own functions`,
    );
  }
  const wrong = FUNCTIONS.find((name) => !["function", "undefined"].includes(typeof functionOf(engine, name)));
  if (wrong === undefined) return;
  const found = typeof functionOf(engine, wrong);
  throw new TypeError(
    `Cannot use the engine ${engine.name}: its ${wrong} is of type ${found} and must be a function; omit it, and the ` +
      `reference engine computes it`,
  );
}

/** Returns the engine in use. */
export function currentEngine(): Engine {
  return chosenEngine() ?? engines.simd;
}

/**
 * Chooses the engine that does all heavy work from now on.
 *
 * @param engine One of {@link engines}, the result of `nativeEngine`, or a custom record. Such a record may have only
 * some of the functions, `{ name: "mine", gemm }`; the reference engine supplies the others.
 * @returns The engine that was in use before.
 * @throws {TypeError} If the record has no name, or has something other than a function under the name of one.
 *
 * @example
 * ```ts
 * import { engines, setEngine } from "@nanograd/nanograd/blas";
 *
 * const previous = setEngine(engines.reference);
 * setEngine(previous);
 * ```
 *
 * @example A custom engine that counts products
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
  const previous = currentEngine();
  chooseEngine(completeEngine(engine));
  return previous;
}

/**
 * Opens a native BLAS library, and returns an engine that calls it for levels 1 to 3, and {@link engines}`.simd` for
 * everything else.
 *
 * Deno must run with `--allow-ffi`. The library chooses its number of threads: OpenBLAS uses all cores unless
 * `OPENBLAS_NUM_THREADS` says otherwise.
 *
 * @param path The library's file; by default the usual names are tried: OpenBLAS on Linux and Windows, Accelerate on
 * macOS.
 * @returns An engine for {@link setEngine}; its name says which library it found.
 * @throws {Error} If no library with the CBLAS functions is found, or Deno may not call native code; the message says
 * what was tried, and what to install or which flag to pass.
 *
 * @example
 * ```ts ignore
 * import { nativeEngine, setEngine } from "@nanograd/nanograd/blas";
 *
 * setEngine(await nativeEngine());
 * ```
 */
export function nativeEngine(path?: string): Promise<Engine> {
  return new Promise((resolve) => resolve(nativeEngineOver(engines.simd, path)));
}

/**
 * Makes an engine that writes x86-64 machine code, and starts threads that run it together: see the next form.
 *
 * @param options `threads`: how many, the calling one included. `fallback`: as in the next form.
 * @returns An engine with `threads` and `close()`, as {@link threadedEngine} returns.
 */
export function machineEngine(
  options: { readonly fallback?: boolean | undefined; readonly threads: number },
): Promise<ThreadedEngine>;
/**
 * Makes an engine that writes x86-64 machine code for compiled programs and products, and calls {@link engines}`.simd`
 * otherwise.
 *
 * Deno must run with `--allow-ffi`, on Linux, on a processor with AVX2 and FMA. The permission lets this process call any
 * native code, and machine code is not confined as WebAssembly is; see `docs/engines.md`.
 *
 * @param options `threads`: how many threads, the calling one included, divide work, 1 to 256, as those of
 * {@link threadedEngine} do; the engine then has `threads` and `close()`. Default: the calling thread alone. `fallback`:
 * whether to return {@link engines}`.simd`, or with `threads` a {@link threadedEngine}, where machine code cannot run.
 * Default: false.
 * @returns An engine for {@link setEngine}; its name says which instructions it uses, and how many threads. Results have
 * the same bits with any number of threads.
 * @throws {TypeError} If `options` is not a record, or has an unknown name.
 * @throws {RangeError} If `threads` is not a whole number from 1 to 256.
 * @throws {Error} If machine code cannot run here, or threads cannot; the message says why.
 *
 * @example
 * ```ts
 * import { machineEngine, setEngine } from "@nanograd/nanograd/blas";
 *
 * const engine = await machineEngine({ threads: 2, fallback: true }), previous = setEngine(engine);
 * // … train …
 * setEngine(previous);
 * engine.close();
 * ```
 */
export function machineEngine(options?: MachineOptions): Promise<Engine>;
export async function machineEngine(options: MachineOptions = {}): Promise<Engine> {
  checkOptions("make a machine engine", options, { fallback: "flag", threads: true });
  const { fallback = false, threads } = options;
  const engine = threads === undefined
    ? machineEngineOver(engines.simd)
    : await startMachineThreads(engines.simd, threads);
  if (engine._tag === "Right") return engine.right;
  if (fallback) return threads === undefined ? engines.simd : await threadedEngine(threads);
  throw new Error(`Cannot make a machine engine: ${engine.left}`);
}

/** The options of {@link machineEngine}. */
export type MachineOptions = {
  /** Whether to return another engine where machine code cannot run. Default: false. */
  readonly fallback?: boolean | undefined;
  /** How many threads divide work, the calling one included. Default: it alone. */
  readonly threads?: number | undefined;
};

/**
 * Starts threads, and returns an engine that divides work among them: compiled programs as a whole, and plain products,
 * convolutions, maps and reductions that take long enough for it to pay. Results have the same bits on any number of
 * threads; those of compiled programs have the same bits as on {@link engines}`.simd` too.
 *
 * Threads are workers on shared memory. Deno, Node and Bun need no permission for them, and do not wait for them at the
 * end of the program. In a browser, the library itself must be in a worker, since a page may not wait, and the page
 * must be served with `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`.
 *
 * @param threads How many threads, the calling one included: 1 to 256. Default: as many as there are cores.
 * @returns An engine for {@link setEngine}, with `threads`, and `close()`, which ends them. They end too when the
 * engine is garbage-collected.
 * @throws {RangeError} If `threads` is not a whole number from 1 to 256.
 * @throws {Error} If memory cannot be shared here, or waiting is not allowed here; the message says what to do.
 *
 * @example
 * ```ts
 * import { engines, setEngine, threadedEngine } from "@nanograd/nanograd/blas";
 *
 * const threaded = await threadedEngine(2);
 * setEngine(threaded);
 * // … train …
 * setEngine(engines.simd);
 * threaded.close();
 * ```
 */
export async function threadedEngine(threads?: number): Promise<ThreadedEngine> {
  return await startThreadedEngine(engines.simd, threads);
}
