import { useEffect, useState } from "preact/hooks";
import { go, linkTo } from "../address.ts";
import { now } from "../clock.ts";
import { onJob } from "../live.ts";
import { notifyError } from "../parts/notices.tsx";
import { Switch } from "../parts/switch.tsx";
import type { ShownStatistics } from "../responses.ts";
import { zoneFor } from "../time-zone.ts";
import { useResponse } from "../use-response.ts";
import { hourAndMinute, many, number, span, zoneName } from "../words.ts";
import { messages } from "./messages.tsx";

type Window = ShownStatistics["window"];
const READ_AGAIN_MS = { hour: 15_000, day: 60_000 } as const;
/** After a job has ended, so that the chart follows what is seen beside it. */
const SOON_MS = 1_500;

/** How many jobs ended, and how long they took, in the last hour or day. */
export function Charts({ window }: { readonly window: Window }) {
  const statistics = useStatistics(window);
  const plots = usePlots();
  return (
    <section class="charts" aria-labelledby="lately">
      <div class="heading small">
        <h2 id="lately">{window === "hour" ? "The last hour" : "The last day"}</h2>
        <Switch
          legend="Time shown"
          value={window}
          choices={[
            { value: "hour", label: "Hour" },
            { value: "day", label: "Day" },
          ]}
          onChange={(value) => go(linkTo("", { window: value === "day" ? "day" : "" }), { replace: true })}
        />
      </div>
      {statistics === null ? (
        <p class="hint">…</p>
      ) : (
        <>
          <div class="halves">
            <figure>
              <figcaption>
                Jobs ended <span class="second">{throughputWords(statistics)}</span>
              </figcaption>
              {plots !== null && (
                <plots.ThroughputChart statistics={statistics} label={`Jobs ended: ${throughputWords(statistics)}`} />
              )}
            </figure>
            <figure>
              <figcaption>
                Time in attempts <span class="second">{durationWords(statistics)}</span>
              </figcaption>
              {plots !== null && (
                <plots.DurationChart statistics={statistics} label={`Time in attempts: ${durationWords(statistics)}`} />
              )}
            </figure>
          </div>
          <Table statistics={statistics} />
        </>
      )}
    </section>
  );
}

/** The drawing code is a quarter of the overview, and below the first screen: it is loaded after the figures. */
function usePlots(): typeof import("./plot.tsx") | null {
  const [plots, set] = useState<typeof import("./plot.tsx") | null>(null);
  useEffect(() => {
    // If it cannot be loaded, the figures and the table show the same.
    import("./plot.tsx").then(set, () => {});
  }, []);
  return plots;
}

function useStatistics(window: Window): ShownStatistics | null {
  const { found: statistics, refusal } = useResponse<ShownStatistics>(`api/statistics?window=${window}`, (read) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readIn = (waitMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        readIn(READ_AGAIN_MS[window]);
        if (!document.hidden) read();
      }, waitMs);
    };
    let soon = 0;
    const stop = onJob(({ ended_at }) => {
      if (ended_at === null || performance.now() < soon) return;
      soon = performance.now() + SOON_MS;
      readIn(SOON_MS);
    });
    readIn(READ_AGAIN_MS[window]);
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
  useEffect(() => {
    if (refusal !== null) notifyError(refusal);
  }, [refusal]);
  return statistics?.window === window ? statistics : null;
}

function throughputWords({ buckets }: ShownStatistics): string {
  const sum = (of: (bucket: ShownStatistics["buckets"][number]) => number) =>
    buckets.reduce((all, each) => all + of(each), 0);
  const completed = sum((each) => each.completed);
  const failed = sum((each) => each.failed);
  return `${number(completed)} completed, ${number(failed)} failed`;
}

function durationWords({ buckets }: ShownStatistics): string {
  const slowest = Math.max(...buckets.map((each) => each.p95_seconds ?? 0));
  const latest = buckets.findLast((each) => each.median_seconds !== null);
  if (latest?.median_seconds == null) return "nothing has completed";
  return messages.durations(span(latest.median_seconds), span(slowest));
}

/** The same for those who cannot see the charts, or want the numbers. */
function Table({ statistics }: { readonly statistics: ShownStatistics }) {
  const withEnds = statistics.buckets.filter((each) => each.completed + each.failed + each.cancelled > 0).toReversed();
  if (withEnds.length === 0) return null;
  return (
    <details class="as-table">
      <summary>{messages.asTable}</summary>
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">From ({zoneName(now.value, zoneFor())})</th>
            <th scope="col" class="number">
              Completed
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="number">
              Cancelled
            </th>
            <th scope="col" class="number">
              Median
            </th>
            <th scope="col" class="number">
              95 %
            </th>
          </tr>
        </thead>
        <tbody>
          {withEnds.map((each) => (
            <tr key={each.at}>
              <th scope="row">{hourAndMinute(each.at, now.value, { ...zoneFor(), named: false })}</th>
              <td class="number">{number(each.completed)}</td>
              <td class="number">{number(each.failed)}</td>
              <td class="number">{number(each.cancelled)}</td>
              <td class="number">{each.median_seconds === null ? "" : span(each.median_seconds)}</td>
              <td class="number">{each.p95_seconds === null ? "" : span(each.p95_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{messages.emptyPeriods(many(statistics.buckets.length - withEnds.length, "period"))}</p>
    </details>
  );
}
