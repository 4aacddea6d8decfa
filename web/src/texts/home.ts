// What the home screen says, and screens that are not there.

export const words = {
  title: "Home",
  search: "Search apps",
  apps: "Apps",
  questions: "Waiting for you",
  recent: "Recent sessions",
  allSessions: "All sessions",
  loadingFile: (file: string) => `Loading ${file} …`,
  brokenApp: "It can't be loaded",
  brokenAppText: "Mend the file; it is loaded again as soon as it is saved.",
  showError: "Show the error",
  hideError: "Hide the error",
  noDoc: "No description",

  noApps: "No apps yet",
  noAppsText: "An app is a Python function. Serve a file that has one, and it appears here:",
  noAppsCommand: "outlast serve my_app.py",
  noAppFits: "No app is like that",
  noAppFitsText: (text: string) => `Neither a title nor a description has “${text}” in it.`,
  clear: "Clear the search",
  viewer:
    "You look on in this workspace: you see what is shared with you. To start apps, ask an admin to make you a member.",

  noSessions: "No sessions yet",
  noSessionsText: "Start an app, and its session appears here. It goes on when you close the page.",
  noSessionsViewer: "Sessions that are shared with you appear here.",
  asked: (app: string) => `in ${app}`,

  notFoundTitle: "There is nothing here",
  notFound: "The address may be mistyped, or what was here is deleted, or not shared with you.",
  toHome: "Go to the start",
  failedTitle: "This screen can't be shown",
  reload: "Reload the page",
};
