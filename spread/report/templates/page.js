"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const EPOCH = 719163; // days from year 1 to 1970
  const LEAST = 0.002; // chances are added up on the scale of odds, which has no nought and no one
  const NEAR = 1e-6;

  const dayOf = (ordinal) => new Date((Math.round(ordinal) - EPOCH) * 86400000);
  const sayDay = (ordinal) => {
    const day = dayOf(ordinal);
    return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
  };
  const isoDay = (ordinal) => dayOf(ordinal).toISOString().slice(0, 10);
  const sayChance = (chance) => {
    const hundredths = Math.round(100 * chance);
    if (hundredths < 1) return "under 1 in 100";
    if (hundredths > 99) return "over 99 in 100";
    if (hundredths >= 8 && hundredths <= 92) return `about ${Math.floor(10 * chance + 0.5)} in 10`;
    return `about ${hundredths} in 100`;
  };
  const sayShare = (share) => {
    const whole = Math.round(100 * share);
    return whole < 1 ? "under 1\u00a0%" : whole > 99 ? "over 99\u00a0%" : `${whole}\u00a0%`;
  };
  const odds = (share) => {
    const inside = Math.min(Math.max(share, LEAST), 1 - LEAST);
    return Math.log(inside / (1 - inside));
  };
  const between = (first, second, share) => first + share * (second - first);

  /* The chance and curve of a lever at a position, and the settings they lie between. */
  const at = (lever, position) => {
    const settings = lever.settings;
    const above = settings.findIndex((one) => one.position >= position - NEAR);
    const high = settings[above < 0 ? settings.length - 1 : above];
    if (lever.kind === "word" || above <= 0 || Math.abs(high.position - position) <= NEAR) {
      return { chance: high.chance, curve: high.curve, ends: null };
    }
    const low = settings[above - 1];
    const share = (position - low.position) / (high.position - low.position);
    return {
      chance: between(low.chance, high.chance, share),
      curve: mix(low.curve, high.curve, share),
      ends: [low.said, high.said],
    };
  };
  const sameDays = (one, other) =>
    one && other && one.days.length === other.days.length && one.days.every((day, place) => day === other.days[place]);
  const mix = (one, other, share) => {
    if (!sameDays(one, other)) return share < 0.5 ? one : other;
    const mixed = { days: one.days, said: one.said };
    for (const name of ["low", "middle", "high"]) {
      mixed[name] = one[name].map((value, place) => between(value, other[name][place], share));
    }
    return mixed;
  };

  /* Changes together: each by itself moves the odds of the plan, and these moves are added up. */
  const added = (start, base, moved) =>
    1 / (1 + Math.exp(-(odds(start) + moved.reduce((sum, one) => sum + odds(one) - odds(base), 0))));
  const addedCurves = (start, base, moved) => {
    const usable = moved.filter((curve) => sameDays(curve, base));
    if (!start || !sameDays(start, base) || usable.length < moved.length) return null;
    const sum = { days: start.days, said: start.said };
    for (const name of ["low", "middle", "high"]) {
      sum[name] = start[name].map((value, place) =>
        added(value, base[name][place], usable.map((curve) => curve[name][place])));
    }
    return sum;
  };

  const make = (name, attributes, parent, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const draw = (place, curve, plan, ambition) => {
    place.replaceChildren();
    if (!curve || !ambition.isShare) return;
    const width = Math.max(320, Math.min(place.clientWidth || 640, 760)), height = 300;
    const left = 46, right = 14, top = 26, bottom = 34;
    const first = curve.days[0], last = curve.days[curve.days.length - 1];
    const x = (day) => left + ((day - first) / Math.max(last - first, 1)) * (width - left - right);
    const y = (share) => height - bottom - share * (height - top - bottom);
    const told = curve.said.map((day, number) => `${day} ${sayShare(curve.middle[number])}`).join("; ");
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Projected share, middle run: ${told}` }, place);
    for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      make("line", { class: "grid", x1: left, x2: width - right, y1: y(share), y2: y(share) }, svg);
      make("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, svg, `${Math.round(100 * share)}\u00a0%`);
    }
    const line = (values) => curve.days.map((day, number) => `${x(day)},${y(values[number])}`);
    make("polygon", { class: "range", points: [...line(curve.low), ...line(curve.high).reverse()].join(" ") }, svg);
    if (sameDays(plan, curve)) make("polyline", { class: "plan", points: line(plan.middle).join(" ") }, svg);
    make("polyline", { class: "now", points: line(curve.middle).join(" ") }, svg);
    if (ambition.threshold !== null && ambition.day >= first && ambition.day <= last) {
      make("line", { class: "aim", x1: x(ambition.day), x2: x(ambition.day), y1: y(0), y2: y(1) }, svg);
      make("line", { class: "aim", x1: x(ambition.day) - 14, x2: x(ambition.day) + 14, y1: y(ambition.threshold), y2: y(ambition.threshold) }, svg);
      const side = x(ambition.day) > width / 2 ? "end" : "start";
      make("text", { x: x(ambition.day) + (side === "end" ? 14 : -14), y: 14, "text-anchor": side }, svg,
        `target ${Math.round(100 * ambition.threshold)}\u00a0% by ${ambition.deadline}`);
    }
    const month = (day) => `${MONTHS[dayOf(day).getUTCMonth()].slice(0, 3)} ${dayOf(day).getUTCFullYear()}`;
    make("text", { x: left, y: height - 10 }, svg, month(first));
    make("text", { x: width - right, y: height - 10, "text-anchor": "end" }, svg, month(last));
  };

  const settle = (form, ambition) => {
    const planner = form.querySelector("[data-plan]");
    const controls = [...form.querySelectorAll("[data-lever]")];
    const chosen = () => {
      const plan = ambition.plans[planner ? Number(planner.value) : 0];
      const moved = controls.flatMap((control) => {
        const lever = ambition.levers[Number(control.dataset.lever)];
        let position = Number(control.value);
        // A slider stops at steps; the plan and the ends of the range need not lie on one.
        const near = lever.settings.find((one) => Math.abs(one.position - position) <= lever.step / 2 + NEAR);
        if (near && control.tagName === "INPUT") position = near.position;
        const known = lever.settings.find((one) => Math.abs(one.position - position) <= NEAR);
        const decimals = Math.max(0, -Math.floor(Math.log10(lever.step) + 1e-9));
        const number = lever.kind === "date" ? sayDay(position) : `${position.toFixed(decimals)} ${lever.unit}`.trim();
        const said = known ? known.said : number;
        const asPlanned = lever.planned === null ? !control.dataset.touched : Math.abs(position - lever.planned) <= NEAR;
        form.querySelector(`[data-said="${control.dataset.lever}"]`).textContent =
          lever.planned === null && asPlanned ? "as planned" : said + (asPlanned ? " (as planned)" : "");
        if (control.tagName === "INPUT") control.setAttribute("aria-valuetext", said);
        return asPlanned ? [] : [{ lever, position, said, ...at(lever, position) }];
      });
      return { plan, moved };
    };
    const show = () => {
      const { plan, moved } = chosen();
      const base = ambition.plans[0], isOther = plan !== base;
      const single = moved.length === 1 && !isOther;
      const chance = single ? moved[0].chance
        : moved.length ? added(plan.chance, base.chance, moved.map((one) => one.chance)) : plan.chance;
      const curve = single ? moved[0].curve
        : moved.length ? addedCurves(plan.curve, base.curve, moved.map((one) => one.curve)) : plan.curve;
      let basis = isOther ? "Simulated: another plan." : "Simulated: the plan as it is.";
      if (single) {
        const ends = moved[0].ends;
        basis = ends ? `Interpolated: on a straight line between ${ends[0]} and ${ends[1]}, which were simulated.` : "Simulated.";
      } else if (moved.length) {
        basis = "Estimated: separate changes added up. They were not simulated together; do so before relying on it.";
      }
      form.querySelector("[data-chance]").textContent = `The chance is ${sayChance(chance)} (${sayShare(chance)}).`;
      form.querySelector("[data-basis]").textContent = basis;
      const command = form.querySelector("[data-command]");
      const value = (one) => one.lever.kind === "date" ? isoDay(one.position) : one.lever.kind === "word" ? one.said : Number(one.position.toFixed(6));
      command.hidden = !moved.length;
      command.textContent = `To simulate it: spread compare ${plan.name} ${moved.map((one) => `--set ${one.lever.lever}=${value(one)}`).join(" ")}`;
      draw(form.querySelector("[data-chart]"), curve, base.curve, ambition);
      const rows = form.querySelector("[data-rows]");
      rows.replaceChildren();
      for (const [number, day] of (curve ? curve.said : []).entries()) {
        const row = rows.insertRow();
        const head = document.createElement("th");
        head.scope = "row";
        head.textContent = day;
        row.append(head);
        for (const text of [sayShare(curve.middle[number]), `${sayShare(curve.low[number])} to ${sayShare(curve.high[number])}`]) {
          const cell = row.insertCell();
          cell.className = "number";
          cell.textContent = text;
        }
      }
    };
    form.addEventListener("input", (event) => {
      event.target.dataset.touched = "yes";
      show();
    });
    form.addEventListener("reset", () => {
      for (const control of controls) delete control.dataset.touched;
      setTimeout(show, 0);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("resize", show);
    form.hidden = false;
    show();
  };

  const responses = document.getElementById("responses");
  if (responses) {
    const told = JSON.parse(responses.textContent);
    for (const form of document.querySelectorAll("form[data-ambition]")) {
      settle(form, told.ambitions[Number(form.dataset.ambition)]);
    }
    for (const note of document.querySelectorAll(".without")) note.hidden = true;
  }

  /* What does not scroll is no stop for the keyboard. */
  const stops = () => {
    for (const place of document.querySelectorAll(".scroll")) {
      if (place.scrollWidth > place.clientWidth + 1) place.tabIndex = 0;
      else place.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", stops);
  document.addEventListener("toggle", stops, true);
  stops();

  /* On paper everything is open. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
})();
