/** Kilometres east (x) and north (y) of the suburb of the report, which lies at 0,0. */
export interface Locator {
  readonly neighbours: readonly {
    readonly name: string;
    readonly postcode: string;
    readonly x: number;
    readonly y: number;
  }[];
  /** The sales of the 12 months whose coordinates are known. */
  readonly sales: readonly { readonly x: number; readonly y: number; readonly isPreparedFor: boolean }[];
}
