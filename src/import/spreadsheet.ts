/*
 * What is used of the package of spreadsheets, loaded when a spreadsheet is read or written. Named here, since the binary
 * has all of a package that is imported late as a whole: 3 MB of this one, most of it for charts and pivot tables.
 */

export { readOds } from "hucre/ods";
export { readXls, writeXlsxStream } from "hucre/xlsx";
