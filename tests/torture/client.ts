import type { JobStatus } from "../e2e/binary.ts";
import { catalogueJob, inlineJob } from "../e2e/jobs.ts";
import type { Random } from "./random.ts";
import type { TortureRecord, Wanted } from "./record.ts";

/** The jobs that may be open: the machine is to be killed, not drowned. */
const OUTSTANDING = 24;
/** Longer than any response takes; a stopped process gets no more calls. */
const RESPONSE_MS = 5_000;

export interface ClientDependencies {
  readonly random: Random;
  readonly record: TortureRecord;
  readonly key: string;
  /** Where the service is just now; null while it is down. */
  readonly url: () => string | null;
  readonly over: () => boolean;
}

/** Posts, repeats, cancels, retries and polls until it is over. What gets no response is unknown, and recorded as that. */
export async function runClient(dependencies: ClientDependencies): Promise<void> {
  const { random, url, over } = dependencies;
  while (!over()) {
    const base = url();
    if (base !== null) await act(dependencies, base);
    await Bun.sleep(random.between(5, base === null ? 20 : 60));
  }
}

function act(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const unsettled = record.wanted.filter(({ notified }) => notified === null || notified === "processing").length;
  const dice = random.next();
  if (dice < 0.35) return unsettled < OUTSTANDING ? postNew(dependencies, base) : poll(dependencies, base);
  if (dice < 0.4) return unsettled < OUTSTANDING ? postBatch(dependencies, base) : poll(dependencies, base);
  if (dice < 0.52) return repeat(dependencies, base);
  if (dice < 0.62) return cancel(dependencies, base);
  if (dice < 0.7) return retry(dependencies, base);
  return poll(dependencies, base);
}

async function postNew(dependencies: ClientDependencies, base: string): Promise<void> {
  const wanted = want(dependencies, dependencies.random.chance(0.5));
  dependencies.record.wanted.push(wanted);
  await inFlight([wanted], () => send(dependencies, base, wanted));
}

async function send(dependencies: ClientDependencies, base: string, wanted: Wanted): Promise<void> {
  const { record } = dependencies;
  const headers: Record<string, string> = wanted.key === null ? {} : { "idempotency-key": wanted.key };
  const reply = await call(dependencies, "post", `${base}/api/generate-agents-report`, wanted.body, headers);
  if (reply !== null) record.acknowledged(wanted, (reply as { job_id: string }).job_id);
}

async function postBatch(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const first = record.wanted.length;
  const numbers = Array.from({ length: 2 + Math.floor(random.between(0, 4)) }, (_, at) => first + at);
  const batch = numbers.map((number) => ({ ...want(dependencies, false, number), batch: numbers }));
  record.wanted.push(...batch);
  await inFlight(batch, async () => {
    const body = { reports: batch.map((wanted) => wanted.body) };
    const result = await call(dependencies, "batch", `${base}/api/generate-agents-reports`, body);
    const jobs = (result as { jobs: readonly { job_id: string }[] } | null)?.jobs ?? [];
    for (const [at, { job_id }] of jobs.entries()) {
      const wanted = batch[at];
      if (wanted) record.acknowledged(wanted, job_id);
    }
  });
}

/** The same key and body again, whether the first got a response or not: it must be the same job. */
async function repeat(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const wanted = random.pick(record.wanted.slice(-60).filter(({ key, busy }) => key !== null && !busy));
  if (wanted) await inFlight([wanted], () => send(dependencies, base, wanted));
}

async function cancel(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const wanted = random.pick(
    record.wanted.filter(({ id, notified: reported, busy }) => id && reported !== "completed" && !busy),
  );
  if (!wanted) return;
  await inFlight([wanted], async () => {
    const received = await call(dependencies, "cancel", `${base}/api/jobs/${wanted.id}/cancel`, undefined, {}, [409]);
    if (received !== null) record.notified(wanted, received as JobStatus);
  });
}

async function retry(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const ended = record.wanted.filter(
    ({ notified: reports, busy }) => (reports === "failed" || reports === "cancelled") && !busy,
  );
  const wanted = random.pick(ended);
  if (!wanted) return;
  await inFlight([wanted], async () => {
    // From here on it may run again, whether the response comes or not.
    wanted.notified = null;
    const got = await call(dependencies, "retry", `${base}/api/jobs/${wanted.id}/retry`, undefined, {}, [409]);
    if (got !== null) record.notified(wanted, got as JobStatus);
  });
}

async function poll(dependencies: ClientDependencies, base: string): Promise<void> {
  const { random, record } = dependencies;
  const unsettled = record.wanted.filter(
    ({ id, notified: shown, busy }) => id && !busy && (shown ?? "processing") === "processing",
  );
  const any = record.wanted.filter(({ id, busy }) => id && !busy);
  const wanted = random.pick(random.chance(0.9) && unsettled.length > 0 ? unsettled : any);
  if (!wanted) return;
  await inFlight([wanted], async () => {
    const got = await call(dependencies, "poll", `${base}/api/job-status/${wanted.id}`);
    if (got !== null) record.notified(wanted, got as JobStatus);
  });
}

function want({ random, record }: ClientDependencies, keyed: boolean, number = record.wanted.length): Wanted {
  // One in ten requests a suburb without data, and must fail for that reason.
  const fails = random.chance(0.1);
  const request = fails
    ? { suburb: "Cottesloe", state: "WA" }
    : random.chance(0.3)
      ? catalogueJob()
      : inlineJob(number);
  // One in six names a price band: then there are three documents, and each of them is to be there once.
  const band = random.chance(1 / 6) ? { home_owner_pricing: "$1m-$1.5m" } : {};
  return {
    number,
    body: { ...request, ...band, delivery: { folder: "torture", filename: `report-${number}` } },
    key: keyed ? `key-${number}` : null,
    batch: [number],
    id: null,
    notified: null,
    sha256: null,
    busy: false,
  };
}

async function inFlight(all: readonly Wanted[], work: () => Promise<void>): Promise<void> {
  for (const wanted of all) wanted.busy = true;
  try {
    await work();
  } finally {
    for (const wanted of all) wanted.busy = false;
  }
}

/** Null where no response came, or one that reports that it did not happen. Any response that is not expected is a fault. */
async function call(
  { record, key }: ClientDependencies,
  what: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  refusals: readonly number[] = [],
): Promise<unknown> {
  const post = what !== "poll";
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: post ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(RESPONSE_MS),
    });
    text = await response.text();
  } catch {
    record.count("no response");
    return null;
  }
  if (response.status === 200 || response.status === 202) {
    record.count(what);
    return JSON.parse(text);
  }
  // A service that is stopping reports it.
  if (![503, ...refusals].includes(response.status)) record.fault(`${what} ${url}: ${response.status} ${text}`);
  record.count(`${what} refused`);
  return null;
}
