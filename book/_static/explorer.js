// The explorer: the form says which rows are shown, the address says what the form says, DataTables shows the rows.
// What there is to filter by comes with the rows. No modules and no fetch: both fail when the book is opened from disk.
(() => {
  "use strict";

  const form = document.getElementById("explorer-form");
  if (!form) return;
  const results = document.querySelector(".explorer-results");
  const part = (name) => results.querySelector(`.explorer-${name}`);
  const DEFAULTS = new URLSearchParams([...form.querySelectorAll("[checked]")].map(({ name, value }) => [name, value]));
  const SETTINGS = ["by", "sort"]; // change how rows are shown, not which
  const NOTHING = "none";
  const PAGE = 20;
  const TICKS = 8; // most years that are written below their columns
  const PAUSE = 700; // ms without a change, before a screen reader is told
  const WIDE = matchMedia("(min-width: 60rem)");
  const SORTS = {
    "": "Order of the record",
    "year-asc": "Year, oldest first",
    "year-desc": "Year, newest first",
    "actor-asc": "Speaker or lead, A to Z",
    "actor-desc": "Speaker or lead, Z to A",
    "document_title-asc": "Document, A to Z",
    "document_title-desc": "Document, Z to A",
  };

  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ESCAPES[sign]);
  const number = (value) => value.toLocaleString("en");
  const sentence = (text) => (text.charAt(0).toUpperCase() + text.slice(1)).replaceAll("_", " ");
  const unseen = (text) => `<span class="unseen">${escaped(text)}</span>`;
  const options = (pairs) => pairs.map(([value, label]) => `<option value="${value}">${escaped(label)}</option>`).join("");
  const small = (...parts) => (parts.some(Boolean) ? `<small>${parts.filter(Boolean).join(" · ")}</small>` : "");

  // ---- words ----

  /** The words of a text, each between spaces, without case and accents. */
  const folded = (text) =>
    ` ${(text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ")} `;

  /** What is asked for: words, of which the beginning is enough, and quoted words in a row. */
  function terms(asked) {
    const quoted = [...asked.matchAll(/"([^"]+)"/g)].map((match) => folded(match[1]));
    const single = folded(asked.replace(/"[^"]*"?/g, " ")).split(" ").map((word) => word && ` ${word}`);
    return [...quoted, ...single].filter((term) => term.trim());
  }

  /** A text as HTML, with the words that were asked for marked. */
  function marked(text, wanted) {
    const words = wanted.flatMap((term) => (term.endsWith(" ") ? term.trim().split(" ").map((word) => ` ${word} `) : term));
    const meant = (word) => words.some((term) => folded(word).startsWith(term));
    return text
      .split(/([\p{L}\p{N}\p{M}]+)/u)
      .map((piece, place) => (place % 2 && meant(piece) ? `<mark>${escaped(piece)}</mark>` : escaped(piece)))
      .join("");
  }

  // ---- facets ----

  /** Something to filter by. `of` gives what each row has of it, `test` the question that a row must pass. */
  class Facet {
    constructor(described, columns) {
      const { label, ...rest } = described;
      Object.assign(this, rest, { title: label });
      this.columns = columns;
      this.cells = columns[this.column];
      this.coders = Object.keys(this.readings);
      this.places = new Map(this.values.map(({ value }, place) => [value, place]));
      this.memory = new Map();
    }

    label(value) {
      return this.values[this.places.get(value)]?.label ?? sentence(value);
    }

    /** For each row the places of its values among the facet's, in a reading of the codes. */
    of(reading) {
      if (!this.memory.has(reading))
        this.memory.set(
          reading,
          this.columns.row_id.map((_, row) => {
            const values = new Set([...this.own(row), ...this.given(row, reading)]);
            return [...values].map((value) => this.places.get(value)).filter((place) => place !== undefined);
          }),
        );
      return this.memory.get(reading);
    }

    /** What the row has whoever reads it. An empty cell is a value too, but where coders give the values. */
    own(row) {
      if (!this.cells) return [];
      return (this.cells[row] || (this.coders.length ? "" : NOTHING)).split(";");
    }

    /** What coders gave the row: at least one of them, both, or the one whose reading it is. */
    given(row, reading) {
      const each = this.coders.map((coder) => this.columns[this.readings[coder]][row].split(";"));
      if (reading === "either") return each.flat();
      if (reading === "both") return (each[0] ?? []).filter((code) => each.every((codes) => codes.includes(code)));
      return each[this.coders.indexOf(reading)] ?? [];
    }

    test(asked, reading) {
      if (this.shape === "words") {
        const wanted = terms(asked.get(this.name) ?? "");
        if (wanted.length) this.texts ??= this.cells.map(folded);
        return wanted.length && ((row) => wanted.every((term) => this.texts[row].includes(term)));
      }
      if (this.shape === "span") {
        const [first, last] = ["from", "to"].map((end) => Number(asked.get(`${this.name}-${end}`)));
        const within = (value) => value && value >= first && (!last || value <= last);
        return (first || last) && ((row) => within(this.cells[row]));
      }
      const wanted = new Set(asked.getAll(this.name).map((value) => this.places.get(value)));
      const values = this.of(reading);
      return this.shape !== "reading" && wanted.size && ((row) => values[row].some((place) => wanted.has(place)));
    }
  }

  /** The rows that pass all questions; and for each list how many rows each value has if its list asks nothing. */
  function filtered(facets, size, asked, reading) {
    const questions = facets.map((facet) => [facet, facet.test(asked, reading)]).filter(([, test]) => test);
    const lists = facets.filter((facet) => facet.shape === "list");
    const values = lists.map((facet) => facet.of(reading));
    const counts = lists.map((facet) => new Uint32Array(facet.values.length));
    const rows = [];
    for (let row = 0; row < size; row++) {
      let failures = 0;
      let failed;
      for (const [facet, test] of questions)
        if (!test(row)) {
          failed = facet;
          if (++failures > 1) break;
        }
      if (failures > 1) continue;
      if (!failures) rows.push(row);
      lists.forEach((facet, which) => {
        if (!failures || failed === facet) for (const place of values[which][row]) counts[which][place]++;
      });
    }
    return { rows, counts: new Map(lists.map((facet, which) => [facet, counts[which]])) };
  }

  // ---- a row in words ----

  class Words {
    constructor({ columns, split }, facets) {
      Object.assign(this, { columns, split });
      this.facets = new Map(facets.map((facet) => [facet.name, facet]));
      this.coded = facets.filter((facet) => facet.shape === "list" && (facet.coders.length || facet.name === "own"));
    }

    label(facet, value) {
      return escaped(this.facets.get(facet).label(value));
    }

    year(row) {
      return escaped(this.columns.year[row]) || `<span aria-hidden="true">–</span>${unseen("no year")}`;
    }

    text(row, wanted) {
      const { text, text_kind, about, partnership_id, case_id } = this.columns;
      const words = marked(text[row], wanted);
      const kind = `<b>${escaped(sentence(this.columns[this.split][row]))}</b>`;
      const where = partnership_id[row] ? this.label("partnership", partnership_id[row]) : this.label("case", case_id[row]);
      return `<p>${text_kind[row] === "quotation" ? `<q>${words}</q>` : words}</p>${small(kind, escaped(about[row]), where)}`;
    }

    /** All codes with the letters of the coders who gave them; those that do not count in this reading are muted. */
    codes(row, reading) {
      const own = this.coded.flatMap((facet) => facet.own(row).filter((code) => facet.places.has(code)));
      const given = new Map(own.map((code) => [code, []]));
      const { coders = [], readings = {} } = this.coded[0] ?? {};
      for (const coder of coders)
        for (const code of this.columns[readings[coder]][row].split(";"))
          if (code) given.set(code, [...(given.get(code) ?? []), coder]);
      const counts = (by) => reading === "either" || !by.length || (reading === "both" ? by.length === coders.length : by.includes(reading));
      const item = ([code, by]) => {
        const label = this.coded.find((facet) => facet.places.has(code))?.label(code) ?? code;
        return `<li${counts(by) ? "" : ' class="quiet"'}>${escaped(label)}${by.length ? ` ${small(by.join("\u00a0"))}` : ""}</li>`;
      };
      return `<ul>${[...given].map(item).join("")}</ul>`;
    }

    source(row) {
      const [title, url, language, page] = ["document_title", "url", "document_language", "page"].map((name) => this.columns[name][row]);
      const lang = language && language !== "en" ? ` lang="${escaped(language)}"` : "";
      const shown = /^https?:/i.test(url)
        ? `<a href="${escaped(url)}" rel="external"${lang}>${escaped(title)}</a>`
        : `<span${lang}>${escaped(title)}</span>`;
      const place = page && `<a href="${page}.html#${this.columns.row_id[row]}">in its list</a>`;
      const kind = this.label("document", this.columns.document_kind[row]);
      return `${shown} ${small(kind, escaped(this.columns.document_date[row] || "no date"), escaped(this.columns.locator[row]), place)}`;
    }
  }

  // ---- the chart: a table whose numbers are drawn as bars ----

  const tally = (length, values) => {
    const counts = new Uint32Array(length);
    for (const place of values) counts[place]++;
    return counts;
  };

  function columnChart(facet, parts) {
    const years = parts.map(({ rows }) => rows.map((row) => facet.cells[row]).filter(Boolean).map(Number));
    const known = years.flat();
    const all = parts.reduce((sum, { rows }) => sum + rows.length, 0);
    const lacking = known.length < all ? `<p>${number(all - known.length)} of these rows show no ${facet.title.toLowerCase()}.</p>` : "";
    if (!known.length) return lacking;
    const first = known.reduce((a, b) => Math.min(a, b));
    const length = known.reduce((a, b) => Math.max(a, b)) - first + 1;
    const step = [1, 2, 5, 10, 20, 50].find((each) => length / each <= TICKS) ?? 100;
    const heads = Array.from({ length }, (_, place) => first + place).map((year) =>
      year % step ? `<th scope="col">${unseen(year)}</th>` : `<th scope="col"><span>${year}</span></th>`,
    );
    const lines = parts.map(({ label }, which) => {
      const counts = tally(length, years[which].map((year) => year - first));
      const most = Math.max(1, ...counts);
      const bar = (count, place) =>
        `<td title="${first + place}: ${number(count)}"><i style="height:${(100 * count) / most}%"></i>${unseen(number(count))}</td>`;
      const scale = years[which].length ? `highest column: ${number(most)}` : "none shows it";
      return `<tr><th scope="row">${escaped(label)} ${small(scale)}</th>${[...counts].map(bar).join("")}</tr>`;
    });
    return `<table class="columns"><caption class="unseen">Rows by ${facet.title.toLowerCase()}</caption>
      <thead><tr><td></td>${heads.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table>${lacking}`;
  }

  function barChart(facet, parts, reading) {
    const values = facet.of(reading);
    const counts = parts.map(({ rows }) => tally(facet.values.length, rows.flatMap((row) => values[row])));
    const total = (place) => counts.reduce((sum, count) => sum + count[place], 0);
    const shown = [...facet.values.keys()].filter(total).sort((a, b) => total(b) - total(a));
    if (!shown.length) return `<p>None of these rows has a ${facet.title.toLowerCase()}.</p>`;
    const head = parts.map(({ label }) => `<th scope="col" role="columnheader">${escaped(label)}</th>`).join("");
    const most = counts.map((count) => Math.max(1, ...count));
    const bar = (count, which) => `<td role="cell"><span>${number(count)}</span><i style="--share:${count / most[which]}"></i></td>`;
    const line = (place) =>
      `<tr role="row"><th scope="row" role="rowheader">${escaped(facet.values[place].label)}</th>${counts.map((count, which) => bar(count[place], which)).join("")}</tr>`;
    const scale = parts.length > 1 ? "The bars of each column have a scale of their own. " : "";
    const note = `<p>${scale}${facet.coders.length ? "A row counts for each of its codes." : ""}</p>`;
    // The roles are those that a table has anyway, unless a narrow screen lays it out in another way.
    return `<table class="bars" role="table" style="--parts:${parts.length}"><caption class="unseen">Rows by ${facet.title.toLowerCase()}</caption>
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${escaped(facet.title)}</th>${head}</tr></thead><tbody role="rowgroup">${shown.map(line).join("")}</tbody></table>${note}`;
  }

  // ---- the form and its address ----

  /** What the form says, but for what it says by itself. */
  function state() {
    const said = [...new URLSearchParams(new FormData(form))];
    return new URLSearchParams(said.filter(([name, value]) => value.trim() && DEFAULTS.get(name) !== value));
  }

  function restore() {
    const asked = new URLSearchParams(location.search);
    form.reset();
    for (const control of form.elements) {
      const values = asked.getAll(control.name);
      if (!control.name || !values.length) continue;
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else control.value = values[0];
    }
  }

  /** Take one value out of the form. */
  function release(name, value) {
    for (const control of form.elements) {
      if (control.name !== name) continue;
      if (control.type === "checkbox") control.checked &&= control.value !== value;
      else if (control.type === "radio") control.checked = control.defaultChecked;
      else control.value = "";
    }
  }

  const csvCell = (value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

  // ---- all together ----

  class Explorer {
    constructor(made) {
      this.made = made;
      this.size = made.columns.row_id.length;
      this.facets = made.facets.map((facet) => new Facet(facet, made.columns));
      this.named = new Map(this.facets.map((facet) => [facet.name, facet]));
      this.words = new Words(made, this.facets);
      this.shown = new Uint8Array(this.size);
      this.asked = state();
      this.wanted = [];
      this.reading = "either";
      this.charted = [
        ...this.facets.filter((facet) => facet.shape === "span"),
        ...this.facets.filter((facet) => facet.shape === "list"),
      ];
      this.outputs = new Map(
        this.facets.map((facet) => [facet, form.querySelectorAll(`[data-facet="${facet.name}"] label small`)]),
      );
      form.elements.by.innerHTML = options(this.charted.map((facet, place) => [place ? facet.name : "", facet.title]));
      form.elements.sort.innerHTML = options(Object.entries(SORTS));
      this.table = this.tabled();
      this.listen();
      restore();
      this.unfold();
      this.update();
    }

    tabled() {
      const { columns } = this.made;
      const { DataTable } = window;
      const collator = new Intl.Collator("en");
      const known = (turn) => (a, b) => (a && b ? turn * collator.compare(a, b) : !a - !b); // what is unknown stands last
      DataTable.ext.type.order["known-asc"] = known(1);
      DataTable.ext.type.order["known-desc"] = known(-1);
      const column = (name, title, shown) => ({
        name,
        title,
        data: (row, type) => (type === "display" ? (shown?.(row) ?? "") : shown ? columns[name][row] : ""),
        orderable: Boolean(shown),
        searchable: false,
        type: "known",
        className: `explorer-${name}`,
      });
      const table = new DataTable(part("rows"), {
        data: [...columns.row_id.keys()],
        columns: [
          column("year", "Year", (row) => this.words.year(row)),
          column("text", "Row"),
          column("codes", "Codes and coders"),
          column("document_title", "Document", (row) => this.words.source(row)),
          { ...column("actor", "Speaker or lead", () => ""), visible: false },
        ],
        order: [],
        pageLength: PAGE,
        autoWidth: false,
        caption: "Rows found",
        layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
        language: {
          emptyTable: "No row has all that is asked for.",
          zeroRecords: "No row has all that is asked for.",
          info: "Rows _START_ to _END_ of _TOTAL_",
          infoEmpty: "",
          infoFiltered: "",
        },
        // Laid out as cards on a narrow screen, rows and cells would no longer be told as such.
        createdRow: (line) => {
          line.setAttribute("role", "row");
          for (const cell of line.cells) cell.setAttribute("role", "cell");
        },
        // What depends on the question is put in whenever a row is shown.
        rowCallback: ({ cells }, row) => {
          cells[1].innerHTML = this.words.text(row, this.wanted);
          cells[2].innerHTML = this.words.codes(row, this.reading);
        },
      });
      table.search.fixed("form", (_, row) => this.shown[row] === 1);
      return table;
    }

    listen() {
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", ({ target }) => this.update(target.type === "checkbox" ? "" : target.name));
      form.addEventListener("reset", () => setTimeout(() => this.update())); // when the form is as it was
      part("clear").addEventListener("click", () => form.elements[0].focus());
      for (const setting of SETTINGS) form.elements[setting].addEventListener("input", () => this.update());
      window.addEventListener("popstate", () => {
        restore();
        this.unfold();
        this.update();
      });
      this.table.on("order", () => this.ordered());
      this.table.on("page", () => {
        const table = part("rows");
        table.tabIndex = -1;
        table.focus({ preventScroll: true });
        table.scrollIntoView();
      });
      part("download").addEventListener("click", () => this.download());
      form.elements.actor?.addEventListener("focus", ({ target }) => this.suggest(target), { once: true });
      WIDE.addEventListener("change", () => this.unfold());
    }

    /** Show the filters where there is room for them, and those lists in which something is chosen. */
    unfold() {
      form.querySelector(".explorer-filters").open = WIDE.matches;
      for (const list of form.querySelectorAll("details.facet")) list.open ||= Boolean(list.querySelector(":checked"));
    }

    update(field = "") {
      const asked = (this.asked = state());
      this.wanted = terms(asked.get("text") ?? "");
      this.reading = asked.get("reading") ?? "either";
      const { rows, counts } = filtered(this.facets, this.size, asked, this.reading);
      this.rows = rows;
      this.shown.fill(0);
      for (const row of rows) this.shown[row] = 1;
      this.count(counts);
      this.draw();
      this.list();
      this.tabulate(); // last, because DataTables has the browser lay out the page
      this.remember(field);
    }

    tabulate() {
      const [name, direction] = (this.asked.get("sort") ?? "").split("-");
      this.table.order(name ? [[this.table.column(`${name}:name`).index(), direction]] : []).draw();
    }

    /** A click on a head of the table is a setting like any other. */
    ordered() {
      const [first] = this.table.order();
      const order = first?.[1] ? `${this.table.init().columns[first[0]].name}-${first[1]}` : "";
      if (form.elements.sort.value === order) return;
      form.elements.sort.value = order;
      this.asked = state();
      this.remember();
    }

    count(counts) {
      for (const [facet, numbers] of counts)
        this.outputs.get(facet).forEach((output, place) => {
          output.textContent = number(numbers[place]);
          output.parentElement.classList.toggle("empty", !numbers[place]);
        });
      const documents = new Set(this.rows.map((row) => this.made.columns.document_id[row])).size;
      const found = `${number(this.rows.length)} of ${number(this.size)} rows, in ${number(documents)} document${documents === 1 ? "" : "s"}`;
      part("count").textContent = found;
      results.dataset.rows = this.rows.length;
      clearTimeout(this.later);
      this.later = setTimeout(() => (part("said").textContent = found), PAUSE);
    }

    draw() {
      const facet = this.named.get(this.asked.get("by")) ?? this.charted[0];
      const split = this.named.get(this.made.split);
      const kinds = split.of(this.reading);
      const parts = split.values
        .map(({ label }, place) => ({ label, rows: this.rows.filter((row) => kinds[row].includes(place)) }))
        .filter(({ rows }) => rows.length);
      part("bars").innerHTML = facet.shape === "span" ? columnChart(facet, parts) : barChart(facet, parts, this.reading);
    }

    /** The filters that are set, each as a button that takes it back. */
    list() {
      const set = [...this.asked].filter(([name]) => !SETTINGS.includes(name));
      part("chosen").replaceChildren(...set.map(([name, value], place) => this.chip(name, value, place)));
      part("clear").hidden = !set.length;
      form.querySelector("summary span").textContent = set.length ? `(${set.length} set)` : "";
      for (const list of form.querySelectorAll("details.facet")) {
        const many = this.asked.getAll(list.dataset.facet).length;
        list.querySelector(".facet-set").textContent = many ? `${many} chosen` : "";
      }
    }

    chip(name, value, place) {
      const [facetName, end = ""] = this.named.has(name) ? [name] : name.split("-");
      const facet = this.named.get(facetName);
      const words = facet.values.length ? facet.label(value) : value;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "explorer-chip";
      button.innerHTML = `${unseen("Remove ")}${escaped(`${facet.title} ${end}`.trim())}: <b>${escaped(words)}</b>`;
      button.addEventListener("click", () => {
        release(name, value);
        this.update();
        const left = part("chosen").querySelectorAll("button");
        (left[Math.min(place, left.length - 1)] ?? form.elements[0]).focus();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }

    /** Put the address right: a step to go back to, but typing on in one field is one step. */
    remember(field = "") {
      const query = this.asked.toString();
      if (query !== new URLSearchParams(location.search).toString())
        history[field && field === this.typing ? "replaceState" : "pushState"](null, "", query ? `?${query}` : location.pathname);
      this.typing = field;
      part("link").href = location.href;
    }

    /** Offer the names that there are, when somebody is about to type one. */
    suggest(field) {
      const names = new Set(this.named.get(field.name).cells);
      const list = document.createElement("datalist");
      list.id = `${field.id}-names`;
      list.append(...[...names].filter(Boolean).sort().map((name) => new Option(name, name)));
      field.after(list);
      field.setAttribute("list", list.id);
    }

    /** The rows that are shown, in the order in which they are shown, as the CSV file of all rows has them. */
    download() {
      const { columns, download } = this.made;
      const rows = this.table.rows({ search: "applied", order: "applied" }).indexes().toArray();
      const lines = [download, ...rows.map((row) => download.map((name) => columns[name][row]))];
      const text = lines.map((line) => `${line.map(csvCell).join(",")}\n`).join("");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = `${rows.length}-rows.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  }

  /** The rows, out of the letters that the script beside this one holds. */
  async function unpacked(letters) {
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  unpacked(window.explorerRows).then(
    (made) => {
      new Explorer(made);
      results.dataset.ready = "true";
    },
    (fault) => {
      part("count").textContent = "This browser can not unpack the rows; they stand in the lists and in the file below.";
      console.error(fault);
    },
  );
})();
