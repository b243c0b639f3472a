/** Files that are part of the program: importing one with { type: "file" } gives the path to read it from. */
declare module "*.csv" {
  const path: string;
  export default path;
}
declare module "*.ndjson" {
  const path: string;
  export default path;
}
