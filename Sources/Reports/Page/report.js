"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // Tables: the buttons in their heads sort; the numbers behind the shown text count.
  const key = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.value;
    return value === undefined ? cell.textContent : Number(value);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.textContent = head.textContent;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const body = table.tBodies[0];
        const falls = head.classList.contains("number");
        const order = head.getAttribute("aria-sort");
        const descending = order ? order === "ascending" : falls;
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const rows = [...body.rows].map((row, place) => ({ row, place, value: key(row, column) }));
        rows.sort((a, b) => {
          const less = typeof a.value === "number" && typeof b.value === "number"
            ? a.value - b.value : String(a.value) < String(b.value) ? -1 : String(a.value) > String(b.value) ? 1 : 0;
          return (descending ? -less : less) || a.place - b.place;
        });
        body.append(...rows.map((item) => item.row));
      });
    });
  }

  // The treemap: files of [path, bytes, kind, layer, package], grouped in one of four ways.
  const human = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    let value = bytes;
    while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return unit === 0 ? `${value} B` : `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${units[unit]}`;
  };
  const color = (index) => `hsl(${(index * 137.508 + 205) % 360} 58% ${index % 2 ? 76 : 68}%)`;
  const groups = { directory: null, layer: 3, package: 4, kind: 2 };
  const names = { 2: data.kinds, 3: data.layers, 4: data.packages };

  const build = (group) => {
    const root = { name: data.name, bytes: 0, children: new Map(), parent: null };
    for (const file of data.files) {
      const parts = file[0].split("/");
      if (groups[group] !== null) parts.unshift(names[groups[group]][file[groups[group]]]);
      let node = root;
      node.bytes += file[1];
      for (const part of parts) {
        if (!node.children.has(part)) {
          node.children.set(part, { name: part, bytes: 0, children: new Map(), parent: node, file: null });
        }
        node = node.children.get(part);
        node.bytes += file[1];
      }
      node.file = file;
    }
    return root;
  };

  const leadingFile = (node) => {
    let at = node;
    while (at.children.size) at = [...at.children.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
    return at.file;
  };

  // Squarified: rows are laid along the shorter side as long as their tiles come nearer to squares.
  const layout = (items, x, y, width, height) => {
    const out = [];
    const total = items.reduce((sum, item) => sum + item.bytes, 0);
    if (!total) return out;
    const scale = (width * height) / total;
    let rest = items.filter((item) => item.bytes > 0);
    while (rest.length) {
      const side = Math.min(width, height);
      const row = [];
      let sum = 0;
      let worst = Infinity;
      for (const item of rest) {
        const area = item.bytes * scale;
        const next = sum + area;
        const most = Math.max(area, ...row.map((other) => other.bytes * scale));
        const least = Math.min(area, ...row.map((other) => other.bytes * scale));
        const ratio = Math.max((side * side * most) / (next * next), (next * next) / (side * side * least));
        if (ratio > worst) break;
        row.push(item);
        sum = next;
        worst = ratio;
      }
      rest = rest.slice(row.length);
      const thick = sum / side;
      let along = 0;
      for (const item of row) {
        const length = (item.bytes * scale) / thick;
        out.push(width >= height
          ? { item, x, y: y + along, width: thick, height: length }
          : { item, x: x + along, y, width: length, height: thick });
        along += length;
      }
      if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
    }
    return out;
  };

  const map = document.getElementById("map");
  const crumbs = document.getElementById("crumbs");
  const legend = document.getElementById("legend");
  const groupBy = document.getElementById("group");
  const colorBy = document.getElementById("color");
  let root = build(groupBy.value);
  let here = root;

  const enter = (node) => {
    // A directory with a single child shows nothing new.
    let at = node;
    while (at.children.size === 1) {
      const only = at.children.values().next().value;
      if (!only.children.size) break;
      at = only;
    }
    here = at;
    draw();
    const first = map.querySelector("button.tile");
    if (first) first.focus({ preventScroll: true });
  };

  // One node as a tile, and inside of it, under its name, what it consists of as long as that can be seen.
  const place = (node, x, y, width, height, depth) => {
    if (width < 1.5 || height < 1.5) return;
    const opens = node.children.size > 0 && node !== here;
    const element = document.createElement(opens ? "button" : "div");
    const share = root.bytes ? ((100 * node.bytes) / root.bytes).toFixed(1) : "0";
    element.className = "tile";
    element.style.cssText = `left:${x}px;top:${y}px;width:${width}px;height:${height}px;`
      + `background:${color(leadingFile(node)[Number(colorBy.value)])}`;
    element.title = `${node.name}: ${human(node.bytes)}, ${share} %`;
    element.setAttribute("aria-label", element.title);
    if (width > 34 && height > 15) {
      const label = document.createElement("span");
      label.textContent = width > 130 ? `${node.name} ${human(node.bytes)}` : node.name;
      element.append(label);
    }
    if (opens) element.addEventListener("click", () => enter(node));
    map.append(element);
    if (opens && depth < 3 && width > 50 && height > 44) inside(node, x + 3, y + 17, width - 6, height - 20, depth + 1);
  };

  const inside = (node, x, y, width, height, depth) => {
    const items = [...node.children.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
    for (const tile of layout(items, x, y, width, height)) {
      place(tile.item, tile.x, tile.y, tile.width, tile.height, depth);
    }
  };

  const draw = () => {
    map.replaceChildren();
    const size = map.getBoundingClientRect();
    const column = Number(colorBy.value);
    if (here.children.size) inside(here, 0, 0, size.width, size.height, 0);
    else place(here, 0, 0, size.width, size.height, 0);
    const trail = [];
    for (let node = here; node; node = node.parent) trail.unshift(node);
    crumbs.replaceChildren();
    trail.forEach((node, place) => {
      if (place) crumbs.append(" / ");
      if (node === here) {
        crumbs.append(`${node.name} (${human(node.bytes)})`);
      } else {
        const button = document.createElement("button");
        button.textContent = node.name;
        button.addEventListener("click", () => { here = node; draw(); });
        crumbs.append(button);
      }
    });
    const used = new Map();
    const count = (node) => {
      if (node.file) used.set(node.file[column], (used.get(node.file[column]) || 0) + node.bytes);
      node.children.forEach(count);
    };
    count(here);
    legend.replaceChildren();
    [...used.entries()].sort((a, b) => b[1] - a[1]).slice(0, 14).forEach(([index, bytes]) => {
      const entry = document.createElement("span");
      const box = document.createElement("i");
      box.style.background = color(index);
      entry.append(box, `${names[column][index]} ${human(bytes)}`);
      legend.append(entry);
    });
  };

  groupBy.addEventListener("change", () => { root = build(groupBy.value); here = root; draw(); });
  colorBy.addEventListener("change", draw);
  document.getElementById("up").addEventListener("click", () => { if (here.parent) { here = here.parent; draw(); } });
  map.addEventListener("keydown", (event) => {
    const tiles = [...map.querySelectorAll("button.tile")];
    const at = tiles.indexOf(document.activeElement);
    if (event.key === "Backspace" || event.key === "Escape") {
      if (here.parent) { here = here.parent; draw(); const first = map.querySelector("button.tile"); if (first) first.focus(); }
    } else if (event.key === "ArrowRight" || event.key === "ArrowDown") {
      if (tiles.length) tiles[(at + 1) % tiles.length].focus();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowUp") {
      if (tiles.length) tiles[(at + tiles.length - 1) % tiles.length].focus();
    } else {
      return;
    }
    event.preventDefault();
  });
  let pending = 0;
  const redraw = () => { clearTimeout(pending); pending = setTimeout(draw, 80); };
  addEventListener("resize", redraw);
  addEventListener("beforeprint", draw);
  draw();
})();
