/**
 * What `docs/start.md` says about web servers: with which content types Deno takes a file for TypeScript.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";

const TAKEN = [
  "application/typescript",
  "text/typescript",
  "application/x-typescript",
  "video/mp2t",
  "text/plain",
  "application/octet-stream",
  "", // none at all
];
const REFUSED = ["text/vnd.trolltech.linguist", "text/javascript"];

const granted = (["read", "write", "run", "net"] as const)
  .every((name) => Deno.permissions.querySync({ name }).state === "granted");

Deno.test({
  name: "Deno imports TypeScript that is sent with the content types of the guide, and with no others",
  ignore: !granted,
  fn: async () => {
    const types = [...TAKEN, ...REFUSED];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const type = types[Number(/\d+/.exec(new URL(request.url).pathname)?.[0])]!;
      const source = new TextEncoder().encode("const one: number = 1;\nconsole.log(one);\n"); // bytes have no type of their own
      return new Response(source, { headers: type === "" ? {} : { "content-type": type } });
    });
    const folder = await Deno.makeTempDir(), host = `127.0.0.1:${server.addr.port}`;
    try {
      const works = await Promise.all(types.map(async (_, k) => {
        await Deno.writeTextFile(`${folder}/main${k}.ts`, `import "http://${host}/${k}/mod.ts";\n`);
        const { success } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--no-prompt", "--no-lock", `--allow-import=${host}`, `main${k}.ts`],
          cwd: folder,
        }).output();
        return success;
      }));
      assertEquals(types.filter((_, k) => works[k]), TAKEN);
    } finally {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "the guide names the content types that are tested",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const start = Deno.readTextFileSync(new URL("../docs/start.md", import.meta.url));
    for (const type of [...TAKEN, "text/vnd.trolltech.linguist"]) assertStringIncludes(start, type);
  },
});
