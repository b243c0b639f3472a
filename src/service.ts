import { hostname } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { isKeyless } from "./access/keys/key.ts";
import { LOCAL_KEY, makeLocalKey, removeLocalKey, withLocalKey } from "./access/keys/local-key.ts";
import { openSetup } from "./access/setup.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import { createCallbackBodies, createCallbackLines } from "./delivery/callbacks/line.ts";
import { createCallbackSender } from "./delivery/callbacks/sender.ts";
import { availabilityOf, openLinkedTargets } from "./delivery/linked-targets.ts";
import { recordedDelivery } from "./delivery/record.ts";
import { watchDescriptors } from "./host/descriptors.ts";
import { startFailure } from "./host/full-disk.ts";
import { interfaceAddresses, machine, renderThreads } from "./host/host.ts";
import { prepareDataFolder, underAllNames } from "./host/private-folder.ts";
import { releaseProgramPages } from "./host/program-pages.ts";
import { calendarOf } from "./host/time-zone.ts";
import { jobsServedNow } from "./http/api/served-jobs.ts";
import type { AboutService } from "./http/http.ts";
import { startHttp } from "./http/server/server.ts";
import { createImporter } from "./import/importer.ts";
import { openInbox } from "./import/logged-inbox.ts";
import { openChannels } from "./notify/channels.ts";
import { startNotifier } from "./notify/notify.ts";
import { problemsNow } from "./notify/problems.ts";
import { noteCallbacks, noteDependencies } from "./observability/dependencies.ts";
import { watchHealth } from "./observability/health.ts";
import { measuredDelivery, measuredOutbound, measuredStages } from "./observability/measured.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createRecoveryLog, noteOutcomes } from "./observability/observability.ts";
import { readinessProblems } from "./observability/readiness.ts";
import { createOutbound, requireAllowed } from "./outbound/outbound.ts";
import { createParser } from "./parsing/parsing.ts";
import { createPipeline } from "./pipeline/pipeline.ts";
import { startPruning } from "./pipeline/pruning.ts";
import { checkOwnPdfs, createRenderAgain } from "./pipeline/render-again.ts";
import { openSources } from "./pipeline/sources.ts";
import { createStages } from "./pipeline/stages.ts";
import { createTargetSlots } from "./pipeline/target-slots.ts";
import { createWaker, type Waker } from "./pipeline/waker.ts";
import { ENDED } from "./queue/job.ts";
import { clockProblem } from "./redis/clock.ts";
import { createIsolatedRenderer } from "./render/isolated.ts";
import { createMemoryGuard } from "./render/memory.ts";
import { createRenderPool } from "./render/pool.ts";
import { type Catalogue, openCatalogue } from "./report/sources/catalogue.ts";
import { usesDomain } from "./report/sources/domain/domain.ts";
import { sourceAddress } from "./report/sources/http.ts";
import type { Config } from "./settings/config.ts";
import { dayZone } from "./settings/settings.ts";
import { noteSettings } from "./storage/audit/settings.ts";
import { openBackend } from "./storage/open.ts";
import { VERSION } from "./version.ts";

/** By which the address of the source is checked at the start. */
const SOME_SUBURB = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
/** Longest that a person waits for the test of a target. */
const TEST_MS = 30_000;
const GATHERS_AT_ONCE = 4;
/** To each target; jobs have as many places together, so that those that hang at one leave room for the others. */
const DELIVERIES_AT_ONCE = 4;

