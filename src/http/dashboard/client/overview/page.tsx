import { useEffect } from "preact/hooks";
import { linkTo } from "../address.ts";
import { overview } from "../live.ts";
import { mayOperate, maySubmit } from "../viewer.ts";
import { Charts } from "./charts.tsx";
import { Figures } from "./figures.tsx";
import { Health } from "./health.tsx";
import { Latest } from "./latest.tsx";
import { loadOverview } from "./load.ts";
import { PauseButton } from "./pause.tsx";
import { Running } from "./running.tsx";

/** Whether all is well, what happens now, and what happened lately. */
export function OverviewPage({ query }: { readonly query: URLSearchParams }) {
  useEffect(() => loadOverview(), []);
  const figures = overview.value;
  return (
    <>
      <div class="heading">
        <h1>Overview</h1>
        {mayOperate && <Verdict />}
        <div class="actions">
          <PauseButton />
          {maySubmit && (
            <a class="button primary" href={linkTo("new")}>
              New report
            </a>
          )}
        </div>
      </div>
      {mayOperate && <Figures counts={figures?.counts ?? null} oldestQueuedAt={figures?.oldest_queued_at ?? null} />}
      <div class={mayOperate ? "halves unequal" : "halves"}>
        {mayOperate ? (
          <>
            <div class="stack">
              <Running running={figures?.running ?? []} paused={figures?.paused != null} />
              <Latest title="Latest failures" status="failed" none="Nothing has failed." />
            </div>
            {figures !== null && <Health overview={figures} />}
          </>
        ) : (
          <Latest title="Latest failures" status="failed" none="Nothing has failed." />
        )}
        {!mayOperate && <Latest title="Latest reports" status="completed" none="No report yet." />}
      </div>
      {mayOperate && <Charts window={query.get("window") === "day" ? "day" : "hour"} />}
      {mayOperate && <Latest title="Latest reports" status="completed" none="No report yet." />}
    </>
  );
}

/** The one line that says whether anybody has to do something. */
function Verdict() {
  const figures = overview.value;
  if (figures === null) return <p class="verdict">…</p>;
  if (!figures.ready.ok)
    return (
      <p class="verdict bad" role="status">
        {figures.ready.problems.join("; ")}
      </p>
    );
  return <p class="verdict good">All is well.</p>;
}
