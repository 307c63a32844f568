// Loaded before the first paint (a classic script on purpose), so a remembered theme never flashes.
(() => {
  const KEY = "gonogo.theme";
  const root = document.documentElement;
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden; the system's theme is then used
    }
  };
  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const current = () => root.dataset.theme ?? system();
  const theme = remembered();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  function toggle() {
    const next = current() === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // not remembered, but still switched for this page
    }
    label();
    dispatchEvent(new CustomEvent("gonogo:theme", { detail: next }));
  }

  function label() {
    for (const text of document.querySelectorAll("[data-theme-text]")) {
      text.textContent = current() === "dark" ? "Light theme" : "Dark theme";
    }
  }

  addEventListener("DOMContentLoaded", () => {
    label();
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-theme-toggle]")) toggle();
    });
  });
  window.gonogoTheme = { toggle };
})();
