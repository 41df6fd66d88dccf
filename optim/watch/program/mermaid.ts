/**
 * Graphs of programs as Mermaid diagrams.
 *
 * @module
 */
import { heat } from "./heat.ts";
import type { GraphNode, ProgramGraph } from "./graph.ts";

/** Writes a graph as a flow chart in the language of Mermaid, which Markdown viewers draw. */
export function mermaidOf({ nodes, edges }: ProgramGraph): string {
  return [
    "flowchart TD",
    ...nodes.map((node) => `  ${node.id}${shaped(node)}`),
    ...edges.map(([from, to]) => `  ${from} --> ${to}`),
    ...nodes.flatMap(({ id, share }) => share === undefined ? [] : [`  style ${id} fill:${heat(share)},color:#000`]),
    "",
  ].join("\n");
}

/** The text of a node in the brackets of its shape. */
function shaped({ kind, lines }: GraphNode): string {
  const text = `"${lines.map(escaped).join("<br/>")}"`;
  return kind === "instruction" ? `[${text}]` : kind === "constant" ? `[/${text}/]` : `([${text}])`;
}

/** Letters that end a text, begin a tag, or stand for formatting are written by their numbers. */
const escaped = (line: string): string =>
  line.trim().replaceAll(/[^\w\s.,:+\-/=()%…]/g, (letter) => `#${letter.codePointAt(0)};`);
