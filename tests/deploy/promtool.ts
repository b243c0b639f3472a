import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../e2e/binary.ts";

const RULES = resolve(import.meta.dir, "../../deploy/prometheus/alerts.yml");
const STEP_S = 15;
/** The longest rule waits for an hour. */
const HOURS = 2;
/** These measure how long something lasts, while it does; for a moment an upload in flight is among them. */
const ELAPSED = /^agentlink_(oldest_queued|oldest_callback|dependency_failing)_seconds\b/;
const MOMENT_S = 0.5;
const JOB = "agentlink";

/** What Prometheus would have scraped of one host: series by name and labels, at the first and at the last check. */
export interface Recording {
  readonly instance: string;
  readonly up: boolean;
  readonly first: ReadonlyMap<string, number>;
  readonly last: ReadonlyMap<string, number>;
  readonly counters: ReadonlySet<string>;
  readonly seconds: number;
}

interface Scrape {
  readonly series: ReadonlyMap<string, number>;
  readonly counters: ReadonlySet<string>;
}

/** Scrapes a running service until `there` passes, and once more after a second. */
export async function record(
  url: string,
  there: (series: ReadonlyMap<string, number>) => boolean = () => true,
  instance = "one:8080",
): Promise<Recording> {
  const deadline = performance.now() + 60_000;
  const first = await scrape(url);
  const began = performance.now();
  for (;;) {
    const { series, counters } = await scrape(url);
    const seconds = (performance.now() - began) / 1_000;
    if (there(series) && seconds >= 1)
      return { instance, up: true, first: first.series, last: series, counters, seconds };
    if (performance.now() > deadline)
      throw new Error(
        `the outage was not to be seen in 60 s:\n${[...series].map((each) => each.join(" ")).join("\n")}`,
      );
    await Bun.sleep(50);
  }
}

/** A host that does not respond: Prometheus drops what it had of it. */
export function down(instance: string): Recording {
  const none = new Map<string, number>();
  return { instance, up: false, first: none, last: none, counters: new Set(), seconds: 1 };
}

async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counted = [...text.matchAll(/^# TYPE (\S+) (counter|histogram)$/gm)].map(([, name]) => name ?? "");
  const series = new Map<string, number>();
  for (const [, name = "", value] of text.matchAll(/^([a-z]\S*(?:\{.*\})?) (\S+)$/gm)) series.set(name, Number(value));
  return { series, counters: new Set(counted) };
}

/**
 * Feeds what was recorded to promtool's unit tests, as if it continued like that for two hours: counters at the pace they
 * had, what lasts lasting on, all else as it was. Fails unless exactly these alerts fire after so many minutes.
 */
export async function expectAlerts(
  recordings: readonly Recording[],
  expected: Readonly<Record<number, readonly string[]>>,
): Promise<void> {
  const input = recordings.flatMap(seriesOf).map(([series, values]) => ({ series, values }));
  const tests = Object.entries(expected).map(([minute, alerts]) => ({
    expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: `${minute}m`,
    exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
  }));
  const file = join(temporaryFolder(), "outage.json");
  const test = { interval: `${STEP_S}s`, input_series: input, promql_expr_test: tests };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: "1m", tests: [test] }));
  const { exitCode, stdout, stderr } = Bun.spawnSync(["promtool", "test", "rules", file]);
  if (exitCode !== 0) throw new Error(`other alerts fire: ${stdout.toString()}${stderr.toString()}`);
}

function seriesOf({ instance, up, first, last, counters, seconds }: Recording): readonly (readonly [string, string])[] {
  const steps = (HOURS * 3_600) / STEP_S;
  const whose = `job="${JOB}",instance="${instance}"`;
  const series = [...last].map(([name, value]): [string, string] => {
    const base = name.replace(/\{.*/, "").replace(/_(bucket|sum|count)$/, "");
    const perSecond =
      counters.has(base) || counters.has(name.replace(/\{.*/, ""))
        ? (value - (first.get(name) ?? 0)) / seconds
        : ELAPSED.test(name) && value > MOMENT_S
          ? 1
          : 0;
    const labelled = name.includes("{") ? name.replace("{", `{${whose},`) : `${name}{${whose}}`;
    const slope = perSecond * STEP_S;
    return [labelled, `${value}${slope < 0 ? "-" : "+"}${Math.abs(slope)}x${steps}`];
  });
  return [[`up{${whose}}`, `${up ? 1 : 0}+0x${steps}`], ...series];
}
