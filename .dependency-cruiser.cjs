const { readdirSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");

/**
 * The arrows of the design. A job goes http → queue → pipeline → report → render → delivery and never back; what each room
 * is for stands at the head of src/<room>/<room>.ts. A room imports itself, src/failure.ts, and those named here.
 */
const ROOMS = {
  access: ["host", "outbound", "queue", "redis", "text"],
  cli: [
    "access",
    "client",
    "delivery",
    "host",
    "http",
    "import",
    "notify",
    "observability",
    "outbound",
    "redis",
    "render",
    "report",
    "settings",
    "storage",
    "text",
  ],
  client: ["outbound"],
  dashboard: ["access", "client", "host", "http", "outbound", "parsing", "queue", "text", "views"],
  delivery: ["host", "outbound", "queue", "report", "views"],
  host: [],
  http: [
    "access",
    "host",
    "import",
    "observability",
    "outbound",
    "parsing",
    "pipeline",
    "queue",
    "report",
    "storage",
    "text",
    "views",
  ],
  import: ["host", "report", "text"],
  migration: ["access", "host", "queue", "settings", "storage"],
  notify: ["host", "observability", "outbound", "queue", "storage"],
  observability: ["access", "delivery", "host", "outbound", "pipeline", "queue", "text"],
  outbound: [],
  parsing: ["host", "queue", "report", "text"],
  pipeline: ["delivery", "host", "outbound", "queue", "render", "report", "settings", "storage", "text"],
  queue: ["host", "redis", "text"],
  redis: [],
  render: ["host", "report", "text"],
  report: ["host", "outbound", "text"],
  settings: ["access", "delivery", "host", "outbound", "queue", "redis"],
  storage: ["access", "delivery", "host", "queue", "redis", "settings", "text"],
  text: [],
  views: ["queue", "report"],
};

/**
 * A room within a room imports what is around it, and of its neighbours only those named here. Parts of pages are open to
 * all pages.
 */
const WITHIN = {
  "access/sessions": ["access/keys"],
  "cli/commands": ["cli/doctor", "cli/licences"],
  "dashboard/client/import": ["dashboard/client/catalogue", "dashboard/client/submit"],
  "dashboard/client/job": ["dashboard/client/jobs"],
  "dashboard/client/overview": ["dashboard/client/catalogue", "dashboard/client/jobs"],
  "dashboard/client/locality": ["dashboard/client/catalogue"],
  "http/api": ["http/openapi"],
  "http/api/routes": ["http/api/events"],
  "http/server": ["http/api"],
  "import/files": ["import/columns"],
  "import/publications": ["import/columns"],
  "import/reaxml": ["import/columns", "import/files"],
  "import/register": ["import/columns"],
  "render/brief": ["render/sections"],
  "render/charts": ["render/fonts"],
  "render/commission": ["render/sections"],
  "render/fonts": ["render/patches"],
  "render/joined": ["render/file"],
  "render/leasing": ["render/charts", "render/sections"],
  "render/parts": ["render/charts"],
  "render/patches": ["render/charts", "render/file", "render/fonts", "render/structure"],
  "render/sections": ["render/charts"],
  "render/style": ["render/fonts", "render/structure"],
  "render/structure": ["render/file"],
  "render/threads": ["render/joined"],
  "report/commission": ["report/gazetteer", "report/identity", "report/input", "report/partners"],
  "report/comparison": [
    "report/figures",
    "report/gazetteer",
    "report/identity",
    "report/request",
    "report/sections",
    "report/selection",
  ],
  "report/figures": ["report/identity"],
  "report/identity": ["report/figures", "report/gazetteer", "report/localities"],
  "report/leasing": ["report/figures", "report/identity", "report/request", "report/sections", "report/selection"],
  "report/localities": ["report/gazetteer", "report/input"],
  "report/partners": ["report/figures", "report/identity", "report/selection"],
  "report/pictures": ["report/input"],
  "report/request": ["report/identity", "report/input", "report/localities"],
  "report/sections": ["report/figures", "report/identity", "report/request", "report/selection"],
  "report/selection": ["report/figures", "report/gazetteer", "report/identity", "report/localities", "report/request"],
  "report/sources": [
    "report/figures",
    "report/gazetteer",
    "report/identity",
    "report/input",
    "report/localities",
    "report/partners",
    "report/pictures",
    "report/request",
    "report/selection",
  ],
};
const PARTS = ["dashboard/client/parts", "render/parts", "render/style"];

const SRC = join(__dirname, "src");
const nested = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ parentPath, name }) => relative(SRC, join(parentPath, name)).replaceAll("\\", "/"))
  .filter((room) => room.includes("/"))
  .sort();

