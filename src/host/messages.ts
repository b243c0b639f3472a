/**
 * The sentences about this machine, its disks and its users: what happened, then what to do. A change of wording is a
 * change here.
 */
export const messages = {
  // data-folder
  dataFolderUnusable: (folder: string, what: string, reason: string) =>
    `the data folder ${folder} cannot be ${what}: ${reason}`,
  madePrivate: (path: string, mode: string) =>
    `Other users could read ${path} (${mode}): now only its owner can read it`,

  // file-system
  networkFileSystem: "the database's write-ahead log needs shared memory, which does not work across a network",
  localDisk: "put AGENTLINK_DATA_DIR on a disk of this machine; for several hosts see docs/several-hosts.md",
  badFileSystem: (dataDir: string, fileSystem: string, reason: string, advice: string) =>
    `the data folder ${dataDir} is on ${fileSystem}: ${reason}; ${advice}`,
  fuse: (dataDir: string) => `the data folder ${dataDir} is on FUSE: some of these file systems lose accepted jobs`,

  // full-disk
  diskFull: (folder: string) =>
    `the disk of ${folder} is full: free some space, or use a folder on another disk, and try again. No partial files remain`,
  diskFullAtStart: (dataDir: string, kilobytes: number, reason: string) =>
    `the disk of ${dataDir} is full, ${kilobytes} kB are free: free some space, and start the service again (systemd and Docker do that automatically). Nothing is damaged, and no job is lost (${reason})`,

  // peers
  otherUser: (user: string) => `the program that sent it belongs to another user of the machine (${user})`,
  proxy: (name: string) => `${name} forwards requests of others`,
  sharedProgram: (name: string) => `${name} also serves other programs, and may forward their requests`,

  // plain-files
  deadLink: (path: string) => `${path} is a symbolic link to a file that does not exist`,
  notFile: (path: string) => `${path} is not a file, but a pipe, a socket, a device or a folder`,
  linked: (path: string) => `${path} is a hard link or a symbolic link to another file`,
  deleteIt: (problem: string) => `${problem}: delete it, or use another data folder`,

  // sock-diag
  noNetlink: "netlink is not available",

  // sqlite-failure
  damaged: (subject: string, reason: string) => `${subject} is damaged (${reason}): restore a backup`,
  diskOfFull: (subject: string) => `the disk that holds ${subject} is full: free some space`,
  diskError: (subject: string, code: string) =>
    `the disk that holds ${subject} reports an error (${code}): check the disk and its file system (dmesg)`,
  notWritable: (subject: string, code: string) =>
    `${subject} cannot be written (${code}): give the service's user write permission for it and its folder, on a disk that is not mounted read-only`,
  locked: (subject: string) => `another program has ${subject} locked: end its transaction`,
} as const;
