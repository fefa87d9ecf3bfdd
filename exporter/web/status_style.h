// The status page's style sheet: one column of text, readable in daylight and in the dark, and on a
// telephone. Every pair of colours has a contrast of at least 4.5 (WCAG 2.2, AA); a state is always
// said in words, the colour only helps the eye to find it.
#pragma once

#include <string_view>

namespace airflow_host {

inline constexpr std::string_view kStatusStyle = R"css(
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f4f6f8; --line: #c9d1d9;
  --text: #1b1f24; --quiet: #4d5763; --link: #0a58ca; --good: #116329; --bad: #a40e26;
  --wait: #7a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f141a; --panel: #182029; --line: #3a4552; --text: #e6edf3;
    --quiet: #a3afbc; --link: #79b8ff; --good: #63d471; --bad: #ff8f87; --wait: #e8bd54; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 66rem; background: var(--ground);
  color: var(--text); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; max-width: 48rem; }
a { color: var(--link); }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.quiet, caption { color: var(--quiet); }
.quiet { font-size: .9rem; }
.verdict { margin: 1rem 0; padding: .7rem 1rem; background: var(--panel);
  border-left: .4rem solid var(--good); font-size: 1.1rem; font-weight: 600; max-width: none; }
.verdict.bad { border-color: var(--bad); }
.verdict.wait { border-color: var(--wait); }
.problem { margin: .8rem 0; padding: .2rem 0 .2rem 1rem; border-left: .2rem solid var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; margin: .6rem 0 0; padding: 0;
  list-style: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .4rem; font-size: .9rem; }
th, td { padding: .55rem 1rem .55rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; font-weight: 400; overflow-wrap: break-word; }
thead th { font-size: .9rem; font-weight: 600; white-space: nowrap; }
tbody th { min-width: 13rem; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.state { min-width: 15rem; }
.name { font-weight: 600; }
.name, .state strong { display: block; }
.good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
p.verdict { color: var(--text); }
.facts { display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
dl { margin: 0; }
.facts dl { display: grid; grid-template-columns: minmax(8.5rem, 1fr) minmax(0, auto);
  gap: .25rem 1rem; }
.facts dd { text-align: right; font-variant-numeric: tabular-nums; }
dt { overflow-wrap: break-word; }
dd { margin: 0; overflow-wrap: anywhere; }
.missing dt { font-weight: 600; margin-top: .8rem; }
code { font-size: .95em; white-space: nowrap; }
@media (max-width: 40rem) { tbody th { min-width: 8rem; } td.state { min-width: 10rem; } }
)css";

}  // namespace airflow_host
