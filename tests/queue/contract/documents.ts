import { describe, expect, test } from "bun:test";
import type { Claim, DocumentFile } from "../../../src/queue/job.ts";
import { claimOne, dataSetOf, newJob, post, the } from "../builders.ts";
import type { World } from "./world.ts";

const HOOK = "https://hooks.example.com/reports";

function aDocument(id: string, kind: string, changes: Partial<DocumentFile> = {}): DocumentFile {
  const sha256 = new Bun.CryptoHasher("sha256").update(`${id} ${kind}`).digest("hex");
  return {
    kind,
    path: `reports/${id}-${kind}.pdf`,
    filename: `${kind}.pdf`,
    sha256,
    bytes: 900,
    pages: 2,
    facts: null,
    ...changes,
  };
}

/** A job's documents: each is stored by itself, and a process that dies between two repeats neither. */
export function describeDocuments(world: World): void {
  describe("a job of several documents", () => {
    const claimed = async (changes = {}): Promise<[string, Claim]> => {
      const id = await post(world.queue, { dataSet: "{}", ...changes });
      return [id, await claimOne(world.queue)];
    };
    const kindsOf = async (id: string) => (await world.queue.get(id))?.documents.map(({ kind }) => kind);

    test("stores each as it is rendered, continues until the last, and shows the main one first", async () => {
      const [id, claim] = await claimed();
      const facts = { commission_rate: "1.80-1.98%", discount: "$1,250" };
      const commission = aDocument(id, "commission", { facts });
      expect(await world.queue.rendered(claim, commission, { main: false, more: true })).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({
        stage: "rendering",
        report: null,
        documents: [{ ...commission, delivered: null }],
      });
      const agents = aDocument(id, "agents");
      expect(await world.queue.rendered(claim, agents)).toBe(true);
      const { kind: _, filename: __, facts: ___, ...report } = agents;
      expect(await world.queue.get(id)).toMatchObject({
        stage: "delivering",
        report,
        documents: [
          { ...agents, delivered: null },
          { ...commission, delivered: null },
        ],
      });
      expect((await world.queue.list({ limit: 1 })).jobs[0]?.documents).toHaveLength(2);
      expect((await world.queue.find(id, { limit: 1 }))[0]?.documents).toHaveLength(2);
    });

    test("an arrival that the end of the job names is in the ledger with it, and with a stale claim in neither", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "agents"));
      await world.queue.delivering(claim, "folder", "a.pdf", "agents");
      const delivered = { to: "/out/a.pdf", url: "https://files.example.com/a.pdf" };
      const end = {
        ...delivered,
        documents: { agents: delivered },
        arrived: { ...delivered, kind: "agents", target: "folder" },
      };
      const stale = { ...claim, token: claim.token + 1 };
      expect(await world.queue.complete(stale, end)).toBe(false);
      expect(await world.queue.deliveries(id)).toMatchObject([
        { delivered: null, deliveredAt: null, inFlightSince: expect.any(String) },
      ]);
      expect(await world.queue.complete(claim, end)).toBe(true);
      expect(await world.queue.deliveries(id)).toMatchObject([
        {
          ...{ kind: "agents", target: "folder", path: "a.pdf", delivered },
          ...{ deliveredAt: expect.any(String), inFlightSince: null },
        },
      ]);
      expect(await world.queue.get(id)).toMatchObject({ status: "completed", documents: [{ delivered }] });
    });

    test("a process that is killed between two finds the first one rendered", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.killAndReopen();
      const again = await claimOne(world.queue);
      expect(again.job).toMatchObject({ id, stage: "rendering", documents: [{ kind: "commission" }] });
      expect(await dataSetOf(world.queue, id)).toBe("{}");
      expect(await world.queue.rendered(claim, aDocument(id, "agents"))).toBe(false);
      expect(await kindsOf(id)).toEqual(["commission"]);
    });

    test("each has a ledger of its own for each target", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agency"));
      for (const kind of ["agency", "commission"]) await world.queue.delivering(claim, "s3", `${kind}.pdf`, kind);
      await world.queue.delivered(claim, "s3", { to: "s3://b/agency.pdf", url: "https://b/agency.pdf" }, "agency");
      const entries = async () =>
        (await world.queue.deliveries(id))
          .map(({ kind, target, path, delivered, inFlightSince }) => ({ kind, target, path, delivered, inFlightSince }))
          .toSorted((a, b) => a.kind.localeCompare(b.kind));
      expect(await entries()).toEqual([
        {
          ...{ kind: "agency", target: "s3", path: "agency.pdf", inFlightSince: null },
          delivered: { to: "s3://b/agency.pdf", url: "https://b/agency.pdf" },
        },
        {
          ...{ kind: "commission", target: "s3", path: "commission.pdf", delivered: null },
          inFlightSince: "2026-07-01T09:00:00.000Z",
        },
      ]);
      expect(await world.queue.withdrawn(claim, "s3", "commission")).toBe(true);
      expect((await entries())[1]).toMatchObject({ kind: "commission", delivered: null, inFlightSince: null });
    });

    test("a cancel comes too late for all once one of them is at a target", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agents"));
      await world.queue.delivering(claim, "folder", "a.pdf", "agents");
      await world.queue.delivered(claim, "folder", { to: "/out/a.pdf", url: null }, "agents");
      await world.queue.cancel(id);
      expect(await world.queue.delivering(claim, "folder", "c.pdf", "commission")).toBe(true);
    });

    test("a cancelled job waits for uploads of any of them in flight", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agents"));
      await world.queue.delivering(claim, "folder", "c.pdf", "commission");
      await world.queue.release(claim, "delivery_busy");
      expect(await world.queue.cancel(id)).toMatchObject({ status: "queued", cancelRequested: true });
    });

    test("the end says where each is, in the API and in the callback", async () => {
      const [id, claim] = await claimed(newJob({ callbackUrl: HOOK, dataSet: "{}" }));
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agents"));
      const agents = { to: "/out/a.pdf", url: "https://x/a" };
      const commission = { to: "/out/c 1234.pdf", url: null };
      const documents = { agents, commission: { ...commission, filename: "c 1234.pdf" } };
      expect(await world.queue.complete(claim, { ...agents, documents })).toBe(true);
      const ended = {
        delivered: agents,
        documents: [
          { kind: "agents", filename: "agents.pdf", delivered: agents },
          { kind: "commission", filename: "c 1234.pdf", delivered: commission },
        ],
      };
      expect(await world.queue.get(id)).toMatchObject(ended);
      expect(the(await world.queue.callbacks.of(id)).job).toMatchObject(ended);
    });

    test("of those whose PDF is gone alone is rendered again", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agents"));
      expect(await world.queue.renderAgain(claim, ["commission"])).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "queued", stage: "rendering" });
      expect(await kindsOf(id)).toEqual(["agents"]);
    });

    test("a second rendering of one kind replaces the first", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "agents"), { more: true });
      await world.queue.rendered(claim, aDocument(id, "agents", { pages: 9 }));
      expect((await world.queue.get(id))?.documents).toMatchObject([{ kind: "agents", pages: 9 }]);
      expect((await world.queue.get(id))?.report?.pages).toBe(9);
    });

    test("all its PDFs are noted for removal when it is pruned", async () => {
      const [id, claim] = await claimed();
      await world.queue.rendered(claim, aDocument(id, "commission"), { main: false, more: true });
      await world.queue.rendered(claim, aDocument(id, "agents"));
      await world.queue.complete(claim, { to: "/out/a.pdf", url: null });
      world.clock.advance(60_000);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, retained: 0 });
      expect((await world.queue.removals(10)).toSorted()).toEqual([
        `reports/${id}-agents.pdf`,
        `reports/${id}-commission.pdf`,
      ]);
    });
  });
}
