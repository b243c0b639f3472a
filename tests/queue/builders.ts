import type { Claim, NewJob, ReportFile } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";

/** A job as a client might request it. */
export function newJob(changes: Partial<NewJob> = {}): NewJob {
  return {
    client: "make.com",
    priority: 5,
    suburb: "Manly",
    state: "NSW",
    postcode: "2095",
    request: '{"suburb":"Manly","state":"NSW"}',
    dataSet: null,
    idempotency: null,
    ...changes,
  };
}

/** The data set stored for a job, as text. */
export async function dataSetOf(queue: Queue, id: string): Promise<string | null> {
  const bytes = await queue.dataSet(id);
  return bytes && new TextDecoder().decode(bytes);
}

export function aReport(id: string): ReportFile {
  return { path: `reports/${id}.pdf`, sha256: "ab".repeat(32), bytes: 1_000, pages: 12 };
}

export const EVERYTHING = { gathering: 1_000, rendering: 1_000, delivering: 1_000, isolated: 1_000 } as const;

/** Posts one job and returns its id. */
export async function post(queue: Queue, changes: Partial<NewJob> = {}): Promise<string> {
  return the(await queue.submit([newJob(changes)])).job.id;
}

/** Posts as many as there are clients, in that order. */
export async function postFor(queue: Queue, ...clients: readonly string[]): Promise<readonly string[]> {
  return (await queue.submit(clients.map((client) => newJob({ client })))).map(({ job }) => job.id);
}

/** Claims one job, whichever is next. */
export async function claimOne(queue: Queue): Promise<Claim> {
  for (const lane of ["isolated", "delivering", "rendering", "gathering"] as const) {
    const [claim] = await queue.claim({ [lane]: 1 });
    if (claim) return claim;
  }
  throw new Error("no job was there to be claimed");
}

/** Claims one job that is rendered from here on. */
export async function renderOne(queue: Queue): Promise<Claim> {
  const claim = await claimOne(queue);
  if (!(await queue.rendering(claim))) throw new Error("the render may not begin");
  return claim;
}

/** Takes a claim through all that is left of it. */
export async function finish(queue: Queue, claim: Claim): Promise<boolean> {
  const { id, stage } = claim.job;
  if (stage === "gathering") await queue.gathered(claim, "{}");
  if (stage !== "delivering") await queue.rendered(claim, aReport(id));
  return queue.complete(claim, { to: `/delivered/${id}.pdf`, url: null });
}

/** The only one of a list. */
export function the<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`there are ${items.length}, not one`);
  return item;
}

/** A clock that stands still until it is moved. */
export function stoppedClock(start = "2026-07-01T09:00:00.000Z") {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance(ms: number) {
      time += ms;
    },
  };
}
