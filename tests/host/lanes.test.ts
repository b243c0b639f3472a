import { expect, test } from "bun:test";
import { createLanes } from "../../src/host/scheduling/lanes.ts";

test("so much of one owner runs at once, and so much of all; what waits takes turns by owner, also after a failure", async () => {
  const lanes = createLanes({ ofOwner: 2, together: 3 });
  const begun: string[] = [];
  const ends = new Map<string, (failed?: boolean) => void>();
  const start = (name: string) =>
    lanes
      .run(name.charAt(0), () => {
        begun.push(name);
        return new Promise<void>((resolve, reject) => {
          ends.set(name, (failed = false) => (failed ? reject(new Error(name)) : resolve()));
        });
      })
      .catch(() => undefined);
  const all = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"].map(start);
  expect(begun).toEqual(["a1", "a2", "b1"]);
  const end = async (name: string, failed?: boolean) => {
    ends.get(name)?.(failed);
    await Bun.sleep(0);
    return begun.splice(0);
  };
  begun.length = 0;
  // The first in the queue is a, and has one running.
  expect(await end("a1", true)).toEqual(["a3"]);
  expect(await end("b1")).toEqual(["b2"]);
  expect(await end("b2")).toEqual(["c1"]);
  expect(await end("c1")).toEqual([]);
  expect(await end("a2")).toEqual(["a4"]);
  await end("a3");
  await end("a4");
  await Promise.all(all);
  // Nothing is left over: all slots are free.
  for (const name of ["d1", "d2", "e1"]) void start(name);
  expect(begun).toEqual(["d1", "d2", "e1"]);
  for (const name of ["d1", "d2", "e1"]) ends.get(name)?.();
});
