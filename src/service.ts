import { join } from "node:path";
import type { Logger } from "pino";
import { isKeyless } from "./access/keys/key.ts";
import { openFirstKey } from "./access/setup.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import { openCallbacks } from "./delivery/callbacks/callbacks.ts";
import { openLinkedTargets } from "./delivery/linked-targets.ts";
import { recordedDelivery } from "./delivery/record.ts";
import { startFailure } from "./host/files/full-disk.ts";
import { prepareDataFolder, underAllNames } from "./host/files/private-folder.ts";
import { interfaceAddresses, machine, renderThreads } from "./host/host.ts";
import { releaseProgramPages } from "./host/program-pages.ts";
import { calendarOf } from "./host/time-zone.ts";
import { jobsServedNow } from "./http/api/served-jobs.ts";
import type { AboutService } from "./http/http.ts";
import { startHttp } from "./http/server/server.ts";
import { createImporter } from "./import/importer.ts";
import { openInbox } from "./import/inbox/logged-inbox.ts";
import { openNotifier } from "./notify/open.ts";
import { noteCallbacks, noteDependencies } from "./observability/dependencies.ts";
import { watchHealth } from "./observability/health.ts";
import { measuredDelivery, measuredOutbound, measuredStages } from "./observability/measured.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createRecoveryLog, noteOutcomes } from "./observability/observability.ts";
import { readinessProblems } from "./observability/readiness.ts";
import { createOutbound } from "./outbound/outbound.ts";
import { createParser } from "./parsing/parsing.ts";
import { GATHERS_AT_ONCE, openJobs } from "./pipeline/jobs.ts";
import { startPruning } from "./pipeline/pruning.ts";
import { checkOwnPdfs, createRenderAgain } from "./pipeline/render-again.ts";
import { openSources } from "./pipeline/sources.ts";
import { ENDED } from "./queue/job.ts";
import { clockProblem } from "./redis/clock.ts";
import { openRenderer } from "./render/threads/renderer.ts";
import { type Catalogue, openCatalogue } from "./report/sources/catalogue.ts";
import { usesDomain } from "./report/sources/domain/domain.ts";
import type { Config } from "./settings/config.ts";
import { dayZone } from "./settings/settings.ts";
import { noteSettings } from "./storage/audit/settings.ts";
import { openBackend } from "./storage/open.ts";
import { VERSION } from "./version.ts";

