// With each page that the search has found: the place where the words stand. The texts come as a script beside this one.
// No modules and no fetch: both fail when the book is opened from a folder on disk.
(() => {
  "use strict";

  const BEFORE = 100;
  const LENGTH = 260;
  const LEAST = 4; // letters of a word that must be left: the search itself takes words by their stems

  async function unpacked(letters) {
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  const words = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /** As much of a word as stands in a text, and where; null when not even its beginning does. */
  function found(text, word) {
    for (let length = word.length; length >= Math.min(LEAST, word.length); length -= 1) {
      const at = text.indexOf(word.slice(0, length));
      if (at >= 0) return { at, length };
    }
    return null;
  }

  /** A paragraph of the text around the first of the words, which is marked; null when none stands in it. */
  function excerpt(text) {
    const place = words.map((word) => found(text.toLowerCase(), word)).find(Boolean);
    if (!place) return null;
    const from = Math.max(0, text.indexOf(" ", place.at - BEFORE));
    const begin = place.at > BEFORE && from < place.at ? from + 1 : Math.max(0, place.at - BEFORE);
    const end = text.lastIndexOf(" ", begin + LENGTH);
    const close = end > place.at + place.length ? end : text.length;
    const paragraph = Object.assign(document.createElement("p"), { className: "context" });
    const mark = document.createElement("mark");
    mark.textContent = text.slice(place.at, place.at + place.length);
    paragraph.append(
      begin > 0 ? "… " : "",
      text.slice(begin, place.at),
      mark,
      text.slice(place.at + place.length, close),
      close < text.length ? " …" : "",
    );
    return paragraph;
  }

  /** The name of the page that a find leads to, as the texts have it. */
  function named(link) {
    const root = new URL(document.documentElement.dataset.content_root, location.href);
    return decodeURIComponent(link.href.split(/[?#]/)[0].slice(root.href.length)).replace(/\.html$/, "");
  }

  function follow(texts) {
    const results = document.getElementById("search-results");
    const complete = () => {
      for (const item of results.querySelectorAll("li:not(:has(.context))")) {
        const paragraph = excerpt(texts[named(item.querySelector("a"))] ?? "");
        if (paragraph) item.append(paragraph);
      }
    };
    new MutationObserver(complete).observe(results, { childList: true, subtree: true });
    complete();
  }

  unpacked(window.bookTexts).then(follow, () => {}); // an old browser shows titles alone
})();
