import { now } from "../clock.ts";
import { hasEnded, type Status, StatusMark } from "../parts/status.tsx";
import { Clock } from "../parts/time.tsx";
import type { ShownAttempt, ShownJobDetail } from "../responses.ts";
import { span } from "../words.ts";
import { messages } from "./messages.tsx";

interface Stretch {
  readonly name: string;
  readonly from: number;
  /** null: it lasts. */
  readonly to: number | null;
}

/** From the request to the end: each attempt, and how long each of its stages took. */
export function Timeline({ detail: { job, attempts } }: { readonly detail: ShownJobDetail }) {
  return (
    <section class="panel" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        <li>
          <Clock at={job.created_at} />
          <div>
            <strong>Accepted</strong>
            <Waited from={job.created_at} to={attempts[0]?.started_at ?? null} still={!hasEnded(job)} />
          </div>
        </li>
        {attempts.map((attempt, index) => (
          <li key={attempt.number}>
            <Clock at={attempt.started_at} />
            <AttemptItem
              attempt={attempt}
              only={attempts.length === 1}
              // What happened after it was complete had been a draft until then.
              draft={attempt.outcome === "completed" && (job.draft || index < attempts.length - 1)}
            />
          </li>
        ))}
        {job.ended_at !== null && (
          <li>
            <Clock at={job.ended_at} />
            <div>
              <strong>
                {job.stage === "completed" ? "Completed" : job.stage === "failed" ? "Failed" : "Cancelled"}
              </strong>
              <span class="second">
                {" "}
                {span(seconds(job.created_at, job.ended_at))} {messages.afterAccepted}
              </span>
            </div>
          </li>
        )}
      </ol>
    </section>
  );
}

function Waited({ from, to, still }: { readonly from: string; readonly to: string | null; readonly still: boolean }) {
  if (to === null && !still) return null;
  const waited = to === null ? (now.value - Date.parse(from)) / 1_000 : seconds(from, to);
  return (
    <span class="second">
      {" "}
      {to === null ? "waits for" : "waited"} {span(Math.max(0, waited))}
    </span>
  );
}

interface AttemptProps {
  readonly attempt: ShownAttempt;
  readonly only: boolean;
  /** It ended with the PDF: nothing was delivered. */
  readonly draft: boolean;
}

function AttemptItem({ attempt, only, draft }: AttemptProps) {
  const stretches = stretchesOf(attempt).filter(({ name }) => !draft || name !== "Delivering");
  const end = attempt.ended_at === null ? now.value : Date.parse(attempt.ended_at);
  const whole = Math.max(1, end - Date.parse(attempt.started_at));
  return (
    <div class="attempt">
      <p>
        <strong>{only ? "Started" : `Attempt ${attempt.number}`}</strong>
        <StatusMark {...outcomeOf(attempt)} />
        <span class="second figure">{span(whole / 1_000)}</span>
      </p>
      <ul class="segments">
        {stretches.map(({ name, from, to }) => (
          <li key={name}>
            <span class="name">{name}</span>
            <span class="bar" aria-hidden="true">
              <span
                class={to === null ? "ongoing" : undefined}
                style={{
                  marginLeft: `${((from - Date.parse(attempt.started_at)) / whole) * 100}%`,
                  width: `${Math.max(0.8, (((to ?? end) - from) / whole) * 100)}%`,
                }}
              />
            </span>
            <span class="figure">{span(((to ?? end) - from) / 1_000)}</span>
          </li>
        ))}
      </ul>
      {attempt.error !== null && <p class="why">{attempt.error.message}</p>}
    </div>
  );
}

const OUTCOMES: Readonly<
  Record<NonNullable<ShownAttempt["outcome"]>, { readonly status: Status; readonly word: string }>
> = {
  completed: { status: "completed", word: "Completed" },
  failed: { status: "failed", word: "Failed" },
  cancelled: { status: "cancelled", word: "Cancelled" },
  crashed: { status: "failed", word: "The process died" },
  released: { status: "queued", word: "Put back" },
};

const RELEASES: Readonly<Record<NonNullable<ShownAttempt["release_reason"]>, string>> = {
  stopping: messages.stopping,
  delivery_busy: messages.deliveryBusy,
  delivery_closed: messages.deliveryClosed,
  unclaimed: messages.unclaimed,
  report_gone: messages.reportGone,
  cancelling: messages.cancelling,
};

function outcomeOf({ outcome, release_reason }: ShownAttempt): { readonly status: Status; readonly word: string } {
  if (outcome === null) return { status: "running", word: "Running" };
  const known = OUTCOMES[outcome];
  return release_reason === null ? known : { ...known, word: RELEASES[release_reason] };
}

/** An attempt continues from what an earlier one finished, so it need not have all three stages. */
function stretchesOf({ started_at, gathered_at, rendered_at, ended_at, outcome }: ShownAttempt): readonly Stretch[] {
  const time = (at: string | null) => (at === null ? null : Date.parse(at));
  const [start, gathered, rendered, ended] = [
    Date.parse(started_at),
    time(gathered_at),
    time(rendered_at),
    time(ended_at),
  ];
  const stretches: Stretch[] = [];
  if (gathered !== null) stretches.push({ name: "Gathering", from: start, to: gathered });
  if (rendered !== null) stretches.push({ name: "Rendering", from: gathered ?? start, to: rendered });
  const reached = rendered ?? gathered;
  if (reached === null) return stretches;
  // What it did when it ended otherwise than well it did not finish.
  const last = rendered !== null ? "Delivering" : "Rendering";
  const name = outcome === null || outcome === "completed" ? last : `${last}, unfinished`;
  if (ended === null || ended > reached) stretches.push({ name, from: reached, to: ended });
  return stretches;
}

function seconds(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1_000;
}
