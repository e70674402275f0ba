// Charts become interactive when they come near the screen. Until then, and without scripts, the drawing of the page
// stands. On a narrow screen a chart is drawn anew, so that its text keeps its size. No modules and no fetch: both
// fail when the book is opened from a folder on disk.
(() => {
  "use strict";

  const FOLDER = document.currentScript.src.replace(/[^/]*$/, "");
  const FONT = "'Liberation Sans', Arial, Helvetica, sans-serif";
  const TEXT = 13;
  const TITLE = 15;
  const CELL = 36; // least width of a column that bears a number
  const AXIS = 56; // room for the numbers and title of a vertical axis
  const TICK = 50; // from one number of an axis to the next
  const PANEL = 175; // least width of a panel, with the gap to the next
  const GAP = 20;
  const LABELS = 0.38; // most of a narrow chart that row labels may take
  const LINE = 15; // height of a line of a label
  const UNSEEN = "\u200b"; // tells apart the rows of one name below different headings
  const MOST = 3; // lines of a label; what is longer ends in an ellipsis, and stands whole in tooltip and data table

  const measure = (() => {
    const context = document.createElement("canvas").getContext("2d");
    return (text, size, weight = "normal") => {
      context.font = `${weight} ${size}px ${FONT}`;
      return context.measureText(text).width;
    };
  })();

  /** Break a text into lines of at most `width` pixels, and into no more than `most` of them. */
  function wrap(text, width, size, weight, most = Infinity) {
    const lines = [];
    for (const word of text.replaceAll(" = ", "\u00a0=\u00a0").split(" ")) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && measure(longer, size, weight) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]} …`] : lines;
  }

  let loading;
  function vegaEmbed() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${FOLDER}vega.js`;
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = () => reject(new Error(`${script.src} is missing`));
      document.head.append(script);
    });
    return loading;
  }

  /** A chart's layers; those of a chart in panels stand in its `spec`. */
  const layers = (chart) => [chart.spec ?? chart, ...((chart.spec ?? chart).layer ?? [])];
  const encodings = (chart) => layers(chart).map((layer) => layer.encoding ?? {});

  /** The text values of a channel, also those that only its scale names; in no order, and none when it shows numbers. */
  function categories(spec, channel) {
    if (encodings(spec).some((encoding) => encoding[channel]?.type === "temporal")) return []; // they lie on a scale
    const rows = spec.datasets[spec.usermeta.compendium.data];
    const values = encodings(spec)
      .map((encoding) => encoding[channel])
      .filter((definition) => definition?.field && definition.type !== "quantitative")
      .flatMap(({ field, scale }) => [...rows.map((row) => row[field]), ...(scale?.domain ?? [])]);
    return [...new Set(values.filter((value) => value != null))].map(String);
  }

  /** Labels parted into those of rows, and those that head the rows below them, where a chart has such. */
  function parted(labels) {
    const below = labels.filter((label) => label.includes(UNSEEN));
    return below.length ? [below, labels.filter((label) => !label.includes(UNSEEN))] : [labels, []];
  }

  const within = (labels) => `indexof(${JSON.stringify(labels)}, datum.value) >= 0`;

  const widest = (texts, size) => Math.max(0, ...texts.map((text) => measure(text, size)));

  /** The same chart for a width below its own: long row labels break, legends stack, text keeps its size. */
  function narrowed(spec, room) {
    const chart = structuredClone(spec);
    const [rows, heads] = parted(categories(chart, "y"));
    const columns = categories(chart, "x");
    const least = columns.length * CELL;
    const spare = least ? Math.min(LABELS * room, room - least - 16) : LABELS * room;
    const labels = Math.min(widest(rows, TEXT), Math.max(spare, widest(rows.flatMap((row) => row.split(" ")), TEXT)));
    const lines = Object.fromEntries(rows.map((row) => [row, wrap(row.replaceAll(UNSEEN, ""), labels, TEXT, "normal", MOST)]));
    const most = Math.max(1, ...rows.map((row) => lines[row].length));
    const width = Math.max(room, least + labels + 16);
    const plot = width - labels - 16;
    for (const { mark } of layers(chart))
      if (mark?.type === "bar" && mark.size) mark.size = Math.max(3, Math.floor((mark.size * plot) / chart.width));
    turn(chart, plot);
    for (const encoding of encodings(chart)) {
      if (rows.length && encoding.y?.field && encoding.y.axis !== null)
        encoding.y.axis = {
          ...encoding.y.axis,
          labelExpr: `${JSON.stringify(lines)}[datum.label] || datum.label`,
          labelAlign: { condition: { test: within(heads), value: "left" }, value: "right" }, // and over the plot
          labelPadding: { condition: { test: within(heads), value: labels + 2 }, value: 2 },
          labelBaseline: "middle",
          labelLineHeight: LINE,
          labelOffset: {
            // the lines of a label stand around the middle of its row
            condition: [...Array(most).keys()].slice(1).map((more) => ({
              test: within(rows.filter((row) => lines[row].length === more + 1)),
              value: (-more * LINE) / 2,
            })),
            value: 0,
          },
          labelLimit: 0,
        };
      if (encoding.x?.axis?.tickCount)
        encoding.x.axis.tickCount = Math.max(2, Math.min(encoding.x.axis.tickCount, Math.floor(plot / TICK)));
      if (encoding.x?.title && encoding.x.field) encoding.x.title = wrap([encoding.x.title].flat().join(" "), plot, TEXT);
      for (const channel of ["color", "shape"]) {
        const sign = encoding[channel];
        const values = sign?.scale?.domain;
        if (!sign?.field || sign.legend === null || sign.type === "quantitative" || !values) continue;
        const columns = Math.max(1, Math.floor(plot / (widest(values.map(String), TEXT) + 32)));
        sign.legend = { ...sign.legend, columns, titleOrient: "top" };
      }
    }
    titled(chart, room);
    chart.config.legend.layout = { top: { direction: "vertical", bounds: "full" } };
    const tall = (height) => Math.max(height, (rows.length + heads.length) * (most * LINE + 4));
    if (chart.facet) return paneled(chart, room, labels, tall);
    chart.height = tall(chart.height);
    chart.autosize = { type: "fit-x", contains: "padding" };
    chart.width = width;
    return chart;
  }

  /** Break the title into lines that fit; returns the chart. */
  function titled(chart, room) {
    const title = typeof chart.title === "object" && !Array.isArray(chart.title) ? chart.title : { text: chart.title };
    chart.title = { ...title, text: wrap([title.text].flat().join(" "), room - 8, TITLE, "600") };
    return chart;
  }

  /** Slant the labels of columns that stand closer than their labels are wide. */
  function turn(chart, width) {
    const columns = categories(chart, "x");
    if (widest(columns, TEXT) + 6 <= width / columns.length) return;
    const slanted = { labelAngle: -40, labelExpr: "datum.label", labelPadding: 2 }; // each in one line: two would cross
    for (const { x } of encodings(chart)) if (x?.axis) x.axis = { ...x.axis, ...slanted };
  }

  /** Parts that stand below each other on one scale: what the row labels leave is theirs. */
  function stacked(spec, room) {
    const chart = structuredClone(spec);
    const held = Object.values(chart.datasets).flat();
    const fields = chart.vconcat.flatMap((part) => encodings(part)).flatMap(({ y }) => (y?.type === "nominal" ? [y.field] : []));
    const rows = fields.flatMap((field) => held.map((row) => row[field])).filter(Boolean);
    const plot = Math.max(PANEL, room - widest(rows, TEXT) - GAP);
    for (const part of chart.vconcat) {
      part.width = plot;
      for (const { color, shape } of encodings(part))
        for (const sign of [color, shape])
          if (sign?.scale?.domain && sign.legend) sign.legend = { ...sign.legend, columns: 1 };
    }
    return titled(chart, room);
  }

  /** Panels as narrow as they can be read, and below each other where even so they do not fit in a line. */
  function paneled(chart, room, labels, tall) {
    const axis = Math.max(AXIS, labels + 24);
    const { column } = chart.facet;
    const definition = column ?? chart.facet;
    const panels = new Set(chart.datasets[chart.usermeta.compendium.data].map((row) => row[definition.field])).size;
    const inLine = Math.min(panels, Math.max(1, Math.floor((room - axis) / PANEL)));
    chart.spec.width = Math.floor((room - axis) / inLine) - GAP;
    chart.spec.height = tall(chart.spec.height);
    turn(chart, chart.spec.width);
    if (inLine < panels || !column) Object.assign(chart, { facet: definition, columns: inLine });
    return chart;
  }

  /** A chart of the page: the drawing it came with, and the view that takes its place. */
  class Chart {
    constructor(figure) {
      this.figure = figure;
      this.view = figure.querySelector(".chart-view");
      const drawing = this.view.querySelector("svg");
      this.label = drawing.getAttribute("aria-label");
      this.natural = Number(drawing.getAttribute("width"));
    }

    get room() {
      return this.view.clientWidth;
    }

    /** Whether the width that it was drawn for still serves. */
    get fits() {
      return this.drawn === this.room || (this.drawn >= this.natural && this.room >= this.natural);
    }

    async draw() {
      const room = this.room;
      if (this.fits || !room) return;
      this.drawn = room;
      const embed = await vegaEmbed();
      const spec = JSON.parse(this.figure.querySelector(".chart-spec").textContent);
      delete spec.$schema; // names the version it was written with; a later one than this Vega-Lite is no fault
      const stage = document.createElement("div");
      stage.className = "chart-stage";
      this.figure.append(stage);
      const narrow = room < this.natural && !spec.usermeta.compendium.fixed; // a fixed chart scrolls
      const fitted = narrow ? (spec.vconcat ? stacked : narrowed)(spec, room) : titled(structuredClone(spec), room);
      const result = await embed(stage, fitted, {
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        tooltip: { theme: "book", disableDefaultStyle: true },
      });
      this.finish?.();
      this.finish = () => result.finalize();
      this.leads(result.view, spec);
      this.name(stage);
      this.view.replaceChildren(stage);
      scrolls(this.view);
      this.figure.dataset.interactive = "true";
    }

    /** A mark whose row has the id of an entry on the page leads there; so does Enter in a field that finds rows by name. */
    leads(view, spec) {
      const go = (row) => {
        if (row?.id && document.getElementById(row.id)) location.hash = row.id;
      };
      view.addEventListener("click", (event, item) => go(item?.datum));
      const rows = Object.values(spec.datasets).flat().filter((row) => row.id && row.name);
      for (const field of view.container().querySelectorAll("input[type=search]"))
        field.addEventListener("keydown", (event) => {
          const sought = field.value.trim().toLowerCase();
          if (event.key !== "Enter" || !sought) return;
          event.preventDefault();
          go(rows.find((row) => row.name.toLowerCase().includes(sought)));
        });
    }

    /** One image for assistive technology, as the drawing was; its numbers stand in the data table. */
    name(stage) {
      for (const element of [stage, ...stage.querySelectorAll("[role], [aria-label]")])
        for (const attribute of ["role", "aria-roledescription", "aria-label"]) element.removeAttribute(attribute);
      const drawing = stage.querySelector("svg");
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", this.label);
    }
  }

  /** Only what scrolls needs the keyboard's focus. */
  function scrolls(region) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }

  /** A chart's drawing as a picture of twice its size, on white, as it would be printed. */
  function picture(figure) {
    const drawing = figure.querySelector(".chart-view svg").cloneNode(true);
    const [width, height] = ["width", "height"].map((side) => Number(drawing.getAttribute(side)));
    drawing.setAttribute("style", `color: #23272e; font-family: ${FONT}`);
    drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
    return image.decode().then(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL("image/png");
    });
  }

  async function savePicture(button) {
    const href = await picture(button.closest("figure.chart"));
    Object.assign(document.createElement("a"), { href, download: `${button.dataset.name}.png` }).click();
  }

  /** Follow the link as usual, and have the address at hand for another text. */
  async function copyAddress(link) {
    await navigator.clipboard?.writeText(link.href);
    if (!navigator.clipboard) return;
    const said = Object.assign(document.createElement("span"), { className: "copied", textContent: " copied" });
    said.setAttribute("role", "status");
    link.after(said);
    setTimeout(() => said.remove(), 3000);
  }

  /** The page keeps the hashes of its files once; a figure shows them where it is asked for them. */
  function bringHashes(details) {
    const files = document.querySelector("#passport .files .scroll");
    const link = details.querySelector("a.hashes");
    if (!files || !link || new URL(link.href).pathname !== location.pathname || details.querySelector(".scroll")) return;
    const copy = files.cloneNode(true);
    copy.setAttribute("aria-label", `Files behind ${details.closest("figure").getAttribute("aria-label")}`);
    details.append(copy);
  }

  function openPassports() {
    for (const button of document.querySelectorAll("button.png")) button.addEventListener("click", () => savePicture(button));
    for (const link of document.querySelectorAll("a.copy")) link.addEventListener("click", () => copyAddress(link));
    for (const details of document.querySelectorAll("figure details.passport"))
      details.addEventListener("toggle", () => bringHashes(details));
  }

  /** A box over a long list that hides what does not hold the letters typed. */
  function searchable(list) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "search" });
    const found = document.createElement("output");
    label.className = "search-list";
    label.append("Find in this list: ", box, found);
    list.before(label);
    box.addEventListener("input", () => {
      const sought = box.value.trim().toLowerCase();
      const entries = [...list.children];
      for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(sought);
      found.textContent = sought && ` ${entries.filter((entry) => !entry.hidden).length} of ${entries.length}`;
    });
  }

  /** Who comes back to a page finds open what they had opened. */
  function keepOpen() {
    const folds = [...document.querySelectorAll("main details")];
    for (const place of window.stateBefore?.open ?? []) if (folds[place]) folds[place].open = true;
    let waiting = 0;
    const keep = () => {
      const open = folds.flatMap((fold, place) => (fold.open ? [place] : []));
      history.replaceState({ ...history.state, open }, "");
    };
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep); // many may open at once, and browsers refuse too many changes
    };
    for (const fold of folds) fold.addEventListener("toggle", later);
  }

  function start() {
    openPassports();
    keepOpen();
    document.querySelectorAll(".listing.searchable").forEach(searchable);
    const charts = new Map([...document.querySelectorAll("figure.chart")].map((figure) => [figure, new Chart(figure)]));
    const draw = (figure) => charts.get(figure).draw().catch((fault) => console.error(fault));
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((each) => each.isIntersecting)) {
          near.unobserve(entry.target);
          draw(entry.target);
          resized.observe(entry.target);
        }
      },
      { rootMargin: "400px" },
    );
    const resized = new ResizeObserver((entries) => entries.forEach((entry) => draw(entry.target)));
    for (const [figure, chart] of charts) {
      scrolls(chart.view);
      near.observe(figure);
    }
    // Paper can not be opened: lists are printed with what they hold.
    let opened = [];
    window.addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll(":is(.listing details, .folded-figure):not([open])")];
      for (const list of opened) list.open = true;
    });
    window.addEventListener("afterprint", () => {
      for (const list of opened) list.open = false;
    });
    // An address may point into a folded list.
    const reveal = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      for (let list = target?.closest("details"); list; list = list.parentElement.closest("details")) list.open = true;
      if (target?.closest("details")) target.scrollIntoView();
    };
    window.addEventListener("hashchange", reveal);
    reveal();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
