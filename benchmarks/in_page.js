// Put into every page before its own scripts. Tells when a text is on the screen: just after the frame that shows it.
(() => {
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });

  /** The innermost element that holds the text, or null. */
  function holder(node, text) {
    if (!node.textContent?.includes(text)) return null; // a doctype has none
    const below = [...node.childNodes].find((child) => child.textContent?.includes(text));
    if (below) return holder(below, text);
    return node instanceof Element ? node : node.parentElement;
  }

  function visible(element) {
    if (!element?.isConnected || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const { top, bottom, width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && bottom > 0 && top < innerHeight;
  }

  /** When a text is on the screen, by the page's own clock. */
  function shown(text) {
    return new Promise((resolve) => {
      let found = document.body && holder(document.body, text);
      const changes = new MutationObserver((records) => {
        const touched = new Set();
        for (const { type, target, addedNodes } of records) {
          if (type === "characterData") touched.add(target);
          else addedNodes.forEach((node) => touched.add(node));
        }
        for (const node of touched) found = (node.isConnected && holder(node, text)) || found;
      });
      changes.observe(document, { subtree: true, childList: true, characterData: true });
      const painted = new MessageChannel(); // a message sent before a frame is painted arrives after it
      const frame = () => painted.port2.postMessage(null);
      painted.port1.onmessage = () => {
        if (!visible(found)) return void requestAnimationFrame(frame);
        changes.disconnect();
        painted.port1.close();
        resolve(performance.now());
      };
      requestAnimationFrame(frame);
    });
  }

  const bench = {
    /** Milliseconds from the navigation to the text that was waited for; null until then. */
    loaded: null,
    /** The same from the click; undefined where nobody waits for one. */
    answered: undefined,

    fromLoad(text) {
      shown(text).then((at) => (bench.loaded = at));
    },

    fromClick(text) {
      bench.answered = null;
      longTasks.length = 0;
      const clicked = ({ timeStamp }) => shown(text).then((at) => (bench.answered = at - timeStamp));
      addEventListener("click", clicked, { capture: true, once: true });
    },

    /** Scroll through the page; the numbers of five digits in it, each once, or null where two are not in order. */
    async numbers(text) {
      let scroller = holder(document.body, text);
      while (scroller && !(scroller.scrollHeight > scroller.clientHeight && getComputedStyle(scroller).overflowY !== "visible"))
        scroller = scroller.parentElement;
      scroller ??= document.scrollingElement;
      const seen = new Set();
      for (let top = 0; ; top += scroller.clientHeight / 2) {
        scroller.scrollTop = top;
        for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
        const shown = (document.body.innerText.match(/\b\d{5}\b/g) ?? []).map(Number);
        if (shown.some((number, index) => index > 0 && number !== shown[index - 1] + 1)) return null;
        shown.forEach((number) => seen.add(number));
        if (top + scroller.clientHeight >= scroller.scrollHeight) return seen.size;
      }
    },

    /** What a page's first load cost; work of less than 50 ms at a time blocks nobody. */
    load() {
      const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
      const blocking = longTasks.filter(({ startTime }) => startTime >= first).map(({ duration }) => duration - 50);
      return {
        first_paint_ms: first,
        longest_task_ms: Math.max(0, ...longTasks.map(({ duration }) => duration)),
        blocking_ms: blocking.reduce((sum, each) => sum + each, 0),
      };
    },
  };
  window.bench = bench;
})();
