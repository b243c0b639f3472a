import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { type CallbackSender, createCallbackSender } from "../../../src/delivery/callbacks/sender.ts";
import { Failure } from "../../../src/failure.ts";
import { createOutbound } from "../../../src/outbound/outbound.ts";
import type { Queue } from "../../../src/queue/queue.ts";
import { ok, startReceiver } from "../../fakes/receiver.ts";
import { claimOne, post, stoppedClock, the } from "../../queue/builders.ts";
import { sqliteStorage } from "../../queue/sqlite-storage.ts";
import { until } from "../../until.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("callbacks", () => {
  let storage: Awaited<ReturnType<typeof sqliteStorage>>;
  let clock: ReturnType<typeof stoppedClock>;
  let queue: Queue;
  let sender: CallbackSender;
  let problems: Failure[];

  const open = async () => {
    queue = await storage.open({ queueLimit: 1_000, now: clock.now });
    sender = senderOver(queue);
  };
  const senderOver = (over: Pick<Queue, "callbacks">) =>
    createCallbackSender({
      callbacks: over.callbacks,
      outbound: createOutbound({ allowHosts: ["127.0.0.1"], allowHttp: false }),
      secret: SECRET,
      describe: ({ id, status }) => JSON.stringify({ job_id: id, status }),
      onAttempt: () => {},
      onProblem: (failure) => problems.push(failure),
      timeoutMs: 1_500,
      now: clock.now,
      random: () => 1,
    });

  beforeEach(async () => {
    // A receiver refuses what was signed long ago.
    clock = stoppedClock(new Date().toISOString());
    storage = await sqliteStorage();
    problems = [];
    await open();
  });
  afterEach(async () => {
    await sender.stop();
    await queue.close();
    await storage.remove();
    expect(problems).toEqual([]);
  });

  async function failedJob(callbackUrl: string): Promise<string> {
    const id = await post(queue, { callbackUrl });
    await queue.fail(await claimOne(queue), { code: "no_data", message: "no data" }, null);
    return id;
  }
  const callbackOf = async (jobId: string) => the(await queue.callbacks.of(jobId));
  /** Continues from attempt to attempt, for so long. */
  async function proceed(jobId: string, forMs: number): Promise<void> {
    const end = clock.now().getTime() + forMs;
    for (;;) {
      await sender.sendDue();
      const { nextAttemptAt } = await callbackOf(jobId);
      if (nextAttemptAt === null || Date.parse(nextAttemptAt) > end) return;
      clock.advance(Date.parse(nextAttemptAt) - clock.now().getTime());
    }
  }

  test("a job's end is reported once, signed so that the receiver can check it, and the response is stored", async () => {
    await using receiver = startReceiver(ok);
    const id = await failedJob(receiver.url);
    await sender.sendDue();
    await sender.sendDue();
    const { body, ...sent } = the(receiver.received);
    const headers = {
      "webhook-id": sent.id,
      "webhook-timestamp": sent.timestamp,
      "webhook-signature": sent.signature,
    };
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({ job_id: id, status: "failed" });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
    expect(await callbackOf(id)).toMatchObject({
      id: sent.id,
      status: "delivered",
      attempts: 1,
      attemptLog: [{ httpStatus: 200, response: "thank you", error: null }],
    });
  });

  test("what is not taken is attempted for 24 hours, less and less often, under one id, and never fails the job", async () => {
    await using receiver = startReceiver(() => new Response("down", { status: 500 }));
    const id = await failedJob(receiver.url);
    const began = clock.now().getTime();
    await proceed(id, 48 * HOUR);
    const callback = await callbackOf(id);
    expect(callback).toMatchObject({ status: "failed", nextAttemptAt: null, attempts: receiver.received.length });
    expect(new Set(receiver.received.map((each) => each.id))).toEqual(new Set([callback.id]));
    const times = callback.attemptLog.map(({ startedAt }) => Date.parse(startedAt) - began);
    expect(times.slice(0, 5)).toEqual([0, 5_000, 15_000, 45_000, 135_000]);
    expect(times.at(-1)).toBe(24 * HOUR);
    expect(times.length).toBeWithin(10, 25);
    expect(new Set(receiver.received.map(({ timestamp }) => timestamp)).size).toBe(times.length);
    expect(callback.attemptLog[0]).toMatchObject({
      httpStatus: 500,
      response: "down",
      error: "the receiver responded with 500",
    });
    expect((await queue.get(id))?.error?.code).toBe("no_data");
  });

  test("a receiver that comes back gets it at the next attempt", async () => {
    await using receiver = startReceiver((nth) => (nth < 3 ? new Response(null, { status: 503 }) : ok()));
    const id = await failedJob(receiver.url);
    await proceed(id, HOUR);
    expect(await callbackOf(id)).toMatchObject({ status: "delivered", attempts: 4 });
  });

  test("a receiver that responds 410 is not called again", async () => {
    await using receiver = startReceiver(() => new Response(null, { status: 410 }));
    const id = await failedJob(receiver.url);
    await proceed(id, 48 * HOUR);
    expect(receiver.received).toHaveLength(1);
    expect(await callbackOf(id)).toMatchObject({ status: "failed", attempts: 1 });
  });

  test("Retry-After leaves its address alone, and no other on the host", async () => {
    await using receiver = startReceiver((nth) =>
      nth === 0 ? new Response(null, { status: 429, headers: { "Retry-After": "240" } }) : ok(),
    );
    const id = await failedJob(receiver.url);
    await sender.sendDue();
    await failedJob(receiver.url);
    const other = await failedJob(`http://${receiver.host}/another`);
    expect(sender.pausedUntil(receiver.url)?.getTime()).toBe(clock.now().getTime() + 4 * MINUTE);
    expect(sender.pausedUntil(`http://${receiver.host}/another`)).toBeNull();
    clock.advance(4 * MINUTE - 1_000);
    await sender.sendDue();
    expect(receiver.received).toHaveLength(2);
    expect((await callbackOf(other)).status).toBe("delivered");
    expect(Date.parse((await callbackOf(id)).nextAttemptAt ?? "") - clock.now().getTime()).toBe(1_000);
    clock.advance(1_000);
    await sender.sendDue();
    expect(receiver.received).toHaveLength(4);
  });

  test.each(["3600", "31536000", "1782896460000", "Fri, 31 Dec 9999 23:59:59 GMT", "9".repeat(40)])(
    "a Retry-After of %s ends in a probe after five minutes, and with its success in the others",
    async (retryAfter) => {
      let well = false;
      await using receiver = startReceiver(() =>
        well ? ok() : new Response(null, { status: 503, headers: { "Retry-After": retryAfter } }),
      );
      const ids = [await failedJob(receiver.url)];
      await sender.sendDue();
      for (let more = 0; more < 3; more += 1) ids.push(await failedJob(receiver.url));
      clock.advance(5 * MINUTE - 1_000);
      await sender.sendDue();
      expect(receiver.received).toHaveLength(1);
      clock.advance(1_000);
      await sender.sendDue();
      expect(receiver.received).toHaveLength(2);
      well = true;
      clock.advance(5 * MINUTE);
      await sender.sendDue();
      // The two that were sent for nothing have their own time.
      for (const id of ids) await proceed(id, HOUR);
      for (const id of ids) expect((await callbackOf(id)).status).toBe("delivered");
    },
  );

  test("a clock that is set back makes no pause longer", async () => {
    await using receiver = startReceiver((nth) =>
      nth === 0 ? new Response(null, { status: 503, headers: { "Retry-After": "240" } }) : ok(),
    );
    await failedJob(receiver.url);
    await sender.sendDue();
    clock.advance(-24 * HOUR);
    const id = await failedJob(receiver.url);
    await sender.sendDue();
    expect((await callbackOf(id)).status).toBe("delivered");
  });

  test("one that is resent manually goes at once, in spite of its address's pause", async () => {
    await using receiver = startReceiver((nth) =>
      nth === 0 ? new Response(null, { status: 429, headers: { "Retry-After": "3600" } }) : ok(),
    );
    const first = await failedJob(receiver.url);
    await sender.sendDue();
    const second = await failedJob(receiver.url);
    await sender.sendDue();
    expect(receiver.received).toHaveLength(1);
    // In the shell, as in docs/database.md.
    const db = new Database(storage.path());
    db.run("UPDATE callbacks SET status = 'pending', next_attempt_at = '' WHERE job_id = ?", [first]);
    db.close();
    await sender.sendDue();
    expect(await callbackOf(first)).toMatchObject({ status: "delivered", attempts: 2 });
    sender.wake((await callbackOf(second)).url);
    await sender.sendDue();
    expect((await callbackOf(second)).status).toBe("delivered");
  });

  test.each([
    ["a private address", "https://10.0.0.1/", /not a public address/],
    ["plain http", "http://192.0.2.1/", /not a public address/],
    ["a name that leads inside", "https://localhost:1/", /name of this machine/],
  ])("%s is not connected to, however it came into the database", async (_, url, reason) => {
    const id = await failedJob(url);
    await sender.sendDue();
    expect(await callbackOf(id)).toMatchObject({ status: "pending", attempts: 1 });
    expect((await callbackOf(id)).attemptLog[0]?.error).toMatch(reason);
  });

  test("a redirect is not followed, and the operator is notified", async () => {
    await using target = startReceiver(ok);
    await using receiver = startReceiver(() => Response.redirect(target.url, 307));
    const id = await failedJob(receiver.url);
    await sender.sendDue();
    expect(target.received).toEqual([]);
    expect((await callbackOf(id)).attemptLog[0]?.error).toContain("redirects are not followed");
  });

  test("a response that stalls or breaks off is a failed attempt; a long or slow body after a 200 is not", async () => {
    await using stalling = startReceiver(() => new Promise<Response>(() => {}));
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(9_000).fill(97)) });
    await using huge = startReceiver(() => new Response(endless));
    const slow = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array([111, 107])) });
    await using trickling = startReceiver(() => new Response(slow));
    using resetting = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.terminate() },
    });
    const [stalled, long, slowly, reset] = [
      await failedJob(stalling.url),
      await failedJob(huge.url),
      await failedJob(trickling.url),
      await failedJob(`http://127.0.0.1:${resetting.port}/`),
    ];
    await sender.sendDue();
    expect((await callbackOf(stalled)).attemptLog[0]).toMatchObject({
      httpStatus: null,
      error: expect.stringContaining("did not respond"),
    });
    expect((await callbackOf(reset)).attemptLog[0]).toMatchObject({
      httpStatus: null,
      error: expect.stringContaining("closed the connection"),
    });
    expect((await callbackOf(slowly)).status).toBe("delivered");
    const { status, attemptLog } = await callbackOf(long);
    expect(status).toBe("delivered");
    expect(attemptLog[0]?.response).toHaveLength(2_000);
  });

  test("dead receivers delay no other on their host, and no address is sent more than two at once", async () => {
    const release = Promise.withResolvers<void>();
    await using host = startReceiver((_, { path }) =>
      path.startsWith("/dead") ? release.promise.then(ok) : Bun.sleep(2).then(ok),
    );
    const alive = () => host.received.filter(({ path }) => path === "/alive");
    for (let at = 0; at < 40; at++) await failedJob(`http://${host.host}/dead`);
    for (let at = 0; at < 40; at++) await failedJob(`http://${host.host}/dead-${at}`);
    for (let at = 0; at < 40; at++) await failedJob(`http://${host.host}/alive`);
    await failedJob(`http://${host.host}/alive`);
    sender.start();
    // Without a fair share the eighty dead ones, which are older, would have all slots for their timeouts.
    await until(() => alive().length === 41);
    expect(host.most.get("/alive")).toBe(2);
    release.resolve();
  });

  test("a kill between the receiver's response and its record sends it a second time, under the same id", async () => {
    await using receiver = startReceiver(ok);
    await failedJob(receiver.url);
    const deaf = { ...queue.callbacks, recordAttempt: () => new Promise<never>(() => {}) };
    const dying = senderOver({ callbacks: deaf });
    dying.start();
    await until(() => receiver.received.length !== 0);
    await storage.kill(queue);
    await open();
    await sender.sendDue();
    await sender.sendDue();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]?.id).toBe(receiver.received[1]?.id ?? "");
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body ?? "");
  });

  test("an attempt that cannot be recorded is made again later, not at once", async () => {
    await using receiver = startReceiver(ok);
    const id = await failedJob(receiver.url);
    let full = true;
    const { callbacks } = queue;
    const fragile = senderOver({
      callbacks: {
        ...callbacks,
        recordAttempt: (...args) =>
          full
            ? Promise.reject(new Failure("disk_full", "full", { transient: true }))
            : callbacks.recordAttempt(...args),
      },
    });
    await fragile.sendDue();
    await fragile.sendDue();
    expect(receiver.received).toHaveLength(1);
    expect(problems.splice(0)).toMatchObject([{ code: "disk_full" }]);
    full = false;
    clock.advance(MINUTE);
    await fragile.sendDue();
    expect(receiver.received).toHaveLength(2);
    expect((await callbackOf(id)).status).toBe("delivered");
  });

  test("a started sender is woken by the end of a job and by the clock", async () => {
    await using receiver = startReceiver((nth) => (nth === 0 ? new Response(null, { status: 500 }) : ok()));
    sender.start();
    const id = await failedJob(receiver.url);
    sender.wake();
    await until(async () => (await callbackOf(id)).attempts !== 0);
    clock.advance(5_000);
    sender.wake();
    await until(async () => (await callbackOf(id)).status === "delivered");
    expect(receiver.received).toHaveLength(2);
  });

  test("one that was given up is sent again when it is requested, for another 24 hours", async () => {
    let status = 410;
    await using receiver = startReceiver(() => new Response(null, { status }));
    const id = await failedJob(receiver.url);
    await sender.sendDue();
    clock.advance(100 * HOUR);
    await queue.callbacks.resend(id);
    status = 500;
    await sender.sendDue();
    expect(await callbackOf(id)).toMatchObject({ status: "pending", attempts: 2 });
    status = 204;
    await proceed(id, HOUR);
    expect(await callbackOf(id)).toMatchObject({ status: "delivered", attempts: 3 });
    expect(new Set(receiver.received.map((each) => each.id)).size).toBe(1);
  });
});
