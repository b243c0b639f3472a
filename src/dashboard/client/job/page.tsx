/*
 * The page of one job: its state, attempts, history, deliveries, callbacks, and the PDF beside them.
 * A job can be retried, cancelled or sent here.
 * Not here: other pages, except the list's way back.
 */

import { useEffect } from "preact/hooks";
import { jobFacts } from "../../../client/job-facts.ts";
import { go, linkTo, type PageProps } from "../address.ts";
import { post } from "../api.ts";
import { onJob } from "../live.ts";
import { cancel, cancellable, discard, retry, retryable, retryableNow, send, sendable } from "../operations.tsx";
import { confirmed } from "../parts/confirm.tsx";
import { Copy } from "../parts/copy.tsx";
import { AlertIcon, CloseIcon, RetryIcon } from "../parts/icons.tsx";
import { notifyError } from "../parts/notices.tsx";
import { JobStatus } from "../parts/status.tsx";
import { TimesOf } from "../parts/time.tsx";
import type { ShownJob, ShownJobDetail } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { maySubmit } from "../viewer.ts";
import { asSentence, localityName } from "../words.ts";
import { Callbacks } from "./callbacks.tsx";
import { Delivery } from "./delivery.tsx";
import { History } from "./history.tsx";
import { messages } from "./messages.tsx";
import { Now } from "./now.tsx";
import { Pdf } from "./pdf.tsx";
import { Timeline } from "./timeline.tsx";

/** Everything about one job, and its PDF beside it. */
export function Page({ named: { id = "" } }: PageProps) {
  const {
    found: detail,
    refusal,
    refresh,
  } = useResponse<ShownJobDetail>(`api/jobs/${encodeURIComponent(id)}`, (read) =>
    onJob((job) => void (job.job_id === id && read())),
  );
  useEffect(() => {
    if (detail === null) return;
    // A piece of the id named it: from here on its own address does, to be shared and gone back to.
    if (detail.job.job_id !== id) go(linkTo(`jobs/${detail.job.job_id}`), { replace: true });
    document.title = `${localityName(detail.job)} – AgentLink`;
  }, [detail]);
  // What becomes of a callback is no change of its job, so no event reports it.
  useEffect(() => {
    const waitMs = detail === null ? null : untilAttempt(detail);
    if (waitMs === null) return;
    const timer = setTimeout(refresh, waitMs);
    return () => clearTimeout(timer);
  }, [detail]);

  if (detail === null)
    return refusal === null ? (
      <div class="heading">
        <h1>…</h1>
      </div>
    ) : (
      <div class="empty">
        <h1>
          {refusal.status === 404 ? "No such job" : refusal.status === 409 ? "Several jobs match" : messages.notShown}
        </h1>
        <p role="alert">{refusal.message}</p>
        <a class="button" href={linkTo("jobs")}>
          All jobs
        </a>
      </div>
    );
  return <Shown detail={detail} refresh={refresh} />;
}

/** The same request once more, as a job of its own. */
async function again({ job, request }: ShownJobDetail): Promise<void> {
  const sure = await confirmed({
    title: messages.againTitle(localityName(job)),
    body: (
      <p>
        {messages.againConsequence(job.draft ? "draft" : "job")}
        {job.draft ? ` ${messages.againAsDraft}` : ""}
      </p>
    ),
    action: "Make it again",
  });
  if (!sure) return;
  try {
    const path = request.report === "agency" ? "api/generate-agency-report" : "api/generate-agents-report";
    const once = { "Idempotency-Key": crypto.getRandomValues(new Uint32Array(4)).join("-") };
    // One that was never sent is made again as what it is; one that was sent is delivered again.
    const { draft: _, ...plain } = request;
    const body = job.draft ? { ...plain, draft: true } : plain;
    const { job_id } = await post<{ readonly job_id: string }>(path, body, once);
    go(linkTo(`jobs/${job_id}`));
  } catch (error) {
    notifyError(error);
  }
}

