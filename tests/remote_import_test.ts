/**
 * A project that has nothing of ours but a URL.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";

/** A training step, and two lines that only compile if the types arrived. */
const PROGRAM = (origin: string): string => `
import { adam, denseLayer, key, matmul, mseLoss, ones, tensor64, toNumber, valueAndGradient } from "${origin}/mod.ts";
import { setEngine } from "${origin}/blas/mod.ts";

const layer = denseLayer(3, 2);
const { params, state } = layer.init(key(0));
const loss = valueAndGradient((p: typeof params) =>
  mseLoss(layer.apply({ params: p, state }, ones([4, 3]), { training: false })[0], ones([4, 2]))
);
const optimizer = adam({ learningRate: 0.1 });
const first = loss(params);
const next = optimizer.step(optimizer.init(params), first.gradients);
console.log(toNumber(loss(next.params).value) < toNumber(first.value) ? "it learns" : "it does not learn");

// @ts-expect-error: a float32 and a float64 tensor
() => matmul(ones([1, 1]), tensor64([[1]]));
// @ts-expect-error: an engine is no string
() => setEngine("simd");
`;

const granted = (["read", "write", "run", "net", "env"] as const)
  .every((name) => Deno.permissions.querySync({ name }).state === "granted");

Deno.test({
  name: "a project in an empty folder imports mod.ts by URL, with types, and trains without any permission",
  ignore: !granted,
  fn: async () => {
    const root = new URL("../", import.meta.url);
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.endsWith(".ts") || pathname.includes("..")) return new Response("not found", { status: 404 });
      const source = await Deno.readTextFile(new URL(`.${pathname}`, root)).catch(() => null);
      return source === null
        ? new Response("not found", { status: 404 })
        : new Response(source, { headers: { "content-type": "application/typescript" } });
    });
    const host = `127.0.0.1:${server.addr.port}`, folder = await Deno.makeTempDir();
    try {
      // A deno.json above the folder for temporary files would be the project's: the folder must stand alone.
      await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM(`http://${host}`));
      const run = async (...args: readonly string[]): Promise<Deno.CommandOutput> =>
        await new Deno.Command(Deno.execPath(), { args: [...args], cwd: folder, env: { NO_COLOR: "1" } }).output();
      const text = new TextDecoder();
      const checked = await run("check", "--no-config", "--quiet", `--allow-import=${host}`, "main.ts");
      assertEquals([checked.code, text.decode(checked.stderr)], [0, ""]);
      const ran = await run("run", "--no-config", "--quiet", "--no-prompt", `--allow-import=${host}`, "main.ts");
      assertStringIncludes(text.decode(ran.stdout) + text.decode(ran.stderr), "it learns");
    } finally {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
