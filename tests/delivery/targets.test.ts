import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Delivery } from "../../src/delivery/delivery.ts";
import { deliverToAll } from "../../src/delivery/targets.ts";
import { Failure } from "../../src/failure.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import type { Claim } from "../../src/queue/job.ts";
import { createPipeline } from "../../src/queue/pipeline.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, claimOne, post } from "../queue/builders.ts";
import { sqlitePlace } from "../queue/place.ts";
import { fakeStages } from "../queue/stages.ts";
import { until } from "../until.ts";

let place: Awaited<ReturnType<typeof sqlitePlace>>;
let queue: Queue;
beforeEach(async () => {
  place = await sqlitePlace();
  queue = await place.open({ queueLimit: 1_000, now: () => new Date() });
});
afterEach(async () => {
  await queue.close();
  await place.remove();
});

/** A target that fails as often as there are failures, and then takes everything. */
function target(name: string, failures: Failure[] = []) {
  const delivered: string[] = [];
  const delivery: Delivery = {
    target: name,
    pathFor: ({ id }) => `${id}.pdf`,
    async deliver(_job, _report, path) {
      const failure = failures.shift();
      if (failure) throw failure;
      delivered.push(path);
      return { to: `${name}:${path}`, url: name === "dropbox" ? "https://dropbox.example/x" : null };
    },
    breaker: createCircuitBreaker(),
    trouble: async () => null,
  };
  return { delivery, delivered };
}

const passing = () => new Failure("unreachable", "later", { transient: true });
const lasting = () => new Failure("delivery_path", "never");
const blocked = () =>
  new Failure("delivery_credentials", "dead", { transient: true, uncounted: true, retryAfterMs: 10 });

async function aClaim(): Promise<Claim> {
  const id = await post(queue, { dataSet: "{}" });
  const claim = await claimOne(queue);
  await queue.rendered(claim, aReport(id));
  return claim;
}

function deliver(claim: Claim, ...targets: readonly { readonly delivery: Delivery }[]) {
  const all = targets.map(({ delivery }) => delivery);
  return deliverToAll(queue, all, claim, aReport(claim.job.id), {
    signal: new AbortController().signal,
    progress: () => {},
  });
}

describe("several targets", () => {
  test("all get the report; the result names the first, and the first link", async () => {
    const [folder, dropbox] = [target("folder"), target("dropbox")];
    const claim = await aClaim();
    const path = `${claim.job.id}.pdf`;
    expect(await deliver(claim, folder, dropbox)).toEqual({ to: `folder:${path}`, url: "https://dropbox.example/x" });
    expect([folder.delivered, dropbox.delivered]).toEqual([[path], [path]]);
  });

  test("one that fails keeps the report from no other, and what is done is not done again", async () => {
    const [folder, dropbox, s3] = [target("folder"), target("dropbox", [passing(), passing()]), target("s3")];
    const claim = await aClaim();
    for (let time = 1; time <= 2; time += 1)
      await expect(deliver(claim, folder, dropbox, s3)).rejects.toMatchObject({ code: "unreachable" });
    await deliver(claim, folder, dropbox, s3);
    for (const { delivered } of [folder, dropbox, s3]) expect(delivered).toHaveLength(1);
  });

  test("a later try goes to the path that was written down, though the settings name another by now", async () => {
    let folder = "old";
    const dropbox = target("dropbox", [passing()]);
    const delivery: Delivery = { ...dropbox.delivery, pathFor: ({ id }) => `${folder}/${id}.pdf` };
    const claim = await aClaim();
    await expect(deliver(claim, { delivery })).rejects.toMatchObject({ code: "unreachable" });
    folder = "new";
    await deliver(claim, { delivery });
    expect(dropbox.delivered).toEqual([`old/${claim.job.id}.pdf`]);
  });

  test("the job fails for good only when nothing is left to try", async () => {
    const claim = await aClaim();
    const [bad, shut, slow] = [
      target("folder", [lasting(), lasting(), lasting()]),
      target("dropbox", [blocked(), blocked()]),
      target("s3", [passing()]),
    ];
    const codes: string[] = [];
    for (let time = 1; time <= 3; time += 1)
      await deliver(claim, bad, shut, slow).catch(({ code }) => codes.push(code));
    expect(codes).toEqual(["unreachable", "delivery_credentials", "delivery_path"]);
  });

  test("nothing is sent for a job that was cancelled", async () => {
    const folder = target("folder");
    const claim = await aClaim();
    await queue.cancel(claim.job.id);
    await expect(deliver(claim, folder)).rejects.toMatchObject({ code: "not_wanted" });
    expect(folder.delivered).toEqual([]);
  });
});

describe("while the credentials are dead", () => {
  test("jobs wait in the queue with all their tries, and go on by themselves", async () => {
    let dead = true;
    let tries = 0;
    const fake = fakeStages({
      async deliver({ job }) {
        tries += 1;
        if (dead) throw blocked();
        return { to: job.id, url: null };
      },
    });
    const pipeline = createPipeline({
      queue,
      stages: fake.stages,
      renderSlots: 2,
      gatherSlots: 2,
      deliverSlots: 2,
      jobTimeoutMs: 10_000,
      maxAttempts: 1,
      holdRender: () => null,
      deliveriesAtOnce: () => (dead && tries > 0 ? 0 : 2),
    });
    const ids = await Promise.all(Array.from({ length: 30 }, () => post(queue)));
    pipeline.start();
    const rendered = async () => (await queue.list({ limit: 200 })).jobs.filter(({ stage }) => stage === "delivering");
    await until(async () => (await rendered()).length >= 30 && (await queue.counts()).running === 0);
    expect(tries).toBeLessThanOrEqual(4);
    expect(await queue.counts()).toMatchObject({ failed: 0, completed: 0 });
    for (const { attempts } of await rendered()) expect(attempts).toBe(0);
    dead = false;
    await until(async () => (await queue.counts()).completed >= ids.length);
    await pipeline.stop(0);
  }, 20_000);
});
