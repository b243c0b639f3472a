import type { Logger } from "pino";
import { asFailure } from "../failure.ts";
import type { OpenCircuit } from "../outbound/open-circuit.ts";
import { describeWait } from "../outbound/open-circuit.ts";
import type { DeliveryTarget } from "./delivery.ts";
import { type DropboxAccount, type LinkStore, openDropboxAccount } from "./dropbox/account.ts";
import { messages } from "./messages.ts";
import { createDeliveries, type TargetName, type TargetSettings } from "./targets.ts";

interface LinkSettings extends Omit<TargetSettings, "dataDir" | "dropboxKeys"> {
  readonly dropboxAppKey: string;
  readonly dropboxAppSecret: string | null;
  readonly dropboxRefreshToken: string;
  readonly publicUrl: string | null;
}

interface Surroundings {
  readonly records: LinkStore;
  readonly log: Pick<Logger, "warn">;
  /** Other hosts may link another account. */
  readonly shared: boolean;
}

/** The targets of the settings, and Dropbox while somebody has it linked in the browser. */
export interface LinkedTargets<T extends DeliveryTarget> {
  /** Those that reports go to now. */
  readonly targets: () => readonly T[];
  /** And those that may become so while the service runs. */
  readonly all: readonly T[];
  readonly dropbox: DropboxAccount;
  /** Looks whether each can be used, so that what is set wrong is found before the first report. */
  check(): void;
  close(): void;
}

/** Another host's link is used so long after it was made, at most. */
const LOOK_EVERY_MS = 5_000;

/** Builds them; `wrap` adds what is counted and recorded. A link that is made or ended is in force at once, on every host. */
export async function openLinkedTargets<T extends DeliveryTarget>(
  settings: LinkSettings,
  { records, log, shared }: Surroundings,
  place: Pick<TargetSettings, "dataDir" | "umask">,
  onChange: (target: TargetName, open: OpenCircuit | null) => void,
  wrap: (delivery: DeliveryTarget) => T,
): Promise<LinkedTargets<T>> {
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
  const all = createDeliveries({ ...settings, ...place, delivery, dropboxKeys: dropbox.keys }, onChange).map(wrap);
  const targets = () => (isSet || dropbox.linked() !== null ? all : all.filter((each) => !isDropbox(each)));

  let away = false;
  const look = () =>
    dropbox.reload().then(
      () => {
        away = false;
      },
      (error) => {
        if (!away) log.warn(messages.dropboxLinkUnknown(asFailure(error).message));
        away = true;
      },
    );
  const timer = shared ? setInterval(() => void look(), LOOK_EVERY_MS) : null;
  return {
    targets,
    all,
    dropbox,
    check() {
      for (const each of targets()) void each.check(closing.signal);
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

/** Of these targets together, by their circuits. */
export interface Availability {
  /** What jobs wait for ("s3 (outage, next attempt 2026-…Z)"), and until when; null when nothing is in the way. */
  waitingFor(): string | null;
  /** Deliveries that may be under way now, of so many at most. */
  slots(most: number): number;
  /** Lets the next job through to each that is paused for a while. */
  probeNow(): void;
}

/** `targets`: those that reports go to now. */
export function availabilityOf(targets: () => readonly Pick<DeliveryTarget, "target" | "breaker">[]): Availability {
  return {
    waitingFor: () =>
      targets()
        .flatMap(({ target, breaker }) => describeWait(target, breaker.open()) ?? [])
        .join(", ") || null,
    slots(most) {
      // Where one of several targets is away the others get their reports all the same.
      const deliveries = targets();
      if (deliveries.every(({ breaker }) => breaker.blocked())) return 0;
      return deliveries.every(({ breaker }) => breaker.open() !== null) ? 1 : most;
    },
    probeNow() {
      for (const { breaker } of targets()) breaker.probeNow();
    },
  };
}
