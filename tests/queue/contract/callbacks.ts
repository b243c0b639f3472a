import { describe, expect, test } from "bun:test";
import type { Callback, CallbackAttempt } from "../../../src/queue/callback.ts";
import { claimOne, finish, post, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const URL_OF_HOOK = "https://hooks.example.com:8443/reports?scenario=1";

/** Who is notified of a job's end, and that no callback is lost. */
export function describeCallbacks(world: World): void {
  const postFor = (callbackUrl: string) => post(world.queue, { callbackUrl });
  const due = () => world.queue.callbacks.due(10);
  const failOne = async () =>
    world.queue.fail(await claimOne(world.queue), { code: "no_data", message: "no data" }, null);
  const anAttempt = (changes: Partial<CallbackAttempt> = {}): CallbackAttempt => ({
    startedAt: world.clock.now().toISOString(),
    durationMs: 12,
    httpStatus: 200,
    response: "ok",
    error: null,
    ...changes,
  });

  describe("callbacks", () => {
    test("a job that completes, fails or is cancelled is reported as it was in that moment", async () => {
      const request = '{"suburb":"Manly","state":"NSW","metadata":{"deal":[7,null]}}';
      const ended: Callback["job"][] = [];
      const end = async (finished: (id: string) => Promise<unknown>) => {
        const id = await post(world.queue, { callbackUrl: URL_OF_HOOK, request });
        await finished(id);
        const job = await world.queue.get(id);
        if (job) ended.push({ ...job, request: '{"metadata":{"deal":[7,null]}}' });
      };
      await end(async () => finish(world.queue, await claimOne(world.queue)));
      await end(failOne);
      await end((id) => world.queue.cancel(id));
      await end(async (id) => {
        const claim = await claimOne(world.queue);
        await world.queue.cancel(id);
        await world.queue.cancelled(claim);
      });
      const callbacks = await due();
      expect(callbacks.map(({ job }) => job).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(ended);
      expect(ended.map(({ status }) => status)).toEqual(["completed", "failed", "cancelled", "cancelled"]);
      expect(callbacks[0]).toMatchObject({
        url: URL_OF_HOOK,
        host: "hooks.example.com:8443",
        status: "pending",
        attempts: 0,
        createdAt: "2026-07-01T09:00:00.000Z",
        nextAttemptAt: "2026-07-01T09:00:00.000Z",
      });
    });

    test("the ids are made of the job and its end, so that one that is done again has the same", async () => {
      const id = await post(world.queue, { callbackUrl: URL_OF_HOOK });
      await failOne();
      await world.queue.retry(id);
      await failOne();
      await world.queue.retry(id);
      await finish(world.queue, await claimOne(world.queue));
      const name = `msg_${id.replaceAll("-", "")}`;
      expect((await world.queue.callbacks.of(id)).map((callback) => callback.id)).toEqual([
        `${name}_failed_1`,
        `${name}_failed_2`,
        `${name}_completed_1`,
      ]);
    });

    test("a job without a receiver, one that runs and one that waits for its next attempt are not reported", async () => {
      await post(world.queue);
      await failOne();
      await postFor(URL_OF_HOOK);
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, MINUTE);
      expect(await due()).toEqual([]);
    });

    test("each end of a job that is retried is reported, under an id of its own", async () => {
      const id = await postFor(URL_OF_HOOK);
      await failOne();
      await world.queue.retry(id);
      await finish(world.queue, await claimOne(world.queue));
      const notified = await world.queue.callbacks.of(id);
      expect(notified.map(({ job }) => job.status)).toEqual(["failed", "completed"]);
      expect(new Set(notified.map((callback) => callback.id)).size).toBe(2);
    });

    test("it survives a kill, with its id, until an attempt is recorded", async () => {
      await postFor(URL_OF_HOOK);
      await failOne();
      const before = the(await due());
      await world.killAndReopen();
      expect(await due()).toEqual([before]);
      await world.queue.callbacks.recordAttempt(before.id, anAttempt(), "delivered");
      await world.killAndReopen();
      expect(await due()).toEqual([]);
    });

    test("the end of a job that only a kill ended is reported too", async () => {
      const id = await postFor(URL_OF_HOOK);
      await claimOne(world.queue);
      await world.queue.cancel(id);
      await world.killAndReopen();
      expect(the(await due()).job).toMatchObject({ id, status: "cancelled" });
    });

    test("one to be sent again is due at the time it was given, and every response is stored", async () => {
      const id = await postFor(URL_OF_HOOK);
      await failOne();
      const callback = the(await due());
      const againAt = new Date(world.clock.now().getTime() + MINUTE);
      const first = anAttempt({ httpStatus: 503, response: "busy", error: "the receiver responded with 503" });
      await world.queue.callbacks.recordAttempt(callback.id, first, { againAt });
      expect(await due()).toEqual([]);
      expect(await world.queue.callbacks.nextDue()).toBe(againAt.toISOString());
      world.clock.advance(MINUTE);
      expect(the(await due())).toMatchObject({ id: callback.id, attempts: 1 });
      expect(await world.queue.callbacks.nextDue()).toBeNull();
      const second = anAttempt({ httpStatus: null, response: null, error: "it cannot be reached" });
      await world.queue.callbacks.recordAttempt(callback.id, second, "failed");
      expect(await due()).toEqual([]);
      expect(the(await world.queue.callbacks.of(id))).toMatchObject({
        status: "failed",
        attempts: 2,
        nextAttemptAt: null,
        endedAt: "2026-07-01T09:01:00.000Z",
        attemptLog: [first, second],
      });
    });

    test("the latest is made due again, whatever became of it, under its id", async () => {
      const id = await postFor(URL_OF_HOOK);
      expect(await world.queue.callbacks.resend(id)).toBeNull();
      await failOne();
      const callback = the(await due());
      await world.queue.callbacks.recordAttempt(callback.id, anAttempt(), "delivered");
      world.clock.advance(MINUTE);
      const since = world.clock.now().toISOString();
      expect(await world.queue.callbacks.resend(id)).toMatchObject({ id: callback.id, status: "pending", since });
      expect(the(await due())).toMatchObject({ id: callback.id, attempts: 1, endedAt: null });
      expect(await world.queue.callbacks.resend("no-such-job")).toBeNull();
    });

    test("an address with thousands due hides no other, also of its host, and every address has its turn", async () => {
      const dead = "https://hook.eu1.make.com/dead";
      for (let at = 0; at < 30; at++) await postFor(dead);
      for (let at = 0; at < 150; at++) await postFor(`https://hook.eu1.make.com/${at}`);
      for (let at = 0; at < 180; at++) await failOne();
      const seen = new Set<string>();
      for (let look = 0; look < 4; look++) {
        const callbacks = await world.queue.callbacks.due(2);
        expect(callbacks.filter(({ url }) => url === dead).length).toBeLessThanOrEqual(2);
        for (const { url } of callbacks) seen.add(url);
      }
      expect(seen.size).toBe(151);
    });

    test.each([3, 200])("paused addresses get nothing, others on their host do (%d due)", async (due) => {
      for (let at = 0; at < due; at++) await postFor(URL_OF_HOOK);
      await postFor("https://hooks.example.com:8443/reports?scenario=2");
      for (let at = 0; at <= due; at++) await failOne();
      const others = await world.queue.callbacks.due(2, [URL_OF_HOOK]);
      expect(others.map(({ url }) => url)).toEqual(["https://hooks.example.com:8443/reports?scenario=2"]);
      const again = await world.queue.callbacks.due(2);
      expect(again.filter(({ url }) => url === URL_OF_HOOK)).toHaveLength(2);
    });

    test("what is pending and fails is counted by host, those that fail first", async () => {
      expect(await world.queue.callbacks.hosts()).toEqual([]);
      for (const path of ["a", "b"]) {
        await postFor(`https://down.example.com/${path}`);
        await failOne();
      }
      await postFor("https://up.example.com/c");
      await failOne();
      const [first] = (await due()).filter(({ host }) => host === "down.example.com");
      world.clock.advance(MINUTE);
      const againAt = new Date(world.clock.now().getTime() + MINUTE);
      const attempt = anAttempt({ httpStatus: 503, error: "the receiver responded with 503" });
      await world.queue.callbacks.recordAttempt(first?.id ?? "", attempt, { againAt });
      const since = "2026-07-01T09:00:00.000Z";
      expect(await world.queue.callbacks.hosts()).toEqual([
        {
          host: "down.example.com",
          pending: 2,
          failing: 1,
          failingSince: since,
          error: "the receiver responded with 503",
        },
        { host: "up.example.com", pending: 1, failing: 0, failingSince: null, error: null },
      ]);
      expect(await world.queue.callbacks.failing("down.example.com")).toEqual([first?.jobId ?? ""]);
      expect(await world.queue.callbacks.failing("up.example.com")).toEqual([]);
      await world.queue.callbacks.resend(first?.jobId ?? "");
      expect(await world.queue.callbacks.failing("down.example.com")).toEqual([]);
    });

    test("it goes when its job is pruned", async () => {
      const id = await postFor(URL_OF_HOOK);
      await failOne();
      await world.queue.callbacks.recordAttempt(the(await due()).id, anAttempt(), "failed");
      world.clock.advance(MINUTE);
      expect((await world.queue.prune(world.clock.now())).removed).toBe(1);
      expect(await world.queue.callbacks.of(id)).toEqual([]);
    });
  });
}
