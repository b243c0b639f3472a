import { expect, test } from "bun:test";
import fc from "fast-check";
import { queueFull, shareOf, tooMany } from "../../src/queue/share.ts";

test("a client that is alone has the whole limit; with others a part is reserved for those who have less", () => {
  const single = (requested: number) => tooMany({ limit: 100, clients: 1, loads: [{ open: 90, requested }] });
  expect([single(10), single(11)]).toEqual([0, 1]);
  const besideOne = (requested: number) => tooMany({ limit: 100, clients: 2, loads: [{ open: 70, requested }] });
  expect([besideOne(5), besideOne(6)]).toEqual([0, 1]);
});

test("whatever the others do, a client within its share comes in, and the limit is respected", async () => {
  const posts = fc.array(fc.record({ client: fc.nat(7), count: fc.integer({ min: 1, max: 60 }), ends: fc.boolean() }), {
    minLength: 1,
    maxLength: 120,
  });
  fc.assert(
    fc.property(posts, fc.integer({ min: 8, max: 8 }), fc.integer({ min: 20, max: 400 }), (posts, clients, limit) => {
      const open = new Map<number, number>();
      const of = (client: number) => open.get(client) ?? 0;
      for (const { client, count, ends } of posts) {
        if (ends) {
          open.set(client, Math.max(0, of(client) - count));
          continue;
        }
        const others = [...open].filter(([other, jobs]) => other !== client && jobs > 0);
        const loads = [
          ...others.map(([, jobs]) => ({ open: jobs, requested: 0 })),
          { open: of(client), requested: count },
        ];
        const past = tooMany({ limit, clients, loads });
        if (of(client) + count <= shareOf(limit, clients)) expect(past).toBe(0);
        if (past === 0) open.set(client, of(client) + count);
        const all = [...open.values()].reduce((sum, jobs) => sum + jobs, 0);
        expect(all).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test("the refusal says how many are open and are the client's own, and what can come in at all", () => {
  const refuse = (requested: number) =>
    queueFull({
      limit: 100,
      clients: 2,
      loads: [
        { open: 70, requested },
        { open: 5, requested: 0 },
      ],
      open: 75,
      past: 3,
      msUntilEnded: (jobs) => jobs * 1_000,
    });
  expect(refuse(10)).toMatchObject({ code: "queue_full", transient: true, options: { retryAfterMs: 3_000 } });
  expect(refuse(10).message).toBe(
    "75 jobs are open, 70 of them yours; a part of the limit of 100 is reserved for clients with fewer than 25: try again later",
  );
  expect(refuse(80).message).toEndWith("send at most 75 at once");
});
