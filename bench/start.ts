/**
 * Prints how long it takes to import the library, and to compute for the first time, kernel generation included: `deno
 * run bench/start.ts`. Every run is a first time, so repeat the command and take the best.
 *
 * @module
 */
const began = performance.now();
const { exp, key, matmul, randomUniform } = await import("../mod.ts");
const imported = performance.now();
const x = randomUniform(key(0), [64, 64]), made = performance.now();
matmul(x, x);
const multiplied = performance.now();
exp(x);
const mapped = performance.now();
const milliseconds = (from: number, to: number): string => `${(to - from).toFixed(1)} ms`;
console.log(`import of mod.ts ${milliseconds(began, imported)}`);
console.log(`first matmul     ${milliseconds(made, multiplied)}`);
console.log(`first exp        ${milliseconds(multiplied, mapped)}`);
