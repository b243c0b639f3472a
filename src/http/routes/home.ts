import { Elysia } from "elysia";
import { type Job, STATUSES } from "../../queue/job.ts";
import { html } from "../html.ts";
import { ownOf } from "../job-filter.ts";
import { operation } from "../openapi/operation.ts";
import { page } from "../page.ts";
import type { Shared } from "../shared.ts";

const LATEST = 25;

/** The front page: what is in the queue and what came of the latest jobs. It needs no script. */
export function homeRoutes(shared: Shared) {
  const { queue, sessions, version } = shared;
  return new Elysia().use(shared.admission).get(
    "/",
    async ({ request, caller }) => {
      const [counts, list] = await Promise.all([queue.counts(), queue.list({ limit: LATEST, ...ownOf(caller) })]);
      return page(html`
<header>
<h1>AgentLink</h1>
<p>Version ${version}. <a href="docs">The API</a>, and <a href="openapi.json">its document</a>.</p>
${sessions.find(request.headers) === null ? "" : html`<form method="post" action="sign-out"><button>Sign out</button></form>`}
</header>
<main>
${
  caller.scope === "admin"
    ? html`<h2>Jobs</h2>
<dl>${STATUSES.map((status) => html`<div><dt>${status}</dt><dd>${counts[status]}</dd></div>`)}</dl>`
    : ""
}
<h2>The latest</h2>
${
  list.jobs.length === 0
    ? html`<p>None yet: <code>POST /api/generate-agents-report</code> asks for a report.</p>`
    : html`<div class="scroll"><table>
<thead><tr><th>Accepted</th><th>Suburb</th><th>How it is</th><th>Report</th></tr></thead>
<tbody>${list.jobs.map(row)}</tbody>
</table></div>`
}
</main>
`);
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
  answers: {
    200: { description: "A page", content: { "text/html": { type: "string" } } },
    303: { description: "Sign in first", headers: { Location: "The form that takes a key" } },
  },
});
