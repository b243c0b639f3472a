import { type Asking, askService } from "./asking.ts";
import { placeOf } from "./jobs.ts";

interface ShowOptions {
  readonly config: Asking;
  readonly json: boolean;
  readonly out: (line: string) => void;
}

/** Prints a job, a line a field. */
export function showJob(id: string, { config, json, out }: ShowOptions): Promise<void> {
  return askService(config, async (client) => {
    const job = await client.get(id);
    if (json) return out(JSON.stringify(job));
    const { result, error } = job;
    const lines: readonly (readonly [string, string | number | null | undefined])[] = [
      ["job", job.job_id],
      ["report", placeOf(job)],
      ["status", job.status],
      ["stage", `${job.stage} (${Math.round(job.progress * 100)} %)`],
      ["waits for", job.waiting_for],
      ["in the queue", job.queue_position],
      ["priority", job.priority],
      ["tries", job.attempts],
      ["error", error && `${error.message} (${error.code})`],
      ["accepted", job.created_at],
      ["started", job.started_at],
      ["ended", job.ended_at],
      ["next try", job.retry_at],
      ["PDF", result && `${result.pages} pages, ${Math.round(result.bytes / 1_000)} kB, sha256 ${result.sha256}`],
      ["download", result?.pdf_url],
      ["delivered to", result?.delivered_to],
      ["link", result?.url],
      ["metadata", job.metadata && JSON.stringify(job.metadata)],
    ];
    for (const [name, value] of lines) if (value !== null && value !== undefined) out(`${name.padEnd(14)}${value}`);
  });
}
