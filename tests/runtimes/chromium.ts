/**
 * Opens pages in Chromium without a window.
 *
 * @module
 */
import { versionOf } from "./elsewhere.ts";

/** The name of the browser's program; `undefined` where it is not installed. */
export const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find((name) => versionOf(name) !== undefined);

/**
 * Serves a bundle and a page with a script, opens the page, and returns what the script posts to `/result`.
 *
 * @param folder The folder of `bundle.mjs`, which the script finds as `/bundle.mjs`.
 * @param script A module.
 * @param headers What the server sends with the page and the bundle.
 */
export async function resultInChromium(
  folder: string,
  script: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const result = Promise.withResolvers<string>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/result") result.resolve(await request.text());
    const [body, type] = pathname === "/bundle.mjs"
      ? [Deno.readTextFileSync(`${folder}/bundle.mjs`), "text/javascript"]
      : [`<!doctype html><script type="module">${script}</script>`, "text/html"];
    return new Response(body, { headers: { ...headers, "content-type": type } });
  });
  const browser = new Deno.Command(CHROMIUM!, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${folder}/profile`,
      `http://127.0.0.1:${server.addr.port}/`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => result.reject(new Error("the page said nothing for two minutes")), 120_000);
  try {
    return await result.promise;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await browser.status;
    await server.shutdown();
  }
}
