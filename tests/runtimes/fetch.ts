/**
 * Fetches the runtimes that the tests of this folder run in: `deno task test:runtimes` does it first.
 *
 * @module
 */
import { FETCHED, FOLDER } from "./elsewhere.ts";

const packages = Object.entries(FETCHED).map(([name, { package: specifier }]) => `${name}@${specifier}`);
const { code } = await new Deno.Command("npm", {
  args: ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", new URL("../", FOLDER).pathname, ...packages],
}).spawn().status;
Deno.exit(code);
