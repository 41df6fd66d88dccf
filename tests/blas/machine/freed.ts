/**
 * Compiles programs, drops them, and prints how many pages of code there are in memory before, meanwhile and afterwards.
 * It needs `--v8-flags=--expose-gc`, and takes a number of threads that run them.
 *
 * @module
 */
import { compile, key, matmul, randomNormal, type Tensor } from "../../../autograd/mod.ts";
import { machineEngine, setEngine } from "../../../blas/mod.ts";

const threads = Number(Deno.args[0] ?? 1);
setEngine(await machineEngine(threads === 1 ? {} : { threads }));

/** Counts the pages that can be executed and belong to no file. */
function pages(): number {
  return Deno.readTextFileSync("/proc/self/maps").split("\n").reduce((sum, line) => {
    const found = /^([0-9a-f]+)-([0-9a-f]+) r-xp 0+ 00:00 0\s*$/.exec(line);
    return found === null ? sum : sum + (parseInt(found[2]!, 16) - parseInt(found[1]!, 16)) / 4096;
  }, 0);
}

const collect = (globalThis as unknown as { readonly gc: () => void }).gc, before = pages();
const x = randomNormal(key(0), threads === 1 ? [16, 16] : [160, 160]); // threads divide long programs only
let functions: ((x: Tensor<"float32">) => unknown)[] | undefined = Array.from({ length: 30 }, () => {
  const f = compile((x: Tensor<"float32">) => matmul(x, x));
  f(x);
  return f;
});
const meanwhile = pages();
functions = undefined;
for (let k = 0; k < 20 && pages() > before + 5; k++) {
  collect();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify([before, meanwhile, pages()]), functions ?? "");
