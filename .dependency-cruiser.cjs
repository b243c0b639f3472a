/** The arrows of the design: a job goes http → queue → report → render → delivery, and only service.ts knows every part. */
module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "report-is-the-domain-alone",
      severity: "error",
      from: { path: "^src/report/" },
      to: { path: "^src/", pathNot: "^src/(report/|outbound/|failure\\.ts)" },
    },
    {
      name: "the-way-out-is-a-leaf",
      severity: "error",
      from: { path: "^src/outbound/" },
      to: { path: "^src/", pathNot: "^src/(outbound/|failure\\.ts)" },
    },
    {
      name: "import-reads-and-knows-only-report",
      comment: "parsing is pure: no HTTP, no queue, no settings",
      severity: "error",
      from: { path: "^src/import/" },
      to: { path: "^src/", pathNot: "^src/(import/|report/|failure\\.ts)" },
    },
    {
      name: "render-knows-only-report",
      severity: "error",
      from: { path: "^src/render/" },
      to: { path: "^src/", pathNot: "^src/(render/|report/|failure\\.ts)" },
    },
    {
      name: "queue-knows-neither-http-nor-pdf",
      severity: "error",
      from: { path: "^src/queue/" },
      to: { path: "^src/|node_modules/(elysia|pdfmake)", pathNot: "^src/(queue/|redis/|host/|failure\\.ts)" },
    },
    {
      name: "the-way-to-redis-is-a-leaf",
      severity: "error",
      from: { path: "^src/redis/" },
      to: { path: "^src/", pathNot: "^src/(redis/|failure\\.ts)" },
    },
    {
      name: "delivery-knows-no-backend-and-no-http",
      severity: "error",
      from: { path: "^src/delivery/" },
      to: { path: "^src/(http|dashboard|access|cli|render|pipeline|queue/.+/|service|main|settings)" },
    },
    {
      name: "callers-see-the-interface-never-a-backend",
      severity: "error",
      from: { path: "^src/(http|dashboard|access|cli)/" },
      to: { path: "^src/queue/(sqlite|redis)/" },
    },
    {
      name: "http-renders-nothing",
      severity: "error",
      from: { path: "^src/(http|dashboard|access)/" },
      to: { path: "^src/(render|delivery|storage|cli|service|main)" },
    },
    {
      name: "the-dashboard-is-a-client",
      comment: "it runs in browsers: of the service it knows the shapes of answers, and nothing else",
      severity: "error",
      from: { path: "^src/dashboard/client/" },
      to: { path: "^src/", pathNot: "^src/dashboard/client/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-main-and-cli-know-the-service",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts|cli/|service\\.ts)" },
      to: { path: "^src/(service|main)\\.ts" },
    },
    {
      name: "the-client-stands-alone",
      comment: "but for the one reading of Retry-After, which needs nothing",
      severity: "error",
      from: { path: "^src/client/" },
      to: { path: "^src/", pathNot: "^src/(client/|outbound/retry-after\\.ts)" },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$|^src/(render|http/reading)/worker\\.ts$" },
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