/** When to see the outcome of the callback that is attempted next; null where none waits. */
function untilAttempt({ callbacks }: ShownJobDetail): number | null {
  const pending = callbacks.filter(({ status }) => status === "pending");
  if (pending.length === 0) return null;
  const next = Math.min(...pending.map(({ retry_at }) => (retry_at === null ? 0 : Date.parse(retry_at) - Date.now())));
  return Math.min(60_000, Math.max(2_000, next + 1_000));
}

function draftWords(job: ShownJobDetail["job"]): string {
  return sendable(job) ? messages.draftRendered : messages.draftNotRendered;
}

interface ShownProps {
  readonly detail: ShownJobDetail;
  readonly refresh: () => void;
}

function Shown({ detail, refresh }: ShownProps) {
  const { job, client } = detail;
  return (
    <>
      <div class="heading">
        <h1>{localityName(job)}</h1>
        <JobStatus job={job} />
        <div class="actions">
          {maySubmit && (
            <>
              <button type="button" class="button" onClick={() => again(detail)}>
                Make again
              </button>
              <a class="button" href={linkTo("new", { like: job.job_id })}>
                Another like this
              </a>
            </>
          )}
          {maySubmit && sendable(job) && (
            <>
              <button type="button" class="button" onClick={() => discard(job)}>
                Discard
              </button>
              <button type="button" class="button primary" onClick={() => send(job)}>
                Send
              </button>
            </>
          )}
          {maySubmit && cancellable(job) && (
            <button type="button" class="button" data-shortcut="cancel" onClick={() => cancel(job)}>
              <CloseIcon />
              Cancel
            </button>
          )}
          {maySubmit && (retryable(job) || retryableNow(job)) && (
            <button type="button" class="button primary" data-shortcut="retry" onClick={() => retry(job)}>
              <RetryIcon />
              Retry
            </button>
          )}
        </div>
      </div>
      <p class="under">
        <code>{job.job_id}</code>
        <Copy text={job.job_id} what="job id" />
        <span>
          client <a href={linkTo("jobs", { client })}>{client}</a>
        </span>
        {jobFacts(job).map(([title, value]) => (
          <span key={title}>
            {title} {value}
          </span>
        ))}
        {job.requested_text !== "" && <span>requested: {job.requested_text}</span>}
      </p>
      <div class="beside">
        <div class="job-reason">
          <TimesOf locality={job}>
            {job.draft && <p class="draft">{draftWords(job)}</p>}
            <Warnings job={job} />
            <Now job={job} />
            <Timeline detail={detail} />
            <Delivery detail={detail} />
            <Callbacks detail={detail} onSent={refresh} />
            <Request request={detail.request} />
            <History history={detail.history} />
          </TimesOf>
        </div>
        <Pdf job={job} />
      </div>
    </>
  );
}

/** What was requested, as it was sent; without the data set, which can be long. */
function Request({ request }: { readonly request: Readonly<Record<string, unknown>> }) {
  const text = JSON.stringify(request, shortened, 2);
  return (
    <section class="panel" aria-labelledby="request">
      <h2 id="request">
        Request
        <Copy text={JSON.stringify(request, null, 2)} what="request" />
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled with the keys, too */}
      <pre class="source" tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  );
}

const SHOWN = 200;

/** A logo is a hundred thousand letters, not worth reading. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === "string" && value.length > SHOWN
    ? `${value.slice(0, SHOWN)}… (${value.length} characters)`
    : value;
}

/** What was odd about the request: otherwise the reader of the PDF would be the first to see it. */
function Warnings({ job: { warnings } }: { readonly job: ShownJob }) {
  if (warnings.length === 0) return null;
  return (
    <section class="callout bad" aria-labelledby="warnings">
      <h2 id="warnings">
        <AlertIcon /> {warnings.length === 1 ? "Warning" : "Warnings"}
      </h2>
      {warnings.map((warning) => (
        <p key={warning}>{asSentence(warning)}</p>
      ))}
    </section>
  );
}
