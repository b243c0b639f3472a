import { visibleLine } from "../text/visible-text.ts";
import type { TimePrinter } from "./clock.ts";
import { localityOf } from "./jobs.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

interface WatchOptions {
  readonly config: ServiceAddress;
  readonly clock: TimePrinter;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly out: (line: string) => void;
}

const OUTAGE_MS = 10 * 60_000;

/** Prints a line for each change of any job, until Ctrl-C; rides out a restart of the service. */
export async function watchAll({ config, clock, json, signal, out }: WatchOptions): Promise<void> {
  // If nothing responds now, that is reported now.
  await withService(config, (client) => client.list({ limit: 1 }, { signal }));
  try {
    await withService(
      config,
      async (client) => {
        for await (const event of client.events({ signal })) {
          if (event.type !== "job") continue;
          const { job } = event;
          const why = job.failure === null ? "" : `  ${job.failure.message}`;
          // With its day: a long watch spans midnight.
          const time = clock(new Date().toISOString(), job);
          out(
            json
              ? JSON.stringify(job)
              : `${time}  ${job.job_id}  ${job.stage.padEnd(10)}  ${visibleLine(localityOf(job) + why)}`,
          );
        }
      },
      { unreachableMs: OUTAGE_MS },
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
