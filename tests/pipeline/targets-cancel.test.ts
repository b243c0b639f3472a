import { describe, expect, test } from "bun:test";
import type { DeliveryTarget } from "../../src/delivery/delivery.ts";
import { Failure } from "../../src/failure.ts";
import { createTargetSlots } from "../../src/pipeline/target-slots.ts";
import { deliverToAll } from "../../src/pipeline/targets.ts";
import { type Claim, toDocumentFile } from "../../src/queue/job.ts";
import { aReport, claimOne } from "../queue/builders.ts";
import { until, within } from "../until.ts";
import { newTargetsWorld, target } from "./targets-world.ts";

const world = newTargetsWorld();
const { aClaim, deliver, deliverUnder } = world;

const passing = () => new Failure("unreachable", "later", { transient: true });
const blocked = () =>
  new Failure("delivery_credentials", "dead", { transient: true, uncounted: true, retryAfterMs: 10 });

describe("a cancel while a target takes the report", () => {
  /** A target that responds when the test lets it: with the file there, or without a response. */
  function slow(name: string, { arrivesWithinMs = 0 } = {}) {
    const { promise: sending, resolve: sent } = Promise.withResolvers<void>();
    const response = Promise.withResolvers<void>();
    const files = new Set<string>();
    const delivery: DeliveryTarget = {
      ...target(name).delivery,
      async deliver(_job, _report, path, _signal, signals) {
        signals?.inFlight(true);
        sent();
        await response.promise;
        signals?.inFlight(false);
        files.add(path);
        return { to: `${name}:${path}`, url: null };
      },
      find: async (_job, _report, path) => (files.has(path) ? { to: `${name}:${path}`, url: null } : null),
      arrivesWithinMs,
    };
    return { delivery, files, sending, response };
  }

  async function cancelled(claim: Claim, cancel: AbortController) {
    await world.queue.cancel(claim.job.id);
    cancel.abort(new Failure("cancelled", "the job was cancelled"));
  }

  test("is too late where it arrives: the other targets get it, too", async () => {
    const [s3, folder] = [slow("s3"), target("folder")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, folder);
    await s3.sending;
    await cancelled(claim, cancel);
    s3.response.resolve();
    expect(await ended).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
    expect(folder.delivered).toHaveLength(1);
  });

  test("where one target stops for it and another takes the report, the first one gets it, too", async () => {
    const [s3, other] = [slow("s3"), slow("dropbox")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, other);
    await Promise.all([s3.sending, other.sending]);
    await cancelled(claim, cancel);
    s3.response.reject(cancel.signal.reason);
    await until(async () =>
      (await world.queue.deliveries(claim.job.id)).some(({ inFlightSince }) => inFlightSince === null),
    );
    s3.delivery.deliver = target("s3").delivery.deliver;
    other.response.resolve();
    const path = `${claim.job.id}.pdf`;
    expect(await ended).toMatchObject({ to: `s3:${path}`, documents: { agents: { to: `s3:${path}` } } });
    expect((await world.queue.deliveries(claim.job.id)).map(({ delivered }) => delivered?.to).toSorted()).toEqual([
      `dropbox:${path}`,
      `s3:${path}`,
    ]);
  });

  test("ends it where all responses are lost and nothing arrives", async () => {
    const [s3, dropbox] = [slow("s3"), slow("dropbox")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, dropbox).catch(({ code }) => code);
    await Promise.all([s3.sending, dropbox.sending]);
    await cancelled(claim, cancel);
    for (const { response } of [s3, dropbox]) response.reject(passing());
    expect(await ended).toBe("cancelled");
    expect(await world.queue.cancelled(claim)).toBe(true);
    expect(await world.queue.get(claim.job.id)).toMatchObject({ status: "cancelled" });
  });

  test("is too late where it arrives after its response was lost", async () => {
    const s3 = slow("s3", { arrivesWithinMs: 30_000 });
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3);
    await s3.sending;
    await cancelled(claim, cancel);
    let looks = 0;
    const { find } = s3.delivery;
    s3.delivery.find = (...look) => {
      looks += 1;
      if (looks === 2) s3.files.add(`${claim.job.id}.pdf`);
      return find(...look);
    };
    s3.response.reject(passing());
    expect(await ended).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
  });

  test("is not reported where it cannot be checked, and the next attempt sees", async () => {
    const s3 = slow("s3");
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3).catch((failure: Failure) => failure);
    await s3.sending;
    await cancelled(claim, cancel);
    const { find } = s3.delivery;
    s3.delivery.find = () => Promise.reject(passing());
    s3.response.reject(passing());
    expect(await ended).toMatchObject({ code: "cancel_unsettled", options: { transient: true, uncounted: true } });
    await world.queue.fail(claim, { code: "cancel_unsettled", message: "x" }, 0);
    expect(await world.queue.get(claim.job.id)).toMatchObject({ status: "waiting", cancelRequested: true });
    const again = await claimOne(world.queue);
    s3.files.add(`${claim.job.id}.pdf`);
    s3.delivery.find = find;
    expect(await deliverUnder(cancel, again, s3)).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
  });

  test("what an earlier attempt sent stays in flight while the target cannot be checked", async () => {
    const s3 = slow("s3");
    const claim = await aClaim();
    s3.response.promise.catch(() => {});
    s3.response.reject(passing());
    await deliver(claim, s3).catch(() => {});
    s3.delivery.deliver = () => Promise.reject(blocked());
    await deliver(claim, s3).catch(() => {});
    expect(await world.queue.deliveries(claim.job.id)).toMatchObject([{ inFlightSince: expect.any(String) }]);
  });

  test("is settled in its time where the clock was set back since", async () => {
    const s3 = slow("s3", { arrivesWithinMs: 50 });
    const claim = await aClaim();
    s3.response.promise.catch(() => {});
    s3.response.reject(passing());
    await deliver(claim, s3).catch(() => {});
    const before = world.queue.deliveries;
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const ledger = {
      ...world.queue,
      deliveries: async (id: string) => (await before(id)).map((each) => ({ ...each, inFlightSince: ahead })),
    };
    const cancel = new AbortController();
    await cancelled(claim, cancel);
    const step = {
      ...{ signal: new AbortController().signal, cancel: cancel.signal, progress: () => {} },
      slots: createTargetSlots({ slots: 4 }),
    };
    const ended = deliverToAll(ledger, [s3.delivery], claim, [toDocumentFile(aReport(claim.job.id))], step).catch(
      ({ code }) => code,
    );
    expect(await within(ended, "the look after 50 ms", 20_000)).toBe("cancelled");
  });

  test("nothing is in flight once a target has refused it", async () => {
    const claim = await aClaim();
    await deliver(claim, target("s3", [blocked()])).catch(() => {});
    expect(await world.queue.deliveries(claim.job.id)).toMatchObject([{ inFlightSince: null }]);
  });
});
