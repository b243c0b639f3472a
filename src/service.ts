import { access, constants, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { KeyRing } from "./access/keys/keys.ts";
import { LOCAL_KEY, makeLocalKey, removeLocalKey, withLocalKey } from "./access/keys/local-key.ts";
import { createCallbackBodies } from "./delivery/callbacks/body.ts";
import { createCallbackLines } from "./delivery/callbacks/line.ts";
import { type CallbackSenderParts, createCallbackSender } from "./delivery/callbacks/sender.ts";
import { createDeliveries } from "./delivery/choice.ts";
import { recordedDelivery } from "./delivery/record.ts";
import { asFailure, Failure } from "./failure.ts";
import { watchDescriptors } from "./host/descriptors.ts";
import { refuseNetwork } from "./host/file-system.ts";
import { startFailure } from "./host/full-disk.ts";
import { machine, renderThreads } from "./host/host.ts";
import { interfaceAddresses } from "./host/interfaces.ts";
import { closeWide, makePrivateFolder } from "./host/private-folder.ts";
import { startHttp } from "./http/server/server.ts";
import { watchVitals } from "./observability/health.ts";
import { measuredDelivery, measuredOutbound, measuredStages } from "./observability/measured.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { createTakenBackNotes, noteOutcomes } from "./observability/observability.ts";
import { troubles } from "./observability/readiness.ts";
import { type CircuitBreaker, describeOpen, describeWait } from "./outbound/circuit-breaker.ts";
import { createOutbound, type Outbound } from "./outbound/outbound.ts";
import { createParser } from "./parsing/parsing.ts";
import { createPipeline } from "./pipeline/pipeline.ts";
import { startPruning } from "./pipeline/pruning.ts";
import { createRenderAgain } from "./pipeline/render-again.ts";
import { domainOf, usesDomain } from "./pipeline/sources.ts";
import { createStages } from "./pipeline/stages.ts";
import { createWaker, type Waker } from "./pipeline/waker.ts";
import { ENDED } from "./queue/job.ts";
import { clockProblem } from "./redis/clock.ts";
import { createIsolatedRenderer } from "./render/isolated.ts";
import { createMemoryGuard } from "./render/memory.ts";
import { createRenderPool } from "./render/pool.ts";
import { type Catalogue, openCatalogue } from "./report/sources/catalogue.ts";
import { type CheckedDataSet, createHttpSource, createSourceBreaker, sourceAddress } from "./report/sources/http.ts";
import type { Source } from "./report/sources/source.ts";
import type { Config } from "./settings/settings.ts";
import { openLocal } from "./storage/local.ts";
import type { Backend, OnTakenBack } from "./storage/storage.ts";
import { VERSION } from "./version.ts";

const GATHERS_AT_ONCE = 4;
const DELIVERIES_AT_ONCE = 4;

export interface Service {
  /** Where it listens, with the port it really has. */
  readonly url: string;
  readonly catalogue: Catalogue;
  /** Whether it serves, for want of keys, the programs of its own user alone. */
  readonly keyless: boolean;
  /** Takes no new jobs, lets running ones end for the grace time, puts the rest back, closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds the parts, starts them in order and joins them: the one place that knows them all.
 * `renderCommand` starts a process that renders one report alone; `socket` is a listening one to use instead of the
 * address in the settings; `workerFile` is what renders in each thread, for the tests.
 * @throws Failure that says what is wrong with the data folder, the database or the address; nothing is left running.
 */
export async function startService(
  config: Config,
  log: Logger,
  renderCommand: readonly string[],
  socket: number | null = null,
  workerFile?: string,
): Promise<Service> {
  let stopping = false;
  let ownPort: number | null = null;
  const closers: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    // For all that is written from here on, whichever library writes it; delivered copies are as the operator's says.
    const umask = process.umask(0o077);
    await makeFolder(config.dataDir);
    for (const { path, mode } of await closeWide(config.dataDir))
      log.warn({ path }, `others could read ${path} (${mode.toString(8)}): now its user alone can`);
    await refuseNetwork(config.dataDir, log);
    const { cores, memoryBytes } = machine();
    const limitBytes = config.memoryLimit ?? memoryBytes;
    const threads = config.renderThreads ?? renderThreads({ cores, memoryBytes: limitBytes });

    const takenBack = createTakenBackNotes(log);
    const backend = await openBackend(config, log, takenBack.note);
    closers.push(() => backend.close());
    const { queue, keys, reports } = backend;
    if (isKeyless(keys)) makeLocalKey(config.dataDir);
    else removeLocalKey(config.dataDir);
    const catalogue = openCatalogue({ path: join(config.dataDir, "catalogue.db") });
    closers.push(() => catalogue.close());
    const parser = createParser();
    closers.push(() => parser.close());
    const pool = createRenderPool({ threads, ...(workerFile === undefined ? {} : { workerFile }) });
    closers.push(() => pool.close());
    const isolated = createIsolatedRenderer({ command: renderCommand, limitBytes });
    const descriptors = watchDescriptors(({ open, limit }) =>
      log.warn(
        { open, limit },
        `${open} of ${limit} files and connections are open: render threads that were ended left some of them. From now on each report is rendered in a process of its own, which leaves none. Restart the service when it suits you (nothing is lost), and raise its limit (LimitNOFILE)`,
      ),
    );
    closers.push(() => descriptors.close());
    const memory = createMemoryGuard({ limitBytes });
    closers.push(() => memory.close());
    const ready = async () =>
      stopping
        ? ["the service is stopping"]
        : troubles({
            ...config,
            queue,
            keys,
            vitals: vitals.read,
            clockProblem: () => clockProblem(backend.clockAheadMs()),
          });
    const metrics = createMetrics({
      version: VERSION,
      queue,
      queueLimit: config.queueLimit,
      vitals: () => vitals.read(),
      problems: ready,
      clockAheadMs: backend.clockAheadMs,
      breakers: () =>
        new Map([
          ...deliveries.map(({ target, breaker }) => [target, breaker] as const),
          ...(config.sourceUrl === null ? [] : [["source", sourceBreaker] as const]),
          ...(domain === null ? [] : [["domain", domainBreaker] as const]),
        ]),
      open: () => ({
        held: http.held(),
        streams: http.listening(),
        waitForMemory: [...pipeline.running().values()].filter(({ waitingFor }) => waitingFor === "memory").length,
      }),
    });
    takenBack.countIn(metrics);
    let waker: Waker | null = null;
    const deliveries = createDeliveries({ ...config, dataDir: reports.root, umask }, (target, open) => {
      if (open === null) {
        log.info({ target }, `${target} takes reports again: delivery goes on`);
        waker?.closed(target);
      } else log.error({ target, reason: open.reason }, `nothing is delivered to ${target}: ${describeOpen(open)}`);
    }).map((delivery) => recordedDelivery(measuredDelivery(delivery, metrics)));
    const sourceBreaker = createSourceBreaker({
      onChange(open) {
        if (open === null) {
          log.info("the data source answers again: gathering goes on");
          waker?.closed("source");
        } else log.error({ reason: open.reason }, `no data comes from the source: ${describeOpen(open)}`);
      },
    });
    const domainBreaker = createSourceBreaker({
      onChange: (open) =>
        open === null
          ? log.info("Domain responds again: gathering goes on")
          : log.error({ reason: open.reason }, `no data comes from Domain: ${describeOpen(open)}`),
    });
    const domain = domainOf(config, {
      breaker: domainBreaker,
      own: catalogue,
      measured: (outbound) => measuredOutbound(outbound, metrics, "domain"),
      onRefused: ({ kind, reason }) =>
        log.warn({ kind, reason }, `the packages of the Domain key do not allow ${kind}: reports go without it`),
    });
    closers.push(() => domain?.close());
    const holdGather = () => describeWait("the data source", sourceBreaker.open()) ?? domain?.hold() ?? null;
    const probeNow = () => {
      domain?.client.probeNow();
      for (const breaker of [sourceBreaker, ...deliveries.map((delivery) => delivery.breaker)]) breaker.probeNow();
    };
    const outbound = createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp });
    const callersOutbound = createOutbound({
      allowHosts: config.allowCallbackHosts,
      allowHttp: config.allowCallbackHttp,
      variable: "AGENTLINK_ALLOW_CALLBACK_HOSTS",
      machine: {
        addresses: interfaceAddresses,
        publicHost: config.publicUrl === null ? null : new URL(config.publicUrl).host,
        port: () => ownPort,
      },
    });
    const folders = await ownFolders(config);
    checkOwnAddresses(config, outbound);
    const callbacks = createCallbackSender({
      callbacks: queue.callbacks,
      outbound,
      secret: backend.callbackSecret,
      now: backend.now,
      lineFor: createCallbackLines({
        queue,
        defaultUrl: config.callbackUrl,
        outbound,
        callersOutbound,
        secret: backend.callbackSecret,
        secretOf: backend.callbackSecretOf,
      }),
      describe: createCallbackBodies({
        origin: () => config.publicUrl ?? http.url,
        folders,
        runsService: (client) => client === LOCAL_KEY.name && isKeyless(keys),
      }),
      ...callbackLog(log, metrics),
    });
    closers.push(() => callbacks.stop());
    const vitals = watchVitals({
      dataDir: config.dataDir,
      memoryLimitBytes: limitBytes,
      threads: () => ({ busy: pool.busy(), total: threads }),
      deliveries: () =>
        Promise.all(
          deliveries.map(async (each) => ({
            target: each.target,
            trouble: await each.trouble(),
            record: each.record(),
          })),
        ),
      sourceTrouble: () => describeOpen(sourceBreaker.open()) ?? describeOpen(domainBreaker.open()),
      callbackTrouble: () => callbacks.trouble(),
    });
    closers.push(() => vitals.close());
    const holdDeliver = () =>
      deliveries.flatMap(({ target, breaker }) => describeWait(target, breaker.open()) ?? []).join(", ") || null;

    const pipeline = createPipeline({
      queue,
      stages: measuredStages(
        createStages({
          printEmails: config.printEmails,
          queue,
          sources: [
            ...ownSource(config, measuredOutbound(outbound, metrics, "source"), sourceBreaker, parser.dataSet),
            ...(domain === null ? [] : [domain]),
            catalogue,
          ],
          pool,
          isolated,
          descriptors,
          memory,
          reports,
          deliveries,
        }),
        metrics,
      ),
      renderSlots: threads,
      gatherSlots: GATHERS_AT_ONCE,
      deliverSlots: DELIVERIES_AT_ONCE,
      jobTimeoutMs: config.jobTimeoutMs,
      maxAttempts: config.maxAttempts,
      holdRender: () => (memory.full() ? "memory" : null),
      deliveriesAtOnce: () => {
        // Where one of several targets is away the others get their reports all the same.
        if (deliveries.every(({ breaker }) => breaker.blocked())) return 0;
        return deliveries.every(({ breaker }) => breaker.open() !== null) ? 1 : DELIVERIES_AT_ONCE;
      },
    });
    const pruning = startPruning({
      queue,
      reports,
      retentionMs: config.retentionMs,
      now: backend.now,
      log,
    });
    closers.push(() => pruning.stop());
    const http = await startHttp(
      {
        queue,
        catalogue,
        asksElsewhere: config.sourceUrl !== null || usesDomain(config),
        keys: withLocalKey(keys, config.dataDir),
        keyRate: config.keyRate,
        sessionStore: backend.sessions,
        parser,
        running: () => pipeline.running(),
        typicalMs: () => pipeline.typicalMs(),
        holdDeliver,
        probeNow,
        holdGather,
        vitals: () => vitals.read(),
        prune: (endedBefore) => pruning.prune(endedBefore),
        renderSlots: threads,
        reports: { root: reports.root, fetch: createRenderAgain({ ...config, queue, reports, isolated }) },
        folders,
        version: VERSION,
        publicUrl: config.publicUrl,
        callbacks: {
          addressFor: (requested) => (requested === null ? config.callbackUrl : callersOutbound.check(requested).href),
          wake: (address) => callbacks.wake(address),
        },
        ready,
        metrics: metrics.text,
        onAnswer: metrics.answer,
        log,
      },
      { host: config.host, port: config.port, socket },
    );
    ownPort = http.port;
    memory.share(http.memory);
    closers.push(() => http.stop());
    // Ends before the door closes: who polls or posts during the grace time is still answered, and kept.
    closers.push(() => {
      stopping = true;
      return pipeline.stop(config.stopGraceMs);
    });
    closers.push(noteOutcomes(queue, log, metrics));
    closers.push(queue.subscribe(({ status }) => void (ENDED.has(status) && callbacks.wake())));
    // Before the pipeline hears of it and claims: who asks for a job by hand has it tried at once, whatever is open.
    closers.push(queue.subscribe(({ byHand }) => void (byHand && probeNow())));
    waker = createWaker({
      queue,
      dependencies: [
        { name: "source", breaker: sourceBreaker },
        ...deliveries.map(({ target, breaker }) => ({ name: target, breaker })),
      ],
      onWoken: (dependency, jobs) =>
        log.info(
          { dependency, jobs },
          `${jobs} ${jobs === 1 ? "job" : "jobs"} that waited for ${dependency} can go on`,
        ),
    });
    closers.push(waker.close);
    callbacks.start();
    pipeline.start();
    // What is set wrong is found out now, and not by the first report.
    const looking = new AbortController();
    closers.push(() => looking.abort());
    for (const delivery of deliveries) void delivery.check(looking.signal);
    return { url: http.url, catalogue, keyless: isKeyless(keys), stop };
  } catch (error) {
    await stop();
    throw await startFailure(error, config.dataDir);
  }
}

