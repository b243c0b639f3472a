import { cpSync } from "node:fs";
import { join } from "node:path";
import { run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { CAN_SET_CLOCK, wallClock } from "../e2e/wall-clock.ts";
import { runClient } from "./client.ts";
import { startOutside } from "./outside.ts";
import { type Random, seeded } from "./random.ts";
import { createRecord, type TortureRecord } from "./record.ts";
import { checkEverything } from "./verdict.ts";

const CLIENTS = 4;
/** A bucket refuses what is signed a quarter of an hour off. */
const CLOCK_OFF_S = 600;
/** The fewest accepted reports for a meaningful verdict. */
const FEWEST_REPORTS = 16;
/** A lease lasts 60 seconds. */
const LONGER_THAN_A_LEASE_MS = 65_000;

export interface TortureOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** An empty folder. */
  readonly dataDir: string;
  readonly binary?: string;
}

export interface Verdict {
  readonly faults: readonly string[];
  /** What was done and how often, for people. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Starts the binary, works with it, and kills, ends or stops it at random moments, again and again, while its data
 * source, its bucket and the receiver of its callbacks come and go, and a backup moves it to another folder; then lets it finish undisturbed and checks the outcome against
 * every response it gave.
 */
export async function torture({ seed, durationMs, dataDir, binary }: TortureOptions): Promise<Verdict> {
  const record = createRecord();
  const random = seeded(seed);
  const until = Date.now() + durationMs;
  let url: string | null = null;
  let over = false;
  await importManly(dataDir);
  const key = await makeKey(dataDir);
  await using outside = await startOutside();
  const delivered = temporaryFolder();
  const env = { AGENTLINK_STOP_GRACE: "1s", AGENTLINK_DELIVERY_FOLDER: delivered, ...outside.env() };
  let home = dataDir;
  /** The last one that a service worked on: of one that was just restored its identity was not recorded. */
  let worked: string | null = null;
  const start = (offS: number, folder = home) =>
    startBinary({
      dataDir: folder,
      env: { ...env, ...(offS === 0 ? {} : wallClock({ offS })) },
      ...(binary === undefined ? {} : { binary }),
    });
  const clients = Array.from({ length: CLIENTS }, (_, at) =>
    runClient({ random: seeded(seed * 31 + at), record, key, url: () => url, over: () => over }),
  );
  let leaseOutlived = durationMs < 2 * LONGER_THAN_A_LEASE_MS;
  // A slow machine has fewer lives in the time: until one of them was killed, and there is something to lose.
  const hasEnough = () =>
    record.counts.has("SIGKILL") && record.wanted.filter(({ id }) => id !== null).length >= FEWEST_REPORTS;
  while (Date.now() < until || !hasEnough()) {
    const offS = clockOf(random);
    if (offS !== 0) record.count("a life with a clock that is off");
    const copied = worked === home && random.chance(0.08) ? copyOf(home) : null;
    const service = await start(offS);
    worked = home;
    url = service.url;
    for (const [what, state] of Object.entries(outside.change(random)))
      record.count(`a life with the ${what} ${state}`);
    const copy = copied === null ? null : await startCopy(copied, start, record);
    await Bun.sleep(lifeMs(random));
    if (random.chance(0.1)) {
      await pause(service.pid, leaseOutlived ? random.between(100, 2_000) : LONGER_THAN_A_LEASE_MS);
      record.count(leaseOutlived ? "SIGSTOP" : "SIGSTOP for longer than a lease");
      leaseOutlived = true;
      await Bun.sleep(random.between(0, 300));
    }
    await endIt(service, random, record);
    await copy?.end("SIGKILL");
    url = null;
    for (const line of service.log().split("\n")) if (isFault(line)) record.fault(`logged: ${line}`);
    if (random.chance(0.08)) home = await restored(home, record);
  }
  over = true;
  await Promise.all(clients);
  outside.calm();
  const service = await start(0);
  await checkEverything({ record, url: service.url, key, dataDir: home, delivered, outside });
  if ((await service.end("SIGTERM")) !== 0) record.fault("the last stop did not exit 0");
  return { faults: record.faults, counts: record.counts };
}

/** Seconds by which the clock of a life is off: a third of them, by minutes, forward or back (where faketime is there). */
function clockOf(random: Random): number {
  const offS = random.chance(0.33) ? Math.round(random.between(-CLOCK_OFF_S, CLOCK_OFF_S)) : 0;
  return CAN_SET_CLOCK ? offS : 0;
}

/** Moves what a service left behind, killed or stopped, into a new data folder by a backup; returns that. */
async function restored(home: string, record: TortureRecord): Promise<string> {
  const [backup, next] = [join(temporaryFolder(), "backup"), join(temporaryFolder(), "data")];
  for (const args of [
    ["backup", backup, "--data-dir", home],
    ["restore", backup, "--data-dir", next],
  ]) {
    const { code, stderr } = await run(args);
    if (code === 0) continue;
    record.fault(`${args[0]} ended with ${code}: ${stderr}`);
    return home;
  }
  record.count("moved into another folder by a backup");
  record.movedByBackup = true;
  return next;
}

function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), "data");
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/**
 * Starts the service once more on a copy of the data folder as the life before left it, with the same source, bucket, receiver and
 * delivery folder: it has to find out what it is. What it did all the same the verdict sees.
 */
async function startCopy(
  folder: string,
  start: (offS: number, folder: string) => ReturnType<typeof startBinary>,
  record: TortureRecord,
) {
  const copy = await start(0, folder);
  const ready = await (await fetch(`${copy.url}/readyz`)).text();
  if (!ready.includes("the data folder may be a copy")) record.fault(`a copy of the data folder resumes: ${ready}`);
  record.count("a copy of the data folder beside it");
  return copy;
}

/** The torturer responds to others at the same time, as a proxy does: without a key it would be taken for one. */
async function makeKey(dataDir: string): Promise<string> {
  const args = ["keys", "create", "--name", "torture", "--scope", "admin", "--rate", "100000/s", "--data-dir", dataDir];
  const { stdout, stderr, code } = await run(args);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** An error in the log, but for those that name an outage: these are made here. */
function isFault(line: string): boolean {
  return /"level":[56]0/.test(line) && !/"reason":"(outage|rate limit)"/.test(line);
}

/** Half of them die young, in the middle of recovering what the last one had leased; one in ten gets jobs done. */
function lifeMs(random: Random): number {
  if (random.chance(0.5)) return random.between(0, 300);
  return random.chance(0.8) ? random.between(300, 2_500) : random.between(2_500, 12_000);
}

async function endIt(service: Awaited<ReturnType<typeof startBinary>>, random: Random, record: TortureRecord) {
  if (!isAlive(service.pid)) record.fault(`the service ended by itself:\n${service.log().slice(-2_000)}`);
  if (random.chance(0.75)) {
    await service.end("SIGKILL");
    record.count("SIGKILL");
  } else if (random.chance(0.7)) {
    const code = await service.end("SIGTERM");
    if (code !== 0) record.fault(`SIGTERM ended the service with ${code}`);
    record.count("SIGTERM");
  } else {
    process.kill(service.pid, "SIGTERM");
    await Bun.sleep(random.between(0, 500));
    await service.end("SIGKILL");
    record.count("SIGTERM, then SIGKILL");
  }
}

async function pause(pid: number, ms: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await Bun.sleep(ms);
  process.kill(pid, "SIGCONT");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
