/**
 * The arrows of the design. A job goes http → queue → pipeline → report → render → delivery and never back; what each room
 * is for stands at the head of src/<room>/<room>.ts. A room imports itself, src/failure.ts, and those named here.
 */
const ROOMS = {
  access: ["host", "outbound", "queue", "redis"],
  cli: [
    "access",
    "client",
    "delivery",
    "host",
    "http",
    "import",
    "observability",
    "outbound",
    "redis",
    "render",
    "report",
    "settings",
    "storage",
  ],
  client: ["outbound"],
  dashboard: ["access", "host", "http", "outbound", "parsing", "queue", "views"],
  delivery: ["outbound", "queue", "report", "views"],
  host: [],
  http: ["access", "dashboard", "host", "import", "observability", "outbound", "parsing", "pipeline", "queue", "report", "views"],
  import: ["report"],
  migration: ["access", "host", "queue", "settings", "storage"],
  observability: ["access", "delivery", "host", "outbound", "pipeline", "queue"],
  outbound: [],
  parsing: ["host", "queue", "report"],
  pipeline: ["delivery", "host", "outbound", "queue", "render", "report", "settings", "storage"],
  queue: ["host", "redis"],
  redis: [],
  render: ["report"],
  report: ["outbound"],
  settings: ["access", "delivery", "host", "outbound", "redis"],
  storage: ["access", "delivery", "host", "queue", "redis", "settings"],
  views: ["queue", "report"],
};

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
    {
      name: "only-main-and-cli-know-the-service",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts|cli/|service\\.ts)" },
      to: { path: "^src/(service|main)\\.ts" },
    },
    {
      name: "who-opens-a-backend",
      comment: "all others see the queue's interface; main.ts hands the commands what they need",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(queue|storage|migration)/|^src/main\\.ts" },
      to: { path: "^src/queue/(sqlite|redis)/" },
    },
    {
      name: "backends-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/queue/(sqlite|redis)/" },
      to: { path: "^src/queue/(sqlite|redis)/", pathNot: "^src/queue/$1/" },
    },
    {
      name: "queue-knows-neither-http-nor-pdf",
      severity: "error",
      from: { path: "^src/(queue|pipeline|delivery)/" },
      to: { path: "node_modules/(elysia|pdfmake)" },
    },
    {
      name: "only-the-router-mounts-the-dashboard",
      severity: "error",
      from: { path: "^src/http/", pathNot: "^src/http/api/app\\.ts" },
      to: { path: "^src/dashboard/" },
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
      to: { path: "^src/", pathNot: "^src/dashboard/client/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-wire-knows-no-route",
      severity: "error",
      from: { path: "^src/http/[^/]+\\.ts|^src/http/openapi/" },
      to: { path: "^src/http/(api|server)/" },
    },
    {
      name: "routes-know-no-socket",
      severity: "error",
      from: { path: "^src/http/api/" },
      to: { path: "^src/http/server/" },
    },
    {
      name: "http-is-told-by-types-alone",
      comment: "what runs and how the process is, the service hands in",
      severity: "error",
      from: { path: "^src/http/" },
      to: { path: "^src/(pipeline|observability)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-client-stands-alone",
      comment: "but for the one parser of Retry-After, which needs nothing",
      severity: "error",
      from: { path: "^src/client/" },
      to: { path: "^src/", pathNot: "^src/(client/|outbound/retry-after\\.ts)" },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$|^src/(render|parsing|import)/worker\\.ts$" },
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
