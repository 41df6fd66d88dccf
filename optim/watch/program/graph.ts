/**
 * Programs as graphs.
 *
 * @module
 */
import { formatShape } from "../../../blas/errors.ts";
import { formatInstructions } from "../../../blas/program/format/format_program.ts";
import { firstResults, operandsOf, valueTypes } from "../../../blas/program/operands.ts";
import type { Program } from "../../../blas/program/program.ts";
import type { ProgramTiming } from "../../../blas/program/timing.ts";

/** What a node of the graph is. */
export type GraphNode = {
  readonly id: string;
  /** Whether it is an instruction, or something that the program is given or returns. */
  readonly kind: "parameter" | "constant" | "instruction" | "result";
  /** Lines of text: what it is, and what it computes. */
  readonly lines: readonly string[];
  /** Its share of the time of the whole program, from 0 to 1; `undefined` if it was not measured. */
  readonly share: number | undefined;
};

/** A program as a graph. */
export type ProgramGraph = {
  readonly nodes: readonly GraphNode[];
  /** From the node that a value comes from to the one that reads it. */
  readonly edges: readonly (readonly [from: string, to: string])[];
};

/** The longest line of a node, and how many there are. */
const LONGEST = 56, MOST_LINES = 6;

/**
 * Returns the graph of a program: a node for each instruction, for the results, and for each parameter and
 * constant beside each instruction that reads it.
 *
 * @param timings The times of the instructions, if they were measured.
 */
export function graphOf(program: Program, timings?: ProgramTiming["instructions"]): ProgramGraph {
  const { parameters, constants, instructions, results } = program, types = valueTypes(program);
  const texts = formatInstructions(program), first = firstResults(program);
  const total = timings?.reduce((sum, { milliseconds }) => sum + milliseconds, 0) ?? 0;
  const given = parameters.length + constants.length;
  const source = Array.from({ length: given }, (_, value) => `v${value}`);
  instructions.forEach(({ results }, i) => results.forEach(() => source.push(`i${i}`)));
  const type = (value: number): string => `${types[value]!.dtype}${formatShape(types[value]!.shape)}`;

  const edges = new Map<string, readonly [string, string]>(), readers = new Map<number, readonly string[]>();
  const connect = (value: number, to: string): void => {
    const pair = `${value < given ? value : source[value]} ${to}`;
    if (edges.has(pair)) return;
    edges.set(pair, [value < given ? besideReader(value) : source[value]!, to]);
  };
  // What is given stands beside each of its readers: arrows across the whole picture would hide how results become operands.
  const besideReader = (value: number): string => {
    const ids = readers.get(value) ?? [], id = ids.length === 0 ? source[value]! : `${source[value]}_${ids.length}`;
    readers.set(value, [...ids, id]);
    return id;
  };
  instructions.forEach(({ operation }, i) => operandsOf(operation).forEach(({ value }) => connect(value, `i${i}`)));
  results.forEach((value) => connect(value, "results"));

  const givenNodes = source.slice(0, given).flatMap((id, value): readonly GraphNode[] => {
    const kind = value < parameters.length ? "parameter" : "constant";
    const ids = readers.get(value) ?? (kind === "parameter" ? [id] : []);
    return ids.map((id) => ({ id, kind, lines: [`%${value} ${type(value)}`, kind], share: undefined }));
  });
  const instructionNodes = instructions.map(({ results }, i): GraphNode => {
    const [head, ...rest] = texts[i]!.split("\n"), at = head!.indexOf(" = ");
    const names = results.length > 3 ? `%${first[i]} … %${first[i]! + results.length - 1}` : head!.slice(0, at);
    const timing = timings?.[i], share = timing === undefined ? undefined : timing.milliseconds / (total || 1);
    const lines = [names, head!.slice(at + 3), ...rest].map((line) => cut(line.trimEnd()));
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), "…"] : lines;
    return { id: `i${i}`, kind: "instruction", lines: timing ? [...shown, timeOf(timing, share!)] : shown, share };
  });
  const end: GraphNode = {
    id: "results",
    kind: "result",
    lines: [cut(`results ${results.map((value) => `%${value}`).join(" ")}`)],
    share: undefined,
  };
  return { nodes: [...givenNodes, ...instructionNodes, end], edges: [...edges.values()] };
}

const cut = (line: string): string => line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;

const timeOf = ({ milliseconds, calls }: ProgramTiming["instructions"][number], share: number): string =>
  calls === 0
    ? "has not run"
    : `${(1000 * milliseconds / calls).toPrecision(3)} us each, ${(100 * share).toFixed(1)} % of the time`;
