export const words = {
  title: "All blocks",
  lead: "Every kind of block and question in all its states.",
  kinds: "Kinds",
  dark: "Dark",
};
