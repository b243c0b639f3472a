import { Elysia } from "elysia";
import { type Job, STATUSES } from "../../queue/job.ts";
import { PROTECTION } from "../answer.ts";
import { html, Markup } from "../html.ts";
import { operation } from "../openapi/operation.ts";
import type { Shared } from "../shared.ts";

const LATEST = 25;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; } p { margin: .25rem 0; }
dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
dl div { min-width: 6rem; padding: .5rem .75rem; border: 1px solid #8886; border-radius: .5rem; }
dt { font-size: .85rem; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; border-bottom: 1px solid #8884; vertical-align: top; }
`;

const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${new Bun.CryptoHasher("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The front page: what is in the queue and what came of the latest jobs. It needs no script. */
export function homeRoutes(shared: Shared) {
  const { queue, version } = shared;
  return new Elysia().use(shared.admission).get(
    "/",
    async () => {
      const [counts, page] = await Promise.all([queue.counts(), queue.list({ limit: LATEST })]);
      const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentLink</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>AgentLink</h1>
<p>Version ${version}. <a href="docs">The API</a>, and <a href="openapi.json">its document</a>.</p>
</header>
<main>
<h2>Jobs</h2>
<dl>${STATUSES.map((status) => html`<div><dt>${status}</dt><dd>${counts[status]}</dd></div>`)}</dl>
<h2>The latest</h2>
${
  page.jobs.length === 0
    ? html`<p>None yet: <code>POST /api/generate-agents-report</code> asks for a report.</p>`
    : html`<div class="scroll"><table>
<thead><tr><th>Accepted</th><th>Suburb</th><th>How it is</th><th>Report</th></tr></thead>
<tbody>${page.jobs.map(row)}</tbody>
</table></div>`
}
</main>
</body>
</html>
`;
      return new Response(body.text, {
        headers: { ...PROTECTION, "Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8" },
      });
    },
    { detail: HOME },
  );
}

function row(job: Job) {
  const place = [job.suburb, job.state, job.postcode].filter((part) => part !== null).join(" ");
  const how = job.status === "running" ? job.stage : job.status;
  const why = job.error === null || job.status === "completed" ? "" : `: ${job.error.message}`;
  const report =
    job.report === null ? "" : html`<a href="api/jobs/${job.id}/report.pdf">PDF, ${job.report.pages} pages</a>`;
  return html`<tr>
<td><time datetime="${job.createdAt}">${job.createdAt.slice(0, 19).replace("T", " ")}</time></td>
<td><a href="api/job-status/${job.id}">${place}</a></td>
<td>${how}${why}</td>
<td>${report}</td>
</tr>
`;
}

const HOME = operation({
  operationId: "home",
  tags: ["Service"],
  summary: "The queue and the latest jobs, for people",
  answers: { 200: { description: "A page", content: { "text/html": { type: "string" } } } },
});
