/**
 * The one place that names the outside packages of the entry `./data`: from `deps.ts`, every program would load them.
 *
 * All of them load in Deno, Node, Bun and browsers, are written in JavaScript alone, and bring one other package, `iobuffer`.
 *
 * @module
 */
export { convertIndexedToRgb, decode as decodePngPixels } from "npm:fast-png@8.0.0";
export { decode as decodeJpegPixels } from "npm:jpeg-js@0.4.4";
export { unzipSync, Unzlib } from "npm:fflate@0.8.3";
export { unpackTar } from "npm:modern-tar@0.8.6";

// @ts-types="./csv/papaparse.d.ts"
export { default as papaparse } from "npm:papaparse@5.7.1";
