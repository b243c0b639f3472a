import type { Logger } from "pino";
import { asFailure } from "../failure.ts";
import type { OpenCircuit } from "../outbound/open-circuit.ts";
import { describeWait } from "../outbound/open-circuit.ts";
import type { TargetName, TargetRecord } from "../queue/target-records.ts";
import type { DeliveryTarget } from "./delivery.ts";
import { type DropboxAccount, type LinkStore, openDropboxAccount } from "./dropbox/account.ts";
import { messages } from "./messages.ts";
import type { RecordedDelivery } from "./record.ts";
import { createDeliveries, type TargetSettings } from "./targets.ts";

interface LinkSettings extends Omit<TargetSettings, "dataDir" | "dropboxKeys"> {
  readonly dropboxAppKey: string;
  readonly dropboxAppSecret: string | null;
  readonly dropboxRefreshToken: string;
  readonly publicUrl: string | null;
}

interface LinkingDependencies {
  readonly records: LinkStore;
  readonly log: Pick<Logger, "warn">;
  /** Other hosts may link another account. */
  readonly shared: boolean;
}

/** The targets of the settings, and Dropbox while it is linked in the browser. */
export interface LinkedTargets {
  /** Those that reports go to now. */
  readonly targets: () => readonly RecordedDelivery[];
  /** And those that may become so while the service runs. */
  readonly all: readonly RecordedDelivery[];
  readonly dropbox: DropboxAccount;
  /** Checks whether each can be used, so that a wrong setting is found before the first report. */
  check(): void;
  /** Checks whether this one can be used: the problem, or null for none; undefined if no target has this name. */
  test(target: string): Promise<string | null | undefined>;
  /** What is wrong with each, or null, and the results of the deliveries to it. */
  health(): Promise<
    readonly { readonly target: string; readonly problem: string | null; readonly record: TargetRecord }[]
  >;
  /** What jobs wait for ("s3 (outage, next attempt 2026-…Z)"), and until when; null when nothing is in the way. */
  waitingFor(): string | null;
  /** How many of at most this many deliveries may run now. */
  slots(most: number): number;
  /** Lets the next job through to each that is paused for a while. */
  probeNow(): void;
  close(): void;
}

/** Longest that a person waits for the test of a target. */
const TEST_MS = 30_000;
/** The longest delay until another host's link is used. */
const POLL_EVERY_MS = 5_000;

/** Builds them; `wrap` adds what is counted and recorded. A new or ended link is effective at once, on every host. */
export async function openLinkedTargets(
  settings: LinkSettings,
  { records, log, shared }: LinkingDependencies,
  own: Pick<TargetSettings, "dataDir" | "umask">,
  onChange: (target: TargetName, open: OpenCircuit | null) => void,
  wrap: (delivery: DeliveryTarget) => RecordedDelivery,
): Promise<LinkedTargets> {
  const closing = new AbortController();
  const { dropboxAppKey: appKey, dropboxAppSecret: appSecret, dropboxRefreshToken: refreshToken } = settings;
  const dropbox = await openDropboxAccount({
    settings: { appKey, appSecret, refreshToken },
    pathRoot: settings.dropboxPathRoot,
    publicUrl: settings.publicUrl,
    records,
    onChange: () => void targets().find(isDropbox)?.check(closing.signal),
  });
  if (refreshToken !== "" && dropbox.linked() !== null) log.warn(messages.dropboxTokenUnused);
  const isSet = settings.delivery.includes("dropbox");
  const delivery = isSet ? settings.delivery : [...settings.delivery, "dropbox" as const];
  const all = createDeliveries({ ...settings, ...own, delivery, dropboxKeys: dropbox.keys }, onChange).map(wrap);
  const targets = () => (isSet || dropbox.linked() !== null ? all : all.filter((each) => !isDropbox(each)));

  /** Written by `refresh`. */
  let away = false;
  const refresh = () =>
    dropbox.reload().then(
      () => {
        away = false;
      },
      (error) => {
        if (!away) log.warn(messages.dropboxLinkUnknown(asFailure(error).message));
        away = true;
      },
    );
  const timer = shared ? setInterval(() => void refresh(), POLL_EVERY_MS) : null;
  return {
    targets,
    all,
    dropbox,
    check() {
      for (const each of targets()) void each.check(closing.signal);
    },
    async test(name) {
      const delivery = targets().find(({ target }) => target === name);
      if (delivery === undefined) return undefined;
      await delivery.check(AbortSignal.timeout(TEST_MS));
      return delivery.problem();
    },
    health: () =>
      Promise.all(
        targets().map(async (each) => ({
          target: each.target,
          problem: await each.problem(),
          record: await each.record(),
        })),
      ),
    waitingFor: () =>
      targets()
        .flatMap(({ target, breaker }) => describeWait(target, breaker.open()) ?? [])
        .join(", ") || null,
    slots(most) {
      // If one of several targets is down, the others still get their reports.
      const deliveries = targets();
      if (deliveries.every(({ breaker }) => breaker.blocked())) return 0;
      return deliveries.every(({ breaker }) => breaker.open() !== null) ? 1 : most;
    },
    probeNow() {
      for (const { breaker } of targets()) breaker.probeNow();
    },
    close() {
      if (timer !== null) clearInterval(timer);
      closing.abort();
    },
  };
}

function isDropbox({ target }: DeliveryTarget): boolean {
  return target === "dropbox";
}
