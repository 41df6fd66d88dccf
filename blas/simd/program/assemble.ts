/**
 * The WebAssembly module of a program, and what runs its steps.
 *
 * @module
 */
import { importEngineMemory, PAGE_BYTES } from "../engine_memory.ts";
import { kernelModule } from "../kernels.ts";
import { importSlowPaths, SLOW_FUNCTIONS } from "../math/slow_paths.ts";
import { call, type Callable, memory as memoryInstructions, ModuleBuilder } from "../../wasm/mod.ts";
import type { EmitterContext, KernelImport, LoopRequest, Lowered } from "./emitter.ts";
import { buildLoop, buildWholeLoop, type LoopSpec } from "./loop_function.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { firstResults, loopsOf, valueTypes } from "../../program/operands.ts";
import type { Loop, Program } from "../../program/program.ts";

/** What happens outside WebAssembly, and the loop that comes after it, where what was computed is at an address. */
export type HostStep = {
  readonly run: () => void;
  readonly epilogue: { readonly loop: Loop; readonly computed: number } | undefined;
};

/** What a module is put together from. */
export type Assembly = {
  /** What emits each instruction; for `undefined`, `outside` says what is done. */
  readonly lowered: readonly (Lowered | undefined)[];
  readonly plan: MemoryPlan;
  readonly memory: WebAssembly.Memory;
  readonly relaxed: boolean;
  readonly outside: (instruction: number) => HostStep;
};

/** What runs a program, and what carries its results over. */
export type Assembled = { readonly run: () => void; readonly advance: () => void };

/** Assembles, compiles and instantiates the module of a program. */
export function assemble(program: Program, { lowered, plan, memory, relaxed, outside }: Assembly): Assembled {
  const m = new ModuleBuilder(), pages = memory.buffer.byteLength / PAGE_BYTES;
  importEngineMemory(m, pages, pages);
  const loops = program.instructions.flatMap(({ operation }) => loopsOf(operation));
  const slowPaths = importSlowPaths(m, loops.flatMap(({ expressions }) => expressions));
  const { kernel, imports } = importKernels(m, lowered.flatMap((one) => one?.kernels ?? []), memory, relaxed);
  const first = firstResults(program), types = valueTypes(program);
  const address = (value: number) => plan.addresses[value]!;
  const spec = (request: LoopRequest): LoopSpec => ({
    ...request,
    relaxed,
    slowPaths,
    address: ({ value }) => address(value),
  });
  const contextOf = (i: number): EmitterContext => ({
    module: m,
    relaxed,
    address,
    results: program.instructions[i]!.results.map((_, k) => address(first[i]! + k)),
    workspace: plan.workspaces[i]!,
    dtypeOf: (value) => types[value]!.dtype,
    kernel,
    slowPaths,
    loop: (request) => buildLoop(m, spec(request)),
    wholeLoop: (request, computed) => buildWholeLoop(m, spec(request), computed),
  });

  // Instructions that are emitted, one after the other, are one exported function: a segment.
  const steps: (string | (() => void))[] = [];
  let segment: Callable<"none">[] = [];
  const close = () => {
    if (segment.length === 0) return;
    const name = `segment${steps.length}`, calls = segment;
    m.function({ name, parameters: {} }, (f) => calls.forEach((one) => f.do(call(one))));
    steps.push(name);
    segment = [];
  };
  lowered.forEach((one, i) => {
    const context = contextOf(i);
    if (one !== undefined) return void segment.push(one.emit(context));
    close();
    const { run, epilogue } = outside(i);
    steps.push(run);
    if (epilogue === undefined) return;
    const { dtype } = program.instructions[i]!.results[0]!;
    segment.push(context.wholeLoop({ loop: epilogue.loop, dtype, results: context.results }, epilogue.computed));
  });
  close();
  m.function({ name: "advance", parameters: {} }, (f) => {
    for (const { from, to, bytes } of plan.moves) f.do(memoryInstructions.copy(to, from, bytes));
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), {
    engine: { memory, ...SLOW_FUNCTIONS },
    ...imports,
  });
  // All exports are functions without parameters and results.
  const runs = steps.map((step) => typeof step === "string" ? exports[step] as () => void : step);
  return { run: inOrder(runs), advance: plan.moves.length === 0 ? () => {} : exports.advance as () => void };
}

function inOrder(steps: readonly (() => void)[]): () => void {
  if (steps.length === 1) return steps[0]!;
  return () => {
    for (let i = 0; i < steps.length; i++) steps[i]!();
  };
}

/** Imports kernels, each once. Their modules are compiled once for all programs. */
function importKernels(
  m: ModuleBuilder,
  kernels: readonly KernelImport[],
  memory: WebAssembly.Memory,
  relaxed: boolean,
): { readonly kernel: EmitterContext["kernel"]; readonly imports: WebAssembly.Imports } {
  const callables = new Map<string, Callable<"none">>(), imports: { [module: string]: WebAssembly.Exports } = {};
  for (const { module, dtype, name, parameters } of kernels) {
    const from = `${module} ${dtype}`, key = `${from} ${name}`;
    if (callables.has(key)) continue;
    imports[from] ??= new WebAssembly.Instance(kernelModule(module, dtype, relaxed), { engine: { memory } }).exports;
    callables.set(key, m.importFunction({ module: from, name }, { parameters }));
  }
  const kernel: EmitterContext["kernel"] = (module, dtype, name) => {
    const found = callables.get(`${module} ${dtype} ${name}`);
    if (found !== undefined) return found;
    throw new TypeError(
      `Cannot call kernel ${name} of ${module} (${dtype}): imports come first, and it is not among them; list it in kernels`,
    );
  };
  return { kernel, imports };
}