/** Lost keys are said elsewhere. */
function isKeyless(keys: KeyRing): boolean {
  try {
    return !keys.configured();
  } catch {
    return false;
  }
}

/** What speaks to Redis takes as long to load as all the rest of the service: it is, where there is one. */
async function openBackend(config: Config, log: Logger, onTakenBack: OnTakenBack): Promise<Backend> {
  if (config.redisUrl === null) return openLocal(config, log, onTakenBack);
  const { openShared } = await import("./storage/shared.ts");
  return openShared(config, config.redisUrl, log, onTakenBack);
}

/** The operator's own service, where there is one. */
function ownSource(
  config: Config,
  outbound: Outbound,
  breaker: CircuitBreaker,
  check: (text: string) => Promise<CheckedDataSet>,
): readonly Source[] {
  if (config.sourceUrl === null) return [];
  const { sourceUrl: url, sourceHeaders: headers, sourceCacheMs: cacheMs } = config;
  return [createHttpSource({ url, headers, cacheMs, outbound, breaker, check })];
}

/** Folders that only the operator is told of, under each of their names: what is said of a file may have followed a link. */
async function ownFolders({ dataDir, deliveryFolder, reports }: Config): Promise<readonly string[]> {
  const named = [deliveryFolder, dataDir, ...(reports === null || reports === "s3" ? [] : [reports])];
  const real = await Promise.all(named.map((folder) => realpath(folder).catch(() => folder)));
  // The longest first: one may be in another.
  return [...new Set([...named, ...real])].toSorted((a, b) => b.length - a.length);
}

