import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { constant, tensor32, tensor64, toList, transpose } from "../../../../autograd/mod.ts";
import { engines, setEngine } from "../../../../blas/mod.ts";
import { digestOf } from "../../../../optim/watch/run/digest.ts";
import { differences, runRecord } from "../../../../optim/watch/run/run_record.ts";
import { saveTree } from "../../../../layers/checkpoint/tree_files.ts";
import type { ConfigValue } from "../../../../layers/config.ts";
import { loadRun, saveRun } from "../../../../optim/watch/run/saved_run.ts";
import { files, inFolder } from "../../../programs.ts";

Deno.test("digestOf() tells values, dtypes, shapes and places apart, and nothing else", async () => {
  const same = [tensor32([[1, 2], [3, 4]]), constant([[1, 2], [3, 4]]), transpose(tensor32([[1, 3], [2, 4]]))];
  const digests = await Promise.all(same.map((x) => digestOf({ x })));
  assertEquals(new Set(digests).size, 1);
  assertMatch(digests[0]!, /^[\da-f]{64}$/);
  const others = [
    { x: tensor32([1, 2, 3, 4]) },
    { x: tensor64([[1, 2], [3, 4]]) },
    { y: same[0]! },
    { x: Uint8Array.of(1, 2, 3, 4) },
    { x: Int8Array.of(1, 2, 3, 4) },
    { x: 0 },
    { x: -0 },
    { x: "0" },
    { x: null },
  ];
  const all = await Promise.all(others.map(digestOf));
  assertEquals(new Set([digests[0], ...all]).size, others.length + 1);
  await assertRejects(
    () => digestOf({ x: new Date() as never }),
    TypeError,
    'at "x": it must be a tensor, a typed array',
  );
});

