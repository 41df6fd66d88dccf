/**
 * The outside packages of this entry; programs that do not import it do not load them. The large ones are loaded when a
 * picture is drawn.
 *
 * @module
 */
export { BinaryWriter } from "npm:@bufbuild/protobuf@2.17.0/wire";
export { encode as encodePng } from "npm:fast-png@8.0.0";

/** Loads the plotting library. */
export const loadVega = () => import("npm:vega@6.4.0").catch((cause: unknown) => missing("vega", cause));

/** Loads the library that lays out graphs. */
export const loadDagre = () =>
  import("npm:@dagrejs/dagre@3.1.3").catch((cause: unknown) => missing("@dagrejs/dagre", cause));

/** Throws an error that says what to install: in the npm package, these packages are optional. */
function missing(name: string, cause: unknown): never {
  const problem = `the package ${name} must be there`;
  throw new TypeError(`Cannot draw a picture: ${problem}; install it with npm install ${name}`, { cause });
}

export type { Mark, Spec } from "npm:vega@6.4.0";
