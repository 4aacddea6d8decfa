// Words of one's own account.

export const words = {
  codes: "Recovery codes",
  codesText:
    "Keep these where you find them without this device. Each lets you in once when you can't use your second factor. They are not shown again.",
  codesFile: "outlast-recovery-codes.txt",
  copy: "Copy",
  copied: "Copied",
  download: "Download",
};
