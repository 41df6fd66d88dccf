/**
 * The results of the comparison as a table and a chart.
 *
 * @module
 */
import { parse, type Spec, View } from "vega";
import { digits, table } from "../breadth/markdown.ts";
import type { Cell, PeerRow } from "./measured.ts";
import { SIDES } from "./sides.ts";

/** Returns the table, followed by its notes. */
export function peerTable(rows: readonly PeerRow[]): string {
  const notes = [...new Set(rows.flatMap(({ cells }) => SIDES.flatMap((side) => cells[side]?.note ?? [])))];
  const text = ({ time, note }: Cell = {}): string => {
    const mark = note === undefined ? "" : ` (${notes.indexOf(note) + 1})`;
    return time === undefined
      ? `none${mark}`
      : `${digits(time.median)} ± ${Math.ceil(100 * time.spread / time.median)} %${mark}`;
  };
  const body = table(
    ["workload", ...SIDES],
    rows.map(({ name, cells }) => [name, ...SIDES.map((side) => text(cells[side]))]),
  );
  return [body, ...notes.length > 0 ? ["", ...notes.map((note, k) => `${k + 1}. ${note}`)] : []].join("\n");
}

const COLORS = ["#c2410c", "#fdba74", "#64748b", "#2563eb", "#16a34a"];

/** Returns the chart: how many times as long as a compiled call of nanograd each side takes, on a logarithmic scale. */
export function chartSpec(rows: readonly PeerRow[]): Spec {
  const values = rows.flatMap(({ name, cells }) => {
    const own = cells["nanograd, compiled"]?.time?.median;
    return own === undefined ? [] : SIDES.flatMap((side) => {
      const time = cells[side]?.time;
      return time === undefined ? [] : [{ name, side, ratio: time.median / own }];
    });
  });
  const shared = { labelFontSize: 12, labelLimit: 240, titleFontSize: 12, titleFontWeight: "normal" as const };
  return {
    background: "white",
    padding: 16,
    width: 560,
    height: 26 * rows.length,
    title: { text: "Time of a call, nanograd compiled = 1; one thread", anchor: "start", offset: 12, fontSize: 14 },
    data: [{ name: "times", values }],
    scales: [
      { name: "x", type: "log", domain: { data: "times", field: "ratio" }, range: "width", nice: true },
      { name: "y", type: "band", domain: rows.map(({ name }) => name), range: "height" },
      { name: "color", type: "ordinal", domain: [...SIDES], range: COLORS },
    ],
    axes: [
      {
        scale: "x",
        orient: "bottom",
        grid: true,
        title: "times as long (to the left: faster)",
        format: "~g",
        ...shared,
      },
      { scale: "y", orient: "left", grid: true, ...shared },
    ],
    legends: [{ fill: "color", orient: "right", symbolType: "circle", labelFontSize: 12, labelLimit: 240 }],
    marks: [{
      type: "symbol",
      from: { data: "times" },
      encode: {
        enter: {
          x: { scale: "x", field: "ratio" },
          y: { scale: "y", field: "name", band: 0.5 },
          fill: { scale: "color", field: "side" },
          size: { value: 90 },
          opacity: { value: 0.9 },
        },
      },
    }],
  };
}

/** Draws the chart as an SVG document. */
export function drawChart(rows: readonly PeerRow[]): Promise<string> {
  return new View(parse(chartSpec(rows)), { renderer: "none" }).toSVG();
}
