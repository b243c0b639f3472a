import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import type { PlannedDocument } from "../../src/pipeline/stage.ts";
import type { AllDelivered } from "../../src/queue/job.ts";
import { post, the } from "../queue/builders.ts";
import { never, newPipelineWorld } from "./pipeline-world.ts";
import { fakeStages } from "./stages.ts";

const PLAN: readonly PlannedDocument[] = [
  { kind: "commission", main: false, madeOf: "data", share: [0.45, 0.6] },
  { kind: "agents", main: true, madeOf: "data", share: [0.6, 0.84] },
  { kind: "complete", main: false, madeOf: "documents", share: [0.84, 0.85] },
];

const files = (id: string, kind: string) => ({
  ...{ kind, path: `reports/${id}-${kind}.pdf`, filename: `${kind}.pdf`, facts: null, bytes: 500, pages: 2 },
  sha256: new Bun.CryptoHasher("sha256").update(id + kind).digest("hex"),
});

describe("a job of several documents", () => {
  const world = newPipelineWorld();

  test("each is made once, the complete one of the others' files, and all are delivered together", async () => {
    const made: [string, readonly string[], number][] = [];
    const delivered: string[] = [];
    const { stages } = fakeStages({
      plan: () => PLAN,
      async render({ job }, { kind, documents, dataSet }) {
        made.push([kind, documents.map((each) => each.kind).toSorted(), dataSet.length]);
        return files(job.id, kind);
      },
      async deliver({ job }, documents): Promise<AllDelivered> {
        delivered.push(...documents.map(({ kind }) => kind));
        const arrived = documents.map(({ kind }) => [kind, { to: `/out/${job.id}-${kind}.pdf`, url: null }] as const);
        return { to: `/out/${job.id}-agents.pdf`, url: null, documents: Object.fromEntries(arrived) };
      },
    });
    world.start(stages);
    const id = await post(world.queue, { dataSet: "{}" });
    await world.until("completed", id);
    expect(made).toEqual([
      ["commission", [], 2],
      ["agents", ["commission"], 2],
      ["complete", ["agents", "commission"], 0],
    ]);
    // Where the first goes is where the job's report is.
    expect(delivered).toEqual(["agents", "commission", "complete"]);
    const job = await world.queue.get(id);
    expect(job?.report).toMatchObject({ path: `reports/${id}-agents.pdf` });
    expect(job?.documents.map(({ kind, delivered: there }) => [kind, there?.to])).toEqual(
      ["agents", "commission", "complete"].map((kind) => [kind, `/out/${id}-${kind}.pdf`]),
    );
  });

  test("a process that dies over the second one finds the first made, and makes it not again", async () => {
    const id = await post(world.queue, { dataSet: "{}" });
    const made: string[] = [];
    const second = Promise.withResolvers<void>();
    const { stages } = fakeStages({
      plan: () => PLAN,
      render({ job }, { kind }) {
        made.push(kind);
        if (kind !== "agents") return Promise.resolve(files(job.id, kind));
        second.resolve();
        return never();
      },
    });
    world.start(stages);
    await second.promise;
    await world.storage.kill(world.queue);
    await world.reopen();
    const after: string[] = [];
    const again = fakeStages({
      plan: () => PLAN,
      async render({ job }, { kind }) {
        after.push(kind);
        return files(job.id, kind);
      },
    });
    world.start(again.stages);
    await world.until("completed", id);
    expect([made, after]).toEqual([
      ["commission", "agents"],
      ["agents", "complete"],
    ]);
  });

  test.each([
    ["cannot be joined", new Failure("merge_failed", "front.pdf is no PDF")],
    ["brings its thread down", new Failure("render_crashed", "died", { transient: true, crashed: true })],
  ])("a complete document that %s is a warning, and the others are delivered", async (_, failure) => {
    const { stages } = fakeStages({
      plan: () => PLAN,
      render: async ({ job }, { kind }) => {
        if (kind === "complete") throw failure;
        return { ...files(job.id, kind), warnings: kind === "agents" ? ["12 sales excluded"] : [] };
      },
    });
    world.start(stages);
    const id = await post(world.queue, { dataSet: "{}", warnings: ["before"] });
    await world.until("completed", id);
    const job = await world.queue.get(id);
    expect(job?.documents.map(({ kind }) => kind)).toEqual(["agents", "commission"]);
    expect(job?.warnings).toEqual([
      "before",
      "12 sales excluded",
      `The document complete could not be rendered: ${failure.message}`,
    ]);
    expect(the(await world.queue.attempts(id)).outcome).toBe("completed");
  });

  test("one that waits for room on the disk is no warning: the job waits, and makes it", async () => {
    let full = true;
    const { stages } = fakeStages({
      plan: () => PLAN,
      render: async ({ job }, { kind }) => {
        if (kind === "complete" && full) {
          full = false;
          throw new Failure("disk_full", "no room", { transient: true, uncounted: true });
        }
        return files(job.id, kind);
      },
    });
    world.start(stages);
    const id = await post(world.queue, { dataSet: "{}" });
    await world.until("completed", id);
    expect((await world.queue.get(id))?.warnings).toEqual([]);
    expect((await world.queue.get(id))?.documents).toHaveLength(3);
  });

  test("of PDFs that are gone when they are to be delivered those alone are made again", async () => {
    const made: string[] = [];
    let gone = true;
    const { stages } = fakeStages({
      plan: () => PLAN,
      render: async ({ job }, { kind }) => {
        made.push(kind);
        return files(job.id, kind);
      },
      async deliver({ job }) {
        if (gone) {
          gone = false;
          throw new Failure("report_gone", "gone", { details: { kinds: ["commission"] } });
        }
        return { to: `/out/${job.id}.pdf`, url: null };
      },
    });
    world.start(stages);
    const id = await post(world.queue, { dataSet: "{}" });
    await world.until("completed", id);
    expect(made).toEqual(["commission", "agents", "complete", "commission"]);
  });
});
