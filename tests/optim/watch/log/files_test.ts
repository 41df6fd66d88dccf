import { assert, assertEquals } from "@std/assert";
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