Deno.test("digestOf() is SHA-256 of a listing that other programs can make", async () => {
  const hex = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
    Array.from(
      new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join("");
  const listing = `"" Uint8Array ${await hex(Uint8Array.of(1, 2))}`;
  assertEquals(await digestOf(Uint8Array.of(1, 2)), await hex(new TextEncoder().encode(listing)));
  // A part of shared memory is read where it is.
  const shared = new Uint8Array(new SharedArrayBuffer(4)).subarray(1, 3);
  shared.set([1, 2]);
  assertEquals(await digestOf(shared), await digestOf(Uint8Array.of(1, 2)));
});

Deno.test("runRecord() tells what a run depends on, and differences() in what two differ", async () => {
  const data = tensor32([1]), record = await runRecord({ seed: 1, settings: { rate: 0.1, limit: undefined }, data });
  assertEquals([record.seed, record.settings, record.data], [1, { rate: 0.1 }, await digestOf(data)]);
  assertEquals([record.versions.deno, record.platform.split(" ")[0]], [Deno.version.deno, Deno.build.os]);
  assertEquals(record, JSON.parse(JSON.stringify(record)));
  const before = setEngine(engines.reference);
  try {
    const other = await runRecord({ seed: 1, settings: { rate: 0.1, sizes: [1, 2] }, data: "1234" });
    assertEquals(differences(record, other), [
      `data: "${record.data}" then, "1234" now`,
      `engine: "${before.name}" then, "reference" now`,
      "settings.sizes: nothing then, [1,2] now",
    ]);
  } finally {
    setEngine(before);
  }
  assertEquals(differences(record, record), []);
  assertEquals((await runRecord({ seed: 0 })).data, "none");
  await assertRejects(() => runRecord({ seed: NaN }), RangeError, "seed must be a finite number");
});

Deno.test(
  "saveRun() and loadRun() keep a state to the last bit, and the record beside it",
  files,
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/runs/first`, record = await runRecord({ seed: 3, settings: { rate: 0.1 } });
      const state = { w: tensor32([0.1, 1e-40, -0]), step: 7, note: "half" };
      assertEquals(await saveRun(path, record, state)(), { _tag: "Right", right: undefined });
      assertEquals((await saveRun(path, record, state)())._tag, "Right");
      assertEquals(JSON.parse(await Deno.readTextFile(`${path}/run.json`)), record);
      const loaded = await loadRun(path, { w: tensor32([0, 0, 0]), step: 0, note: "" })();
      assert(loaded._tag === "Right" && loaded.right._tag === "Some");
      const { state: after, record: then } = loaded.right.value;
      assertEquals([toList(after.w), after.step, after.note, then], [toList(state.w), 7, "half", record]);
    }),
);

Deno.test(
  "a checkpoint has the record of its own run, whatever stands beside it",
  files,
  () =>
    inFolder(async (folder) => {
      const [first, second] = [await runRecord({ seed: 1 }), await runRecord({ seed: 2 })];
      await saveRun(folder, first, { step: 1 })();
      // The second run had written its record, and was killed before its checkpoint, or the other way round.
      await Deno.writeTextFile(`${folder}/run.json`, JSON.stringify(second));
      const loaded = await loadRun(folder, { step: 0 })();
      assert(loaded._tag === "Right" && loaded.right._tag === "Some");
      assertEquals(loaded.right.value.record.seed, 1);
    }),
);

Deno.test(
  "loadRun() reads settings named by escaped characters, whatever V8 has met in their place",
  files,
  () =>
    inFolder(async (folder) => {
      for (let i = 0; i < 3; i++) JSON.parse('{"met here":1,"\\\\":2}');
      const record = await runRecord({ seed: 1, settings: { "met here": 1, "\n": 2 } });
      await saveRun(folder, record, { step: 1 })();
      const loaded = await loadRun(folder, { step: 0 })();
      assert(loaded._tag === "Right" && loaded.right._tag === "Some");
      assertEquals(loaded.right.value.record, record);
    }),
);

Deno.test("loadRun() says what is wrong with a run", files, () =>
  inFolder(async (folder) => {
    assertEquals(await loadRun(folder, { step: 0 })(), { _tag: "Right", right: { _tag: "None" } });
    const record = await runRecord({ seed: 1 });
    await saveRun(folder, record, { step: 1 })();
    const other = await loadRun(folder, { epoch: 0 })();
    assert(other._tag === "Left");
    assertStringIncludes(other.left.message, "epoch");
    for (
      const changed of [{ seed: "1" }, { settings: null }, { versions: { deno: 2 } }, { data: null }, { seed: 1e400 }]
    ) {
      const wrong = { ...record, ...changed } as never;
      assertThrows(() => saveRun(folder, wrong, { step: 1 }), TypeError, "its seed must be a finite number");
      assertThrows(() => differences(record, wrong), TypeError, "its seed must be a finite number");
      await saveTree(`${folder}/checkpoint.safetensors`, { run: JSON.stringify(wrong), state: { step: 1 } })();
      const broken = await loadRun(folder, { step: 0 })();
      assert(broken._tag === "Left");
      assertStringIncludes(broken.left.message, "its record must be JSON with seed, settings, data,");
    }
    const bytes = await Deno.readFile(`${folder}/checkpoint.safetensors`);
    await Deno.writeFile(`${folder}/checkpoint.safetensors`, bytes.subarray(0, bytes.length - 9));
    assertEquals((await loadRun(folder, { step: 0 })())._tag, "Left");
    const nowhere = await saveRun(`${folder}/run.json/below`, record, { step: 1 })();
    assert(nowhere._tag === "Left");
    assertNotEquals(nowhere.left.message, "");
  }));

Deno.test("settings as deep as a record can have are saved and loaded", files, () =>
  inFolder(async (folder) => {
    const nested = (depth: number): ConfigValue => depth === 0 ? 1 : [nested(depth - 1)];
    const record = await runRecord({ seed: 1, settings: { deep: nested(100) } });
    assertEquals((await saveRun(folder, record, { step: 1 })())._tag, "Right");
    const loaded = await loadRun(folder, { step: 0 })();
    assert(loaded._tag === "Right" && loaded.right._tag === "Some");
    assertEquals(loaded.right.value.record, record);
    await assertRejects(() => runRecord({ seed: 1, settings: { deep: nested(101) } }), TypeError, "at most 100 deep");
  }));

Deno.test("settings that JSON does not hold are refused, since they would be lost in the file", async () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  for (
    const value of [NaN, Infinity, 1n, () => 1, Symbol("x"), tensor32([1]), new Date(0), new Map(), [1, { a: NaN }]]
  ) {
    const refused = () => runRecord({ seed: 1, settings: { rate: wrong(value) } });
    await assertRejects(refused, TypeError, 'Cannot record a run with the setting "rate"');
  }
  const itself: unknown[] = [];
  itself.push(itself);
  await assertRejects(() => runRecord({ seed: 1, settings: { rate: wrong(itself) } }), TypeError, "at most 100 deep");
  for (const settings of [null, 3, "a", [1], tensor32([1])]) {
    await assertRejects(() => runRecord({ seed: 1, settings: wrong(settings) }), TypeError, "they must be a record");
  }
  assertThrows(
    () => saveRun("no/folder", wrong(null), { a: 1 }),
    TypeError,
    "Cannot save the record of a run, null: it must",
  );
  for (const folder of ["", wrong(null), wrong(3)]) { // of "", the files would be those of the root
    assertThrows(() => saveRun(folder, wrong({ seed: 1 }), { a: 1 }), TypeError, "it must be the path of a folder");
    assertThrows(() => loadRun(folder, { a: 1 }), TypeError, "it must be the path of a folder");
  }
  assertThrows(
    () => differences(wrong({}), wrong({})),
    TypeError,
    "Cannot compare the record of a run, a record of nothing:",
  );
});
