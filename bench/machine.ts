/**
 * Measures machine code beside WebAssembly and PyTorch, on one thread:
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A bench/machine.ts [--rounds=3] [--avx2] [workload...]
 *
 * All engines run in turn in one process, and times are processor times, the best of all rounds: milliseconds of one
 * product, one update or one training step. Where the processor has AVX-512, the engine is measured with 256 and with 512
 * bits; PyTorch uses all that the processor has. With `--avx2`, 256 bits are also compared with PyTorch on AVX2: ATen,
 * oneDNN and OpenBLAS are told to use no more.
 *
 * @module
 */
import process from "node:process";
import { type Engine, engines, setEngine } from "@nanograd/nanograd/blas";
import { parseArgs } from "@std/cli/parse-args";
import { openMachine } from "../blas/machine/memory/machine.ts";
import { machineEngineOn } from "../blas/machine/mod.ts";
import { MACHINE_WORKLOADS, type Prepare } from "./machine_workloads.ts";

const { rounds = "3", avx2, _: chosen } = parseArgs(Deno.args, { string: ["rounds"], boolean: ["avx2"] });
const names = chosen.length > 0 ? chosen.map(String) : Object.keys(MACHINE_WORKLOADS);
const opened = openMachine();
if (opened._tag === "Left") throw new Error(`Cannot measure machine code: ${opened.left}`);
const machine = opened.right, widths = machine.bits === 512 ? [256, 512] as const : [256] as const;
const measured: readonly Engine[] = [
  engines.simd,
  ...widths.map((bits) => machineEngineOn({ ...machine, bits }, engines.simd)),
];

/** The processor time of this process so far, in milliseconds. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Prepares a workload on an engine; what it returns measures one run, for about as long as given. */
function on(engine: Engine, prepare: Prepare): (milliseconds: number) => number {
  const before = setEngine(engine), run = prepare();
  setEngine(before);
  return (milliseconds) => {
    const before = setEngine(engine), end = performance.now() + milliseconds;
    let least = Infinity;
    for (let turns = 1; performance.now() < end;) {
      const start = spent();
      for (let k = 0; k < turns; k++) run();
      const time = spent() - start;
      if (time < 8) turns = Math.max(turns + 1, Math.ceil(turns * 10 / Math.max(time, 1)));
      else least = Math.min(least, time / turns);
    }
    setEngine(before);
    return least;
  };
}

/** What keeps PyTorch's parts to AVX2. */
const AVX2 = { ATEN_CPU_CAPABILITY: "avx2", ONEDNN_MAX_CPU_ISA: "AVX2", OPENBLAS_CORETYPE: "Haswell" };

/** PyTorch's milliseconds; `undefined` if it is not installed. */
function torch(name: string, limits: { readonly [name: string]: string }): number | undefined {
  const script = new URL("./torch_machine.py", import.meta.url).pathname;
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const env = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", ...limits };
      const { success, stdout } = new Deno.Command(python, { args: [script, name], stderr: "null", env }).outputSync();
      if (success) return JSON.parse(new TextDecoder().decode(stdout)).ms;
    } catch {
      // This program does not exist; try the next one.
    }
  }
  return undefined;
}

const cell = (text: string): string => text.padStart(17);
const time = (value: number | undefined): string => cell(value === undefined ? "-" : value.toPrecision(3));
const ratio = (value: number | undefined): string => cell(value === undefined ? "-" : value.toFixed(2));

/** PyTorch's ways to run, and the widths that are compared with each. */
const rivals: readonly { readonly name: string; readonly limits: typeof AVX2 | { readonly [name: string]: never } }[] =
  [
    { name: "PyTorch", limits: {} },
    ...avx2 ? [{ name: "PyTorch AVX2", limits: AVX2 }] : [],
  ];
const columns = ["simd", ...widths.map((bits) => `${bits} bits`), ...rivals.map(({ name }) => name)];
const ratios = widths.flatMap((bits) => [
  `${bits}/simd`,
  ...rivals.filter(({ limits }) => bits === 256 || limits !== AVX2).map(({ name }) => `${bits}/${name}`),
]);
console.log(
  `milliseconds of processor time, best of ${rounds} rounds; how many times as fast; PyTorch uses all that the processor ` +
    `has${
      avx2 ? `, PyTorch AVX2 is kept to that (${Object.entries(AVX2).map((one) => one.join("=")).join(" ")})` : ""
    }`,
);
console.log("".padEnd(20) + [...columns, ...ratios].map(cell).join(""));
for (const name of names) {
  const prepare = MACHINE_WORKLOADS[name];
  if (prepare === undefined) {
    throw new Error(
      `Cannot measure ${name}: it must be one of ${Object.keys(MACHINE_WORKLOADS).join(", ")}; correct the name`,
    );
  }
  const runs = measured.map((engine) => on(engine, prepare)), best = runs.map(() => Infinity);
  runs.forEach((run) => run(200));
  const theirs: (number | undefined)[] = rivals.map(() => undefined);
  for (let round = 0; round < Number(rounds); round++) {
    runs.forEach((run, k) => best[k] = Math.min(best[k]!, run(300)));
    rivals.forEach(({ limits }, k) => {
      const found = torch(name, limits);
      if (found !== undefined) theirs[k] = Math.min(theirs[k] ?? Infinity, found);
    });
  }
  const [simd, ...ours] = best as [number, ...number[]];
  const compared = ours.flatMap((own, k) => [
    ratio(simd / own),
    ...rivals.flatMap(({ limits }, r) => {
      const their = theirs[r];
      return widths[k] === 256 || limits !== AVX2 ? [ratio(their && their / own)] : [];
    }),
  ]);
  console.log(name.padEnd(20) + [...best.map(time), ...theirs.map(time), ...compared].join(""));
}
