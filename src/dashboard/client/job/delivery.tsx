import { at } from "../address.ts";
import { Copy } from "../parts/copy.tsx";
import { StatusMark } from "../parts/status.tsx";
import { Clock } from "../parts/time.tsx";
import type { ShownJobDetail } from "../responses.ts";
import { bytes, kindName, many } from "../words.ts";

/** The result of the job: its files, and where they were put. */
export function Delivery({ detail: { job, deliveries } }: { readonly detail: ShownJobDetail }) {
  if (job.result === null && deliveries.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="result">
      <h2 id="result">Result</h2>
      <dl class="facts">
        {job.documents.map(({ kind, filename, pages, bytes: size, sha256 }) => (
          <div key={kind}>
            <dt class="as-is">{kindName(kind)}</dt>
            <dd class="long">
              <a href={at(`api/jobs/${job.job_id}/documents/${kind}.pdf`)} target="_blank" rel="noopener">
                {filename}
              </a>
              , {many(pages, "page")}, {bytes(size)}
              <br />
              <span class="second">SHA-256</span> <code>{sha256}</code>
              <Copy text={sha256} what={`SHA-256 of the ${kindName(kind).toLowerCase()}`} />
            </dd>
          </div>
        ))}
        {deliveries.map(({ kind, target, path, delivered_at, delivered_to, url }) => (
          <div key={`${kind} ${target}`}>
            <dt>{job.documents.length > 1 ? `${target}, ${kindName(kind).toLowerCase()}` : target}</dt>
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
