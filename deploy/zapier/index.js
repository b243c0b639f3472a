/**
 * AgentLink as an integration of Zapier (its Platform CLI). A step asks for a report, names the address that Zapier
 * makes for it as callback_url, and the Zap sleeps until AgentLink calls there: however long it takes, no step waits.
 */
const zapier = require("zapier-platform-core");
const { version } = require("./package.json");

/** What a refusal says; a proxy's page says nothing. */
const detailOf = ({ status, content }) => {
  try {
    const { detail } = JSON.parse(content);
    if (typeof detail === "string") return detail;
  } catch {
    // No problem document: somebody between Zapier and AgentLink has answered.
  }
  return `AgentLink answered ${status}, and not as it would: look at the address`;
};

const showKey = (request, _z, bundle) => {
  if (bundle.authData.key) request.headers.Authorization = `Bearer ${bundle.authData.key}`;
  return request;
};

/** Zapier tries again what is throttled or broken, and lets be what is halted: a wrong suburb stays wrong. */
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

/** The file itself, when a later step wants it. */
const downloadPdf = async (z, bundle) => {
  const url = at(bundle, `/api/jobs/${encodeURIComponent(bundle.inputData.job_id)}/report.pdf`);
  return z.stashFile(z.request({ url, raw: true }), undefined, "report.pdf", "application/pdf");
};

const askForReport = async (z, bundle) => {
  const { suburb, state, postcode, prepared_for, request } = bundle.inputData;
  const callback = z.generateCallbackUrl();
  const response = await z.request({
    method: "POST",
    url: at(bundle, "/api/generate-agents-report"),
    // Zapier makes one such address for each run of the step: no other run, of this Zap or of another, has its key.
    headers: { "Idempotency-Key": `zapier-${z.hash("sha256", callback)}` },
    // What is empty is as if it were not there.
    body: { suburb, state, postcode, prepared_for, callback_url: callback, metadata: { request: request ?? "" } },
  });
  return response.data;
};

/** Zapier wakes the Zap with what AgentLink sent: the job as its status says it. */
const goOn = async (z, bundle) => {
  const { job_id, status, error } = bundle.cleanedRequest;
  if (status !== "completed") {
    const why = error || "nobody said why";
    throw new z.errors.HaltedError(`The report has ${status}: ${why} (job ${job_id})`);
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
        helpText: "Where the service is, without a path: https://reports.example.com",
      }),
      text("key", "Key", {
        required: true,
        type: "password",
        helpText: "As `agentlink keys create --name zapier --scope submit` printed it.",
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
        description: "Asks for an agents report, and goes on with its PDF when it is made.",
      },
      operation: {
        inputFields: [
          text("suburb", "Suburb", { required: true, helpText: "Such as Manly." }),
          text("state", "State", { required: true, choices: STATES }),
          text("postcode", "Postcode", { helpText: "Where a state has two suburbs of that name." }),
          text("prepared_for", "Prepared for", { helpText: "Name or id of the agency that the report is about." }),
          text("request", "Your own id", { helpText: "Comes back with the report." }),
        ],
        perform: askForReport,
        performResume: goOn,
        sample,
      },
    },
  },
};
