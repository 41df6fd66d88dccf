/**
 * Graphs of programs as SVG.
 *
 * @module
 */
import { loadDagre } from "../packages.ts";
import type { GraphNode, ProgramGraph } from "./graph.ts";
import { heat } from "./heat.ts";

/** The size of a letter, and the space around text. */
const LETTER = 6.65, LINE = 15, MARGIN = 9;

/** The fill of what is not an instruction. */
const FILLS = { parameter: "#dce9f7", constant: "#eeeeee", result: "#dff0dc", instruction: "#ffffff" } as const;

type Box = GraphNode & { readonly width: number; readonly height: number };

/** Draws a graph from top to bottom. The library that finds the places of the nodes is loaded when it is first used. */
export async function svgOfGraph({ nodes, edges }: ProgramGraph): Promise<string> {
  const { Graph, layout } = await loadDagre();
  const boxes = nodes.map((node): Box => ({
    ...node,
    width: Math.max(...node.lines.map(({ length }) => length)) * LETTER + 2 * MARGIN,
    height: node.lines.length * LINE + 2 * MARGIN - 4,
  }));
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 34, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  boxes.forEach(({ id, width, height }) => graph.setNode(id, { width, height }));
  edges.forEach(([from, to]) => graph.setEdge(from, to));
  layout(graph);
  // The layout has set the size, the points of edges, and the position of nodes.
  const { width = 0, height = 0 } = graph.graph() as {
    readonly width?: number | undefined;
    readonly height?: number | undefined;
  };
  const size = `${Math.ceil(width)} ${Math.ceil(height)}`, [w, h] = size.split(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${size}">`,
    `<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
    `<path d="M0 0L8 4L0 8z" fill="#777"/></marker></defs>`,
    `<rect width="${w}" height="${h}" fill="white"/>`,
    // Set by the layout.
    ...edges.map(([v, w]) => arrow((graph.edge({ v, w }) as { readonly points: readonly Point[] }).points)),
    ...boxes.map((box) => drawn(box, graph.node(box.id) as Point)), // set by the layout
    "</svg>",
    "",
  ].join("\n");
}

type Point = { readonly x: number; readonly y: number };

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** Draws a smooth line through points: curves from the middle of one piece to the middle of the next. */
function arrow(points: readonly Point[]): string {
  const last = points.length - 1, middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const curves = points.slice(1, last).map((point, k) =>
    `Q${at(point)} ${at(k + 2 === last ? points[last]! : middle(point, points[k + 2]!))}`
  );
  const path = `M${at(points[0]!)}${curves.length === 0 ? `L${at(points[last]!)}` : curves.join("")}`;
  return `<path d="${path}" fill="none" stroke="#777" marker-end="url(#end)"/>`;
}

function drawn({ kind, lines, share, width, height }: Box, { x, y }: Point): string {
  const left = x - width / 2, top = y - height / 2, round = kind === "instruction" ? 3 : 12;
  const fill = share === undefined ? FILLS[kind] : heat(share);
  const text = lines.map((line, k) =>
    `<tspan x="${(left + MARGIN).toFixed(1)}" y="${(top + MARGIN + 9 + k * LINE).toFixed(1)}"${
      k === 0 ? ` font-weight="bold"` : ""
    }>${escaped(line)}</tspan>`
  );
  return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${
    height.toFixed(1)
  }" ` +
    `rx="${round}" fill="${fill}" stroke="#555"/>` +
    `<text font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="11" xml:space="preserve">${
      text.join("")
    }</text>`;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
