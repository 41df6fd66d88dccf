import { assert, assertEquals, assertThrows } from "@std/assert";
import fs from "node:fs";
import { append, replace } from "../../../../optim/watch/log/files.ts";
import { runLog } from "../../../../optim/watch/mod.ts";
import { files, inFolder } from "../../../programs.ts";

Deno.test("a log that goes on keeps its mode, which what is moved aside has too, and the links that lead to it", {
  ignore: files.ignore || Deno.build.os === "windows",
}, () =>
  inFolder((folder) => {
    const run = `${folder}/run`, disk = `${folder}/disk`, names = ["steps.csv", "steps.jsonl"];
    const write = runLog(run, { csv: true, jsonLines: true, events: false });
    const log = (steps: readonly number[], scalars: Readonly<Record<string, number>>) =>
      steps.reduce((log, step) => write(log, { step, scalars }), write.initial);
    log([0, 1, 2], { loss: 1 });
    Deno.mkdirSync(disk);
    for (const name of names) {
      Deno.renameSync(`${run}/${name}`, `${disk}/${name}`);
      Deno.chmodSync(`${disk}/${name}`, 0o600);
      Deno.symlinkSync(`../disk/${name}`, `${run}/${name}`);
    }
    log([1], { loss: 2, more: 3 }); // steps are moved aside, and the table gets a new column
    for (const name of names) {
      assert(Deno.lstatSync(`${run}/${name}`).isSymlink);
      for (const path of [`${disk}/${name}`, `${run}/${name}.aside`]) {
        assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600, path);
      }
      assertEquals(Deno.readTextFileSync(`${disk}/${name}`).match(/more/g)?.length, 1);
    }
    assertEquals([...Deno.readDirSync(disk)].length, 2);
    return Promise.resolve();
  }));

Deno.test("a log in a folder that a link leads to is replaced there: Deno may not see where the link leads", {
  ignore: files.ignore || Deno.build.os === "windows",
}, () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/disk`);
    Deno.symlinkSync("disk", `${folder}/run`);
    const written: string[] = [], path = `${folder}/run/steps.csv`;
    const openSync = (...args: Parameters<typeof fs.openSync>): number => {
      written.push(String(args[0]));
      return fs.openSync(...args);
    };
    const seen = { fs: { ...fs, openSync } as typeof fs, durable: true }; // it is called as node:fs is
    replace(seen, path, "old");
    replace(seen, path, "new");
    assertEquals(written, [`${path}.tmp`, `${path}.tmp`]);
    assertEquals(Deno.readTextFileSync(`${folder}/disk/steps.csv`), "new");
    return Promise.resolve();
  }));

Deno.test("each scalar has a column of its own, whatever its name", files, () =>
  inFolder((folder) => {
    const names = ["step", "seconds", "scalars/step", "scalars/scalars/step", "Step", 'a,"b"', "__proto__", "0", " "];
    const write = runLog(folder, { csv: true, events: false, now: () => 5 });
    const scalars = Object.fromEntries(names.map((name, k) => [name, k]));
    const log = write(write.initial, { step: 7, scalars });
    assertEquals(new Set(log.columns).size, names.length + 2);
    const [, row] = Deno.readTextFileSync(`${folder}/steps.csv`).split("\n");
    assertEquals(row!.split(",").map(Number).toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 5, 6, 7, 7, 8]);
    assertEquals(write(write.initial, { step: 8, scalars }).columns, log.columns); // as they are read from the file
    return Promise.resolve();
  }));

Deno.test(
  "a record for which the disk has no room leaves nothing of it, so that the next one is whole",
  files,
  () =>
    inFolder((folder) => {
      const path = `${folder}/log`;
      let room = 15;
      const writeSync = (file: number, bytes: Uint8Array, at: number, length: number): number => {
        const count = Math.min(length, room);
        if (count === 0) throw new Error("no space left on device");
        room -= count;
        return fs.writeSync(file, bytes, at, count);
      };
      const small = { fs: { ...fs, writeSync } as typeof fs, durable: true }; // it is called with bytes alone
      append(small, path, "0123456789\n");
      assertThrows(() => append(small, path, "abcdefghij\n"), Error, "no space left");
      assertThrows(() => append(small, path, "abcdefghij\n"), Error, "no space left");
      append({ fs, durable: false }, path, "next\n");
      assertEquals(Deno.readTextFileSync(path), "0123456789\nnext\n");
      return Promise.resolve();
    }),
);
