/**
 * AgentLink as a Zapier integration (Platform CLI). A step requests a report, with an address that Zapier creates for it
 * as callback_url. The Zap sleeps until AgentLink calls that address, so no step waits, however long the report takes.
 */
const zapier = require("zapier-platform-core");
const { version } = require("./package.json");

/** The message of a problem document. An error page of a proxy has none. */
const detailOf = ({ status, content }) => {
  try {
    const { detail } = JSON.parse(content);
    if (typeof detail === "string") return detail;
  } catch {
    // Not a problem document: the response is from a proxy between Zapier and AgentLink.
  }
  return `The response (status ${status}) is not from AgentLink: check the address`;
};

const showKey = (request, _z, bundle) => {
  if (bundle.authData.key) request.headers.Authorization = `Bearer ${bundle.authData.key}`;
  return request;
};

/** Zapier retries throttled and broken requests, but not halted ones: a wrong suburb stays wrong. */
const refuse = (response, z) => {
  const { status } = response;
  if (status < 400) return response;
  const detail = detailOf(response);
  if (status === 401) throw new z.errors.Error(detail, "AuthenticationError", status);
  if (status === 429 || status === 503)
    throw new z.errors.ThrottledError(detail, Math.min(3_600, Number(response.getHeader("retry-after")) || 60));
  if (status >= 500) throw new z.errors.Error(detail, "ServiceError", status);
  throw new z.errors.HaltedError(detail);
};

const at = (bundle, path) => bundle.authData.address.trim().replace(/\/+$/, "") + path;

/** Downloads the file when a later step needs it. */
const downloadPdf = async (z, bundle) => {
  const url = at(bundle, `/api/jobs/${encodeURIComponent(bundle.inputData.job_id)}/report.pdf`);
  return z.stashFile(z.request({ url, raw: true }), undefined, "report.pdf", "application/pdf");
};

const requestReport = async (z, bundle) => {
  const { suburb, state, postcode, prepared_for, request } = bundle.inputData;
  const callback = z.generateCallbackUrl();
  const response = await z.request({
    method: "POST",
    url: at(bundle, "/api/generate-agents-report"),
    // Zapier creates a new address for each run of the step, so no other run, of this Zap or another, has the same key.
    headers: { "Idempotency-Key": `zapier-${z.hash("sha256", callback)}` },
    // AgentLink ignores empty fields.
    body: { suburb, state, postcode, prepared_for, callback_url: callback, metadata: { request: request ?? "" } },
  });
  return response.data;
};

/** Zapier resumes the Zap with the body of AgentLink's callback: the job, as in its status. */
const resumeZap = async (z, bundle) => {
  const { job_id, status, error } = bundle.cleanedRequest;
  if (status !== "completed") {
    const why = error || "no reason was given";
    throw new z.errors.HaltedError(
      `The report ${status === "failed" ? "failed" : "was cancelled"}: ${why} (job ${job_id})`,
    );
  }
  return { ...bundle.cleanedRequest, pdf: z.dehydrateFile(downloadPdf, { job_id }) };
};

const sample = {
  job_id: "0198a9c4-7b1e-7000-8000-5d2f0c1e9ab3",
  status: "completed",
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  result: {
    pages: 12,
    pdf_url: "https://reports.example.com/api/jobs/0198a9c4-7b1e-7000-8000-5d2f0c1e9ab3/report.pdf",
  },
  metadata: { request: "deal-7" },
  pdf: "SAMPLE FILE",
};

const text = (key, label, more = {}) => ({ key, label, type: "string", ...more });
const STATES = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"];

module.exports = {
  version,
  platformVersion: zapier.version,
  authentication: {
    type: "custom",
    fields: [
      text("address", "Address", {
        required: true,
        helpText: "The address of the service without a path, such as https://reports.example.com",
      }),
      text("key", "Key", {
        required: true,
        type: "password",
        helpText: "The key that `agentlink keys create --name zapier --scope submit` printed.",
      }),
    ],
    test: async (z, bundle) => (await z.request({ url: at(bundle, "/api/jobs?limit=1") })).data,
    connectionLabel: "{{bundle.authData.address}}",
  },
  beforeRequest: [showKey],
  afterResponse: [refuse],
  hydrators: { downloadPdf },
  creates: {
    report: {
      key: "report",
      noun: "Report",
      display: {
        label: "Create Report",
        description: "Requests an agents report, and continues with its PDF when the report is complete.",
      },
      operation: {
        inputFields: [
          text("suburb", "Suburb", { required: true, helpText: "For example Manly." }),
          text("state", "State", { required: true, choices: STATES }),
          text("postcode", "Postcode", { helpText: "Only needed if the state has two suburbs with this name." }),
          text("prepared_for", "Prepared for", {
            helpText: "Name or id of the agency that the report is prepared for.",
          }),
          text("request", "Your own id", { helpText: "Returned with the report." }),
        ],
        perform: requestReport,
        performResume: resumeZap,
        sample,
      },
    },
  },
};