export interface Service {
  /** Where it listens, with the port it really has. */
  readonly url: string;
  readonly catalogue: Catalogue;
  /** Whether it serves, for lack of keys, the programs of its own user alone. */
  readonly keyless: boolean;
  /** With which the first key is made in a browser; null once there is one. */
  readonly setupCode: string | null;
  /** Takes no new jobs, lets running ones end for the grace time, puts the rest back, closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds the parts, starts them in order and joins them: the one place that knows them all.
 * `renderCommand` starts a process that renders one report alone; `socket` is a listening one to use instead of the
 * address in the settings; `workerFile` is what renders in each thread, for the tests; `about` is how it was started.
 * @throws Failure that states what is wrong with the data folder, the database or the address; nothing is left running.
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
  let continueJobs = (_dependency: string) => {};
  const closers: (() => Promise<void> | void)[] = [];
  const opened = <T extends { close(): Promise<void> | void }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    // For all files from here on, whichever library writes them; delivered copies have the mode that the operator set.
    const umask = process.umask(0o077);
    await prepareDataFolder(config.dataDir, log);
    const { cores, memoryBytes } = machine();
    const limitBytes = config.memoryLimit ?? memoryBytes;
    const threads = config.renderThreads ?? renderThreads({ cores, memoryBytes: limitBytes });
    const note = noteDependencies(log);

    // What is stored, and who may access it.
    const recovered = createRecoveryLog(log);
    const backend = opened(await openBackend(config, log, recovered.note));
    const { queue, keyStore, records, audit, reports, now } = backend;
    const { keys, setup, runsService } = await openFirstKey({ ...backend, store: records, dataDir: config.dataDir });
    const parser = opened(createParser());
    const cataloguePath = join(config.dataDir, "catalogue.db");
    const catalogue = opened(openCatalogue({ path: cataloguePath, drawPicture: parser.picture }));
    const importer = opened(createImporter({ cataloguePath }));
    const command = renderCommand;
    const renderer = opened(openRenderer({ threads, limitBytes, command, workerFile }));
    closers.push(releaseProgramPages());

    const ready = async () =>
      stopping
        ? ["the service is stopping"]
        : readinessProblems({
            ...{ ...config, queue, keys, health: health.read },
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
        new Map([...targets.targets().map(({ target, breaker }) => [target, breaker] as const), ...sources.breakers]),
      open: () => ({
        longPolls: http.longPolls(),
        streams: http.listening(),
        waitForMemory: [...jobs.running().values()].filter(({ waitingFor }) => waitingFor === "memory").length,
      }),
    });
    recovered.countIn(metrics);

    // What lies outside: targets, sources, and receivers of callbacks.
    const targets = opened(
      await openLinkedTargets(
        config,
        { records, log, shared: config.redisUrl !== null },
        { dataDir: reports.root, umask },
        (target, open) => {
          note.target(target, open);
          if (open === null) continueJobs(target);
        },
        (delivery) => recordedDelivery(measuredDelivery(delivery, metrics), { records: queue.targets, now }),
      ),
    );
    const outbound = createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp });
    const sources = opened(
      openSources(config, {
        catalogue,
        check: parser.dataSet,
        draw: parser.picture,
        outbound,
        measured: (requests, name) => measuredOutbound(requests, metrics, name),
        onChange(name, open) {
          note[name](open);
          if (open === null) continueJobs(name);
        },
        onRefused: note.domainRefused,
        onCacheProblem: note.domainCache,
        onPartnersProblem: note.noPartners,
      }),
    );
    const folders = await foldersOf(config);
    await checkOwnPdfs(config);
    const callbacks = openCallbacks(config, {
      ...{ queue, outbound, now, folders, runsService, ...noteCallbacks(log, metrics) },
      secret: backend.callbackSecret,
      secretOf: backend.callbackSecretOf,
      addresses: interfaceAddresses,
      port: () => ownPort,
      origin: () => config.publicUrl ?? http.url,
    });
    closers.push(() => callbacks.stop());

    // The work, and those who watch it.
    const health = opened(
      watchHealth({
        dataDir: config.dataDir,
        memoryLimitBytes: limitBytes,
        threads: () => ({ busy: renderer.busy(), total: threads }),
        deliveries: targets.health,
        sourceProblem: sources.problem,
        callbackProblem: callbacks.problem,
      }),
    );
    const jobs = openJobs({
      ...{ ...config, queue, sources, targets, renderer, reports },
      decisions: catalogue.decisions,
      business: catalogue.business,
      measured: (stages) => measuredStages(stages, metrics),
      onWoken: note.woken,
    });
    const notifier = openNotifier(config, {
      ...{ queue, outbound, records, log, health: health.read, dataQuota: sources.quota },
      keys: () => keyStore.list(),
      calendar: calendarOf(dayZone(config)),
    });
    if (notifier !== null) closers.push(() => notifier.stop());
    const pruning = startPruning({ queue, reports, retentionMs: config.retentionMs, now, log });
    closers.push(() => pruning.stop());

    const http = await startHttp(
      {
        ...{ queue, catalogue, importer, keys, keyStore, setup, records, audit, parser, folders, ready, log },
        hasOtherSource: config.sourceUrl !== null || usesDomain(config),
        takesRegions: usesDomain(config),
        hasPartnerSource: config.partnersUrl !== null,
        timeZone: dayZone(config),
        persistence: backend.persistence,
        about: about && { ...about, examine: (overview) => about.examine({ url: http.url, overview }) },
        keyRate: config.keyRate,
        sessionStore: backend.sessions,
        pages: createDashboard,
        running: jobs.running,
        typicalMs: jobs.typicalMs,
        deliverBlockedBy: targets.waitingFor,
        gatherBlockedBy: sources.waitingFor,
        probeNow() {
          sources.probeNow();
          targets.probeNow();
        },
        health: health.read,
        testTarget: targets.test,
        dropbox: targets.dropbox,
        prune: pruning.prune,
        renderSlots: threads,
        gatherSlots: GATHERS_AT_ONCE,
        reports: { root: reports.root, fetch: createRenderAgain({ ...config, queue, reports, renderer }) },
        statusContract: config.statusContract,
        version: VERSION,
        publicUrl: config.publicUrl,
        callbacks,
        metrics: metrics.text,
        onResponse: metrics.response,
      },
      { host: config.host, port: config.port, socket },
    );
    ownPort = http.port;
    renderer.share(http.memory);
    closers.push(() => http.stop());
    // Until the last job has ended: those that end during the grace time are logged and notified, too.
    closers.push(noteOutcomes(queue, log, metrics));
    closers.push(queue.subscribe(({ status }) => void (ENDED.has(status) && callbacks.wake())));
    // Ends before the server closes: polls and posts during the grace time are still served, and stored.
    closers.push(() => {
      stopping = true;
      return jobs.stop(config.stopGraceMs);
    });
    if (config.sourceUrl === null && !usesDomain(config) && catalogue.isEmpty()) note.noData();
    if (config.inbox !== "")
      closers.push(openInbox(config.inbox, importer, log, () => jobsServedNow(queue, catalogue)));
    if (about !== null) await noteSettings(config, about.settings, { audit, log });
    callbacks.start();
    jobs.start();
    continueJobs = jobs.closed;
    // What is set wrong is found out now, and not by the first report.
    targets.check();
    return { url: http.url, catalogue, keyless: isKeyless(keys), setupCode: setup.code, stop };
  } catch (error) {
    await stop();
    throw await startFailure(error, config.dataDir);
  }
}

/** What names a folder of the service in an error: only admins see these. */
function foldersOf({ deliveryFolder, dataDir, reports }: Config): Promise<readonly string[]> {
  return underAllNames([deliveryFolder, dataDir, ...(reports === null || reports === "s3" ? [] : [reports])]);
}