export interface Service {
  /** Where it listens, with the port it really has. */
  readonly url: string;
  readonly catalogue: Catalogue;
  /** Whether it serves, for want of keys, the programs of its own user alone. */
  readonly keyless: boolean;
  /** With which somebody makes the first key in a browser; null once there is one. */
  readonly setupCode: string | null;
  /** Takes no new jobs, lets running ones end for the grace time, puts the rest back, closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds the parts, starts them in order and joins them: the one place that knows them all.
 * `renderCommand` starts a process that renders one report alone; `socket` is a listening one to use instead of the
 * address in the settings; `workerFile` is what renders in each thread, for the tests; `about` is how it was started.
 * @throws Failure that says what is wrong with the data folder, the database or the address; nothing is left running.
 */
export async function startService(
  config: Config,
  log: Logger,
  renderCommand: readonly string[],
  socket: number | null = null,
  workerFile?: string,
  about: AboutService | null = null,
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
    await prepareDataFolder(config.dataDir, log);
    const { cores, memoryBytes } = machine();
    const limitBytes = config.memoryLimit ?? memoryBytes;
    const threads = config.renderThreads ?? renderThreads({ cores, memoryBytes: limitBytes });

    const recovered = createRecoveryLog(log);
    const backend = await openBackend(config, log, recovered.note);
    closers.push(() => backend.close());
    const { queue, keys, keyStore, records, audit, reports } = backend;
    if (isKeyless(keys)) makeLocalKey(config.dataDir);
    else removeLocalKey(config.dataDir);
    const setup = await openSetup({ keys, keyStore, store: records, dataDir: config.dataDir });
    const parser = createParser();
    closers.push(() => parser.close());
    const catalogue = openCatalogue({ path: join(config.dataDir, "catalogue.db"), drawPicture: parser.picture });
    closers.push(() => catalogue.close());
    const importer = createImporter({ cataloguePath: join(config.dataDir, "catalogue.db") });
    closers.push(() => importer.close());
    const pool = createRenderPool({ threads, ...(workerFile === undefined ? {} : { workerFile }) });
    closers.push(() => pool.close());
    const isolated = createIsolatedRenderer({ command: renderCommand, limitBytes });
    const note = noteDependencies(log);
    const descriptors = watchDescriptors(note.descriptors);
    closers.push(() => descriptors.close());
    const memory = createMemoryGuard({ limitBytes });
    closers.push(() => memory.close());
    closers.push(releaseProgramPages());
    const ready = async () =>
      stopping
        ? ["the service is stopping"]
        : readinessProblems({
            ...config,
            queue,
            keys,
            health: health.read,
            clockProblem: () => clockProblem(backend.clockAheadMs()),
          });
    const metrics = createMetrics({
      version: VERSION,
      queue,
      queueLimit: config.queueLimit,
      health: () => health.read(),
      problems: ready,
      clockAheadMs: backend.clockAheadMs,
      breakers: () =>
        new Map([...deliveries().map(({ target, breaker }) => [target, breaker] as const), ...sources.breakers]),
      open: () => ({
        longPolls: http.longPolls(),
        streams: http.listening(),
        waitForMemory: [...pipeline.running().values()].filter(({ waitingFor }) => waitingFor === "memory").length,
      }),
    });
    recovered.countIn(metrics);
    let waker: Waker | null = null;
    const linked = await openLinkedTargets(
      config,
      { records, log, shared: config.redisUrl !== null },
      { dataDir: reports.root, umask },
      (target, open) => {
        note.target(target, open);
        if (open === null) waker?.closed(target);
      },
      (delivery) => recordedDelivery(measuredDelivery(delivery, metrics), { records: queue.targets, now: backend.now }),
    );
    closers.push(() => linked.close());
    const deliveries = linked.targets;
    const targets = availabilityOf(deliveries);
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
    requireAllowed(outbound, {
      AGENTLINK_CALLBACK_URL: config.callbackUrl,
      AGENTLINK_NOTIFY_WEBHOOK: config.notifyWebhook,
      AGENTLINK_PARTNERS_URL: config.partnersUrl,
      AGENTLINK_SOURCE_URL: config.sourceUrl && sourceAddress(config.sourceUrl, SOME_SUBURB),
    });
    const sources = openSources(config, {
      catalogue,
      check: parser.dataSet,
      draw: parser.picture,
      outbound,
      measured: (requests, name) => measuredOutbound(requests, metrics, name),
      onChange(name, open) {
        note[name](open);
        if (open === null) waker?.closed(name);
      },
      onRefused: note.domainRefused,
      onCacheProblem: note.domainCache,
      onPartnersProblem: note.noPartners,
    });
    closers.push(() => sources.close());
    const probeNow = () => {
      sources.probeNow();
      targets.probeNow();
    };
    // Only admins see these.
    const folders = await underAllNames([
      config.deliveryFolder,
      config.dataDir,
      ...(config.reports === null || config.reports === "s3" ? [] : [config.reports]),
    ]);
    await checkOwnPdfs(config);
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
        statusContract: config.statusContract,
        runsService: (client) => client === LOCAL_KEY.name && isKeyless(keys),
      }),
      ...noteCallbacks(log, metrics),
    });
    closers.push(() => callbacks.stop());
    const health = watchHealth({
      dataDir: config.dataDir,
      memoryLimitBytes: limitBytes,
      threads: () => ({ busy: pool.busy(), total: threads }),
      deliveries: () =>
        Promise.all(
          deliveries().map(async (each) => ({
            target: each.target,
            problem: await each.problem(),
            record: await each.record(),
          })),
        ),
      sourceProblem: () => sources.problem(),
      callbackProblem: () => callbacks.problem(),
    });
    closers.push(() => health.close());
    const pipeline = createPipeline({
      queue,
      stages: measuredStages(
        createStages({
          ...config,
          queue,
          sources: sources.all,
          decisions: catalogue.decisions,
          business: catalogue.business,
          partners: sources.partners,
          pool,
          isolated,
          descriptors,
          memory,
          reports,
          deliveries,
          slots: createTargetSlots({ slots: DELIVERIES_AT_ONCE }),
        }),
        metrics,
      ),
      renderSlots: threads,
      gatherSlots: GATHERS_AT_ONCE,
      deliverSlots: DELIVERIES_AT_ONCE * linked.all.length,
      jobTimeoutMs: config.jobTimeoutMs,
      maxAttempts: config.maxAttempts,
      renderBlockedBy: () => (memory.full() ? "memory" : null),
      deliveriesAtOnce() {
        const atBest = DELIVERIES_AT_ONCE * deliveries().length;
        return { now: targets.slots(atBest), atBest };
      },
    });
    const channels = openChannels(config, outbound);
    if (channels.length > 0) {
      const host = hostname();
      const notifier = startNotifier({
        channels,
        records,
        problems: () =>
          problemsNow({
            ...{ ...config, queue, host, health: health.read, dataQuota: sources.quota },
            keys: () => keyStore.list(),
            calendar: calendarOf(dayZone(config)),
          }),
        afterMs: config.notifyAfterMs,
        host,
        publicUrl: config.publicUrl,
        log,
      });
      closers.push(() => notifier.stop());
    }
    if (config.notifyMail.length > 0 && config.smtpUrl === null)
      log.warn("AGENTLINK_NOTIFY_MAIL is set, and no mail server: set AGENTLINK_SMTP_URL, or no mail is sent");
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
        importer,
        hasOtherSource: config.sourceUrl !== null || usesDomain(config),
        takesRegions: usesDomain(config),
        hasPartnerSource: config.partnersUrl !== null,
        timeZone: dayZone(config),
        keys: withLocalKey(keys, config.dataDir),
        keyStore,
        setup,
        records,
        audit,
        persistence: backend.persistence,
        about: about && { ...about, examine: (overview) => about.examine({ url: http.url, overview }) },
        keyRate: config.keyRate,
        sessionStore: backend.sessions,
        parser,
        pages: createDashboard,
        running: () => pipeline.running(),
        typicalMs: () => pipeline.typicalMs(),
        deliverBlockedBy: targets.waitingFor,
        probeNow,
        gatherBlockedBy: sources.waitingFor,
        health: () => health.read(),
        async testTarget(name) {
          const delivery = deliveries().find(({ target }) => target === name);
          if (delivery === undefined) return undefined;
          await delivery.check(AbortSignal.timeout(TEST_MS));
          return delivery.problem();
        },
        dropbox: linked.dropbox,
        prune: (endedBefore) => pruning.prune(endedBefore),
        renderSlots: threads,
        gatherSlots: GATHERS_AT_ONCE,
        reports: { root: reports.root, fetch: createRenderAgain({ ...config, queue, reports, isolated }) },
        folders,
        statusContract: config.statusContract,
        version: VERSION,
        publicUrl: config.publicUrl,
        callbacks: {
          addressFor: (requested) => (requested === null ? config.callbackUrl : callersOutbound.check(requested).href),
          wake: (address) => callbacks.wake(address),
          pausedUntil: (address) => callbacks.pausedUntil(address),
        },
        ready,
        metrics: metrics.text,
        onResponse: metrics.response,
        log,
      },
      { host: config.host, port: config.port, socket },
    );
    ownPort = http.port;
    memory.share(http.memory);
    closers.push(() => http.stop());
    // Ends before the server closes: polls and posts during the grace time are still served, and stored.
    closers.push(() => {
      stopping = true;
      return pipeline.stop(config.stopGraceMs);
    });
    closers.push(noteOutcomes(queue, log, metrics));
    closers.push(queue.subscribe(({ status }) => void (ENDED.has(status) && callbacks.wake())));
    // Before the pipeline is notified and claims: a manual retry starts at once, even if a circuit breaker is open.
    closers.push(queue.subscribe(({ manual }) => void (manual && probeNow())));
    waker = createWaker({
      queue,
      dependencies: [
        ...[...sources.breakers].map(([name, breaker]) => ({ name, breaker })),
        ...linked.all.map(({ target, breaker }) => ({ name: target, breaker })),
      ],
      onWoken: note.woken,
    });
    closers.push(waker.close);
    if (config.sourceUrl === null && !usesDomain(config) && catalogue.isEmpty())
      log.warn(
        "there is no data yet: the catalogue is empty and no other source is set. Import an export (agentlink import FILE, or the API; docs/data.md), or set AGENTLINK_SOURCE_URL or AGENTLINK_DOMAIN_KEY",
      );
    if (config.inbox !== "")
      closers.push(openInbox(config.inbox, importer, log, () => jobsServedNow(queue, catalogue)));
    if (about !== null) await noteSettings(config, about.settings, { audit, log });
    callbacks.start();
    pipeline.start();
    // What is set wrong is found out now, and not by the first report.
    linked.check();
    return { url: http.url, catalogue, keyless: isKeyless(keys), setupCode: setup.code, stop };
  } catch (error) {
    await stop();
    throw await startFailure(error, config.dataDir);
  }
}
