/**
 * Holds the layout: which way imports point, that they form no circle, and how long a file may be.
 *
 * @module
 */
import configuration from "../deno.json" with { type: "json" };
import { assertEquals } from "@std/assert";

/**
 * The parts of the library, each of which may import itself and those above it in this list. A file belongs to the first
 * part whose pattern fits.
 */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ["packages", /^deps\.ts$/],
  ["arrays", /^blas\/(?!engines|blas|mod|rows)\w+\.ts$/],
  ["decompositions of matrices", /^blas\/decompositions\//],
  ["Fourier transforms", /^blas\/fourier\//],
  ["scalar expressions", /^blas\/scalar\//],
  ["rows of arrays", /^blas\/rows\.ts$/],
  ["programs", /^blas\/program\/(operations\/)?\w+\.ts$/],
  ["memory of programs", /^blas\/program\/memory\//],
  ["listings of programs", /^blas\/program\/format\//],
  ["reference engine", /^blas\/reference\//],
  ["passes over programs", /^blas\/program\/passes\//],
  ["WebAssembly assembler", /^blas\/wasm\//],
  ["kernels", /^blas\/simd\/(?!mod|program|rows)/],
  ["programs as WebAssembly", /^blas\/simd\/program\//],
  ["simd engine", /^blas\/simd\/(mod|rows\w*)\.ts$/],
  ["threaded engine", /^blas\/threaded\//],
  ["native engine", /^blas\/native\//],
  ["machine code", /^blas\/machine\//],
  ["parts of the default engine", /^blas\/parts\//],
  ["engines", /^blas\/(engines|blas|mod)\.ts$/],
  [
    "tensors",
    /^autograd\/((abstract_view|arguments|batch|callback|deeply_frozen|elementwise|errors|format|format_view|graph|long_graph|multi_primitive|primitive|row_gradients|stop_gradient|tensor|tensor_record|within_reach)|transforms\/nesting)\.ts$/,
  ],
  ["values", /^autograd\/values\//],
  ["trees", /^autograd\/tree\//],
  ["operations", /^autograd\/ops\//],
  ["linear algebra", /^autograd\/linalg\//],
  ["randomness", /^autograd\/random\//],
  ["distributions", /^autograd\/probability\//],
  ["derivatives", /^autograd\/(backward|gradients|custom_op|recycler)\.ts$/],
  ["transforms", /^autograd\/transforms\//],
  ["compile", /^autograd\/compile\//],
  ["autograd", /^autograd\/mod\.ts$/],
  ["optimizers", /^optim\/(?!data\/|watch\/)/],
  ["data", /^optim\/data\//],
  ["layers", /^layers\/(?!onnx\/)/],
  ["ONNX", /^layers\/onnx\//],
  ["watching", /^optim\/watch\//],
  ["nanograd", /^mod\.ts$/],
];

/** Parts that never meet, although one of them stands above the other. */
const STRANGERS: readonly (readonly [string, string])[] = [["layers", "optimizers"], ["layers", "data"]];

const ROOT = new URL("../", import.meta.url);

const partOf = (file: string): number => PARTS.findIndex(([, files]) => files.test(file));

/** The entry points, which together import all modules. */
const ENTRIES: readonly string[] = Object.values(configuration.exports);

/** The modules of the library, each with those whose values it imports: types alone are not among them. */
const moduleGraph = (): ReadonlyMap<string, readonly string[]> =>
  new Map(ENTRIES.flatMap((entry) => [...modulesFrom(entry)]));

function modulesFrom(entry: string): ReadonlyMap<string, readonly string[]> {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: ROOT }).outputSync();
  type Module = {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  };
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly modules: readonly Module[] };
  const local = (specifier?: string) =>
    specifier?.startsWith(ROOT.href) && !specifier.endsWith(".d.ts") ? [specifier.slice(ROOT.href.length)] : [];
  return new Map(
    modules.flatMap(({ specifier, dependencies = [] }) =>
      local(specifier).map((file) => [file, dependencies.flatMap(({ code }) => local(code?.specifier))] as const)
    ),
  );
}

/** A circle of imports, if any: the files on it in order. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>(), path: string[] = [];
  const visit = (file: string): readonly string[] => {
    if (done.has(file)) return [];
    if (path.includes(file)) return path.slice(path.indexOf(file));
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

/** TypeScript files below a folder, with their numbers of lines. */
function* filesBelow(folder: string): Generator<readonly [file: string, lines: number]> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (name === "node_modules") continue;
    if (isDirectory) yield* filesBelow(`${folder}${name}/`);
    else if (name.endsWith(".ts")) {
      yield [folder + name, Deno.readTextFileSync(new URL(folder + name, ROOT)).split("\n").length - 1];
    }
  }
}

const granted = (["read", "run"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");

Deno.test({
  name: "imports of values form no circle",
  ignore: !granted,
  fn: () => assertEquals(circleIn(moduleGraph()), []),
});

Deno.test({
  name: "imports of values point one way between the parts of the library",
  ignore: !granted,
  fn: () => {
    const wrong: string[] = [];
    for (const [file, imports] of moduleGraph()) {
      const own = partOf(file);
      if (own < 0) wrong.push(`${file} belongs to no part`);
      for (const imported of imports) {
        const other = partOf(imported), [a, b] = [PARTS[own]?.[0], PARTS[other]?.[0]];
        const strange = STRANGERS.some(([x, y]) => (a === x && b === y) || (a === y && b === x));
        if (other > own || strange) wrong.push(`${file} (${a}) imports ${imported} (${b})`);
      }
    }
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "no file of the library, its tests and its examples has more than 300 lines",
  ignore: !granted,
  fn: () => {
    const folders = ["autograd/", "blas/", "layers/", "optim/", "tests/", "bench/", "examples/"];
    const long = folders.flatMap((folder) => [...filesBelow(folder)]).filter(([, lines]) => lines > 300);
    assertEquals(long, []);
  },
});
