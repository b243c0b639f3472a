/*
 * The first page: whether all is well, what runs now, and what ended recently.
 * Figures arrive as events while the page is open.
 * Not here: other pages, except what it shows of the catalogue and the address of a filtered list.
 */

import { useEffect } from "preact/hooks";
import { linkTo, type PageProps } from "../address.ts";
import { get } from "../api.ts";
import { now } from "../clock.ts";
import { connection, onSync, overview } from "../live.ts";
import { notifyError } from "../parts/notices.tsx";
import { STATUSES, StatusMark } from "../parts/status.tsx";
import { Clock, Since } from "../parts/time.tsx";
import type { ShownOverview } from "../responses.ts";
import { maySubmit, seesAll } from "../viewer.ts";
import { ago, number, who } from "../words.ts";
import { CatalogueState } from "./catalogue.tsx";
import { Charts } from "./charts.tsx";
import { Health } from "./health.tsx";
import { Latest } from "./latest.tsx";
import { messages } from "./messages.tsx";
import { PauseButton } from "./pause.tsx";
import { problemsOf } from "./problems.ts";
import { Running } from "./running.tsx";

/** Whether all is well, what happens now, and what happened recently. */
export function Page({ query }: PageProps) {
  useEffect(() => loadOverview(), []);
  const figures = overview.value;
  return (
    <>
      <div class="heading">
        <h1>Overview</h1>
        {seesAll && <Verdict />}
        <div class="actions">
          <PauseButton />
          {maySubmit && (
            <a class="button primary" href={linkTo("new")}>
              New report
            </a>
          )}
        </div>
      </div>
      <CatalogueState figures={figures} />
      {seesAll && <Figures counts={figures?.counts ?? null} oldestQueuedAt={figures?.oldest_queued_at ?? null} />}
      <div class={seesAll ? "halves unequal" : "halves"}>
        {seesAll ? (
          <>
            <div class="stack">
              <Running figures={figures} />
              <Latest title="Latest failures" status="failed" none="Nothing has failed." />
            </div>
            {figures !== null && (
              <div class="stack">
                <Health overview={figures} />
                <Actions actions={figures.actions} />
              </div>
            )}
          </>
        ) : (
          <Latest title="Latest failures" status="failed" none="Nothing has failed." />
        )}
        {!seesAll && <Latest title="Latest reports" status="completed" none="No report yet." />}
      </div>
      {seesAll && <Charts window={query.get("window") === "day" ? "day" : "hour"} />}
      {seesAll && <Latest title="Latest reports" status="completed" none="No report yet." />}
    </>
  );
}

/** The one line that shows whether there is something to do, from what is known now only. */
function Verdict() {
  const figures = overview.value;
  if (figures === null) return <p class="verdict">…</p>;
  if (connection.value !== "live")
    return (
      <p class="verdict bad" role="status">
        {connection.value === "resting" ? "Not connected" : messages.noResponse}
        {messages.lastUpdated(ago(figures.now, now.value))}
      </p>
    );
  const problems = problemsOf(figures);
  if (problems.length > 0) {
    const all = problems.map((sentence) => sentence.replace(/\.$/, "")).join("; ");
    return (
      <p class="verdict bad" role="status">
        {all.charAt(0).toUpperCase() + all.slice(1)}.
      </p>
    );
  }
  if (figures.paused !== null) return <p class="verdict">{messages.paused}</p>;
  return <p class="verdict good">All is well.</p>;
}

/** Loads the figures before the first event brings them. Returns how to stop. */
function loadOverview(): () => void {
  if (!seesAll) return () => {};
  const controller = new AbortController();
  const load = () =>
    get<ShownOverview>("api/overview", controller.signal).then(
      (figures) => {
        // An event may have brought later ones while this was on its way.
        if (overview.value === null || overview.value.now <= figures.now) overview.value = figures;
      },
      (error) => {
        if (!controller.signal.aborted) notifyError(error);
      },
    );
  const stop = onSync(load);
  void load();
  return () => {
    controller.abort();
    stop();
  };
}

const WORDS = { paused: "Queue paused", resumed: "Queue resumed", imported: "Data imported" } as const;

/** Who did what to the queue as a whole, and to the data. */
function Actions({ actions }: { readonly actions: ShownOverview["actions"] }) {
  if (actions.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="actions">
      <h2 id="actions">Recent actions</h2>
      <ul class="actions-list">
        {actions.map(({ at, action, actor, detail }) => (
          <li key={`${at} ${action}`}>
            {WORDS[action]} by {action === "imported" && actor === "operator" ? "operator (command line)" : who(actor)}
            {detail === null ? "" : `: ${detail}`}{" "}
            <span class="second">
              <Clock at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FiguresProps {
  readonly counts: ShownOverview["counts"] | null;
  readonly oldestQueuedAt: string | null;
}

/** How many jobs there are of each status, each the way to them. */
function Figures({ counts, oldestQueuedAt }: FiguresProps) {
  return (
    <ul class="figures" aria-label="Jobs by status">
      {STATUSES.map((status) => (
        <li key={status} class={counts !== null && counts[status] > 0 ? status : `${status} none`}>
          <a href={linkTo("jobs", { status })}>
            <StatusMark status={status} />
            <span class="big figure">{counts === null ? "–" : number(counts[status])}</span>
            <span class="second">
              {status === "queued" && oldestQueuedAt !== null && (
                <>
                  oldest <Since at={oldestQueuedAt} />
                </>
              )}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
