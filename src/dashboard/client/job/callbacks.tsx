import { post } from "../api.ts";
import { notify, notifyError } from "../parts/notices.tsx";
import { hasEnded, StatusMark } from "../parts/status.tsx";
import { Ago, Clock } from "../parts/time.tsx";
import type { ShownCallback, ShownJobDetail } from "../responses.ts";
import { maySubmit } from "../viewer.ts";
import { many, span } from "../words.ts";
import { messages } from "./messages.tsx";

interface CallbacksProps {
  readonly detail: ShownJobDetail;
  readonly onSent: () => void;
}

/** The callbacks of the job, and the responses of their receivers. */
export function Callbacks({ detail: { job, callbacks }, onSent }: CallbacksProps) {
  if (callbacks.length === 0) return null;
  const again = () =>
    post(`api/jobs/${job.job_id}/callback`).then(() => {
      notify(messages.callbackResent);
      onSent();
    }, notifyError);
  return (
    <section class="panel" aria-labelledby="callbacks">
      <h2 id="callbacks">
        Callbacks
        {maySubmit && hasEnded(job) && (
          <button type="button" class="button small" onClick={again}>
            Send again
          </button>
        )}
      </h2>
      {callbacks.map((callback) => (
        <OneCallback key={callback.callback_id} callback={callback} />
      ))}
    </section>
  );
}

function OneCallback({ callback }: { readonly callback: ShownCallback }) {
  const { status, url, attempts, retry_at, attempt_log } = callback;
  return (
    <div class="callback">
      <p>
        <StatusMark {...(status === "pending" && attempt_log.at(-1)?.error != null ? FAILING : MARKS[status])} />{" "}
        {url === null ? messages.hiddenReceiver : <code class="long">{url}</code>}
      </p>
      <p class="second">
        {messages.reportsThatJob(callback.job_status === "cancelled" ? "was cancelled" : callback.job_status)}{" "}
        {many(attempts, "attempt")}
        {retry_at !== null && status === "pending" && (
          <>
            , next <Ago at={retry_at} />
          </>
        )}
      </p>
      {attempt_log.length > 0 && (
        <ol class="attempts">
          {attempt_log.map((each) => (
            <li key={each.started_at}>
              <Clock at={each.started_at} /> {each.http_status ?? each.error}
              {each.http_status !== null && each.error !== null && `: ${each.error}`}{" "}
              <span class="second">{span(each.ms / 1_000)}</span>
              {each.response !== null && each.response !== "" && each.error !== null && (
                <code class="long">{each.response}</code>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

const FAILING = { status: "failed", word: messages.callbackFailing } as const;
const MARKS = {
  pending: { status: "waiting", word: "On its way" },
  delivered: { status: "completed", word: "Taken" },
  failed: { status: "failed", word: "Given up" },
} as const;