const neighbourly = nested
  .map((room) => ({ room, open: [room, ...PARTS, ...(WITHIN[room] ?? [])] }))
  .filter(({ room, open }) => nested.some((other) => dirname(other) === dirname(room) && !open.includes(other)))
  .map(({ room, open }) => ({
    name: `neighbours-of-${room}`,
    severity: "error",
    from: { path: `^src/${room}/` },
    to: { path: `^src/${dirname(room)}/[^/]+/`, pathNot: `^src/(${open.join("|")})/` },
  }));

const arrows = Object.entries(ROOMS).map(([room, others]) => ({
  name: `arrows-of-${room}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/[^/]+/", pathNot: `^src/(${[room, ...others].join("|")})/` },
}));

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...arrows,
    ...neighbourly,
    {
      name: "only-main-and-cli-know-the-service",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts|command-line\\.ts|cli/|service\\.ts)" },
      to: { path: "^src/(service|command-line|main)\\.ts" },
    },
    {
      name: "what-a-report-says-knows-no-source",
      severity: "error",
      from: { path: "^src/report/", pathNot: "^src/report/sources/" },
      to: { path: "^src/report/sources/" },
    },
    {
      name: "who-opens-a-backend",
      comment: "all others see the queue's interface; command-line.ts hands the commands what they need",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(queue|storage|migration)/|^src/command-line\\.ts" },
      to: { path: "^src/queue/(sqlite|redis)/" },
    },
    {
      name: "queue-knows-neither-http-nor-pdf",
      severity: "error",
      from: { path: "^src/(queue|pipeline|delivery)/" },
      to: { path: "node_modules/(elysia|pdfmake)" },
    },
    {
      name: "pages-know-the-wire-and-no-route",
      severity: "error",
      from: { path: "^src/dashboard/", pathNot: "^src/dashboard/client/" },
      to: { path: "^src/(queue|http/(api|server))/" },
    },
    {
      name: "the-dashboard-is-a-client",
      comment: "it runs in browsers: of the service it knows the shapes of responses, and nothing else",
      severity: "error",
      from: { path: "^src/dashboard/client/" },
      to: {
        path: "^src/",
        pathNot: "^src/(dashboard/client/|client/(api|job-facts)[.]ts$)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "the-wire-knows-no-route",
      severity: "error",
      from: { path: "^src/http/[^/]+\\.ts" },
      to: { path: "^src/http/(api|server)/" },
    },
    {
      name: "http-is-told-by-types-alone",
      comment: "what runs and how the process is, the service hands in",
      severity: "error",
      from: { path: "^src/http/" },
      to: { path: "^src/(pipeline|observability|storage)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-client-stands-alone",
      comment: "but for the one parser of Retry-After, and the one sleep: they need nothing",
      severity: "error",
      from: { path: "^src/client/" },
      to: { path: "^src/", pathNot: "^src/(client/|outbound/(retry-after|sleep)\\.ts)" },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$|^src/(render/threads|parsing|import)/worker\\.ts$" },
      to: {},
    },
    {
      name: "no-development-package-in-the-product",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    builtInModules: { add: ["bun", "bun:sqlite", "bun:ffi"] },
  },
};
