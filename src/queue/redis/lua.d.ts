/** Lua files are imported `with { type: "text" }`, so that they are in the binary. */
declare module "*.lua" {
  const text: string;
  export default text;
}
