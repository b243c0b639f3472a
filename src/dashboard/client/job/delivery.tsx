import type { JobDetail } from "../answers.ts";
import { Copy } from "../parts/copy.tsx";
import { StatusMark } from "../parts/status.tsx";
import { Clock } from "../parts/time.tsx";
import { bytes } from "../words.ts";

/** What came of the job: the file, and where it was put. */
export function Delivery({ detail: { job, deliveries } }: { readonly detail: JobDetail }) {
  if (job.result === null && deliveries.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="result">
      <h2 id="result">Result</h2>
      <dl class="facts">
        {job.result !== null && (
          <>
            <div>
              <dt class="as-is">PDF</dt>
              <dd>
                {job.result.pages} pages, {bytes(job.result.bytes)}
              </dd>
            </div>
            <div>
              <dt class="as-is">SHA-256</dt>
              <dd class="long">
                <code>{job.result.sha256}</code>
                <Copy text={job.result.sha256} what="SHA-256" />
              </dd>
            </div>
          </>
        )}
        {deliveries.map(({ target, path, delivered_at, delivered_to, url }) => (
          <div key={target}>
            <dt>{target}</dt>
            <dd class="long">
              {delivered_to === null ? (
                <StatusMark status="waiting" word="Not there yet" />
              ) : (
                <StatusMark status="completed" word="Delivered" />
              )}{" "}
              {delivered_at !== null && <Clock at={delivered_at} />}
              <br />
              {url === null ? <code>{delivered_to ?? path}</code> : <a href={url}>{delivered_to ?? path}</a>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
