/**
 * Programs as pictures.
 *
 * @module
 */
import { type Compiled, formatProgram as formatAsText, specializationOf } from "../../../autograd/compile/compile.ts";
import { measuredOf } from "../../../autograd/compile/profile.ts";
import { graphOf } from "./graph.ts";
import { mermaidOf } from "./mermaid.ts";
import { svgOfGraph } from "./svg.ts";

/** How a program is written: as a list, as a Mermaid diagram, or as an SVG document. */
export type ProgramFormat = { readonly as: "text" | "mermaid" | "svg" };

/**
 * Draws the program that a compiled function runs for some arguments, as it runs: parameters, constants, instructions and
 * results, with an arrow from each value to those that read it. If the function was compiled with `{ profile: true }` and
 * has run with such arguments, each instruction shows its time, and the longer it takes the more orange it is.
 *
 * @param compiled A function from `compile`.
 * @param args Arguments, as for a call or, if only `compiled.scan` has been profiled, as for that; then `{ as }`: `"svg"`.
 * @returns An SVG document.
 * @throws {TypeError} If the function is not from `compile`.
 *
 * @example
 * ```ts
 * import { compile, key, matmul, randomNormal, relu, type Tensor } from "@nanograd/nanograd";
 * import { formatProgram } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const layer = compile((x: Tensor, w: Tensor) => relu(matmul(x, w)), { profile: true });
 * const x = randomNormal(key(0), [32, 64]), w = randomNormal(key(1), [64, 16]);
 * layer(x, w);
 * assertStringIncludes(await formatProgram(layer, x, w, { as: "svg" }), "100.0 % of the time");
 * ```
 */
export function formatProgram<A extends readonly unknown[]>(
  compiled: Compiled<A, unknown>,
  ...args: readonly [...A, { readonly as: "svg" }]
): Promise<string>;
/**
 * Draws the same as a Mermaid diagram, which many viewers of Markdown show.
 *
 * @example
 * ```ts
 * import { add, compile, mul, tensor32, type Tensor } from "@nanograd/nanograd";
 * import { formatProgram } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const f = compile((x: Tensor<"float32">) => add(mul(x, 2), 1));
 * assertStringIncludes(formatProgram(f, tensor32([1, 2]), { as: "mermaid" }), "v0 --> i0");
 * ```
 */
export function formatProgram<A extends readonly unknown[]>(
  compiled: Compiled<A, unknown>,
  ...args: readonly [...A, { readonly as: "mermaid" | "text" }]
): string;
/**
 * Lists the program as text, as the function of this name in the main entry does.
 *
 * @example
 * ```ts
 * import { compile, square, tensor32 } from "@nanograd/nanograd";
 * import { formatProgram } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(formatProgram(compile(square), tensor32([1, 2])), "As it runs:");
 * ```
 */
export function formatProgram<A extends readonly unknown[]>(compiled: Compiled<A, unknown>, ...args: A): string;
export function formatProgram(
  compiled: Compiled<readonly unknown[], unknown>,
  ...given: readonly unknown[]
): string | Promise<string> {
  const last = given.at(-1),
    format = isFormat(last) ? last.as : "text",
    args = isFormat(last) ? given.slice(0, -1) : given;
  if (format === "text") return formatAsText(compiled, ...args);
  const measured = measuredOf(compiled, args);
  const graph = measured === undefined
    ? graphOf(specializationOf(compiled, args, "draw").program)
    : graphOf(measured.timing.program, measured.timing.instructions);
  return format === "mermaid" ? mermaidOf(graph) : svgOfGraph(graph);
}

/** Tells whether the last argument is the format, and not an argument of the compiled function. */
const isFormat = (value: unknown): value is ProgramFormat =>
  typeof value === "object" && value !== null && Object.keys(value).length === 1 && "as" in value &&
  (value.as === "text" || value.as === "mermaid" || value.as === "svg");