/** What is set wrong is said at the start, and not by the first job that fails of it. */
function checkOwnAddresses({ callbackUrl, sourceUrl }: Config, outbound: Outbound): void {
  const own = {
    AGENTLINK_CALLBACK_URL: callbackUrl,
    AGENTLINK_SOURCE_URL: sourceUrl && sourceAddress(sourceUrl, { suburb: "Manly", state: "NSW", postcode: "2095" }),
  };
  for (const [variable, address] of Object.entries(own)) {
    try {
      if (address !== null) outbound.check(address);
    } catch (error) {
      throw new Failure("config", `${variable}: ${asFailure(error).message}`, { cause: error });
    }
  }
}

/** Names the host alone: the rest of an address may be a secret. */
function callbackLog(log: Logger, metrics: Metrics): Pick<CallbackSenderParts, "onTry" | "onTrouble"> {
  return {
    onTry({ jobId, host, job, attempts }, { httpStatus, error, tookMs }, outcome) {
      const line = { job_id: jobId, client: job.client, host, http_status: httpStatus, error };
      const came = outcome === "delivered" ? outcome : outcome === "failed" ? "given_up" : "again";
      metrics.callback(came, tookMs);
      if (outcome === "delivered") log.debug(line, "callback taken");
      else if (outcome === "failed") log.warn(line, "callback given up; POST /api/jobs/{id}/callback sends it again");
      else
        log.warn({ ...line, tries: attempts + 1, again_at: outcome.againAt }, "callback not taken; it is tried again");
    },
    onTrouble: (failure) => log.error({ err: failure }, "callbacks cannot be read or written; they are tried again"),
  };
}

async function makeFolder(folder: string): Promise<void> {
  const trouble = (what: string) => (error: unknown) => {
    throw new Failure("data_dir", `the data folder ${folder} cannot be ${what}: ${asFailure(error).message}`, {
      cause: error,
    });
  };
  await makePrivateFolder(folder).catch(trouble("made"));
  await access(folder, constants.W_OK).catch(trouble("written"));
}
