import { expect, test } from "bun:test";
import { createShares } from "../../src/parsing/shares.ts";

const BODY = 5 * 1_024 * 1_024;

test("one client's bodies leave room for the others', and each of these for the next", () => {
  const shares = createShares();
  const most = (owner: string) => {
    let count = 0;
    while (count < 100 && shares.reserve(owner, BODY)) count += 1;
    return count;
  };
  const counts = ["a", "b", "c", "d", "e", "f"].map(most);
  expect(counts[0]).toBe(6);
  expect(counts.slice(1).every((count) => count >= 1)).toBe(true);
  expect(shares.reservedBytes).toBeLessThanOrEqual(96 * 1_024 * 1_024);
  for (const [index, owner] of ["a", "b", "c", "d", "e", "f"].entries())
    for (let n = 0; n < (counts[index] ?? 0); n += 1) shares.release(owner, BODY);
  expect(shares.reservedBytes).toBe(0);
  expect(most("z")).toBe(6);
});

test("clients have their bodies read one after the other, each its own in their order, also where one fails", async () => {
  const shares = createShares();
  const read: string[] = [];
  const work = (name: string) => async () => {
    read.push(name);
    await Bun.sleep(1);
    if (name === "a2") throw new Error("it is no JSON");
  };
  const names = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"];
  await Promise.allSettled(names.map((name) => shares.inOrder(name.charAt(0), work(name))));
  expect(read).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  await shares.inOrder("d", work("d1"));
  expect(read.at(-1)).toBe("d1");
});
