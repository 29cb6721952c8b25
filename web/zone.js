// One parent zone on the dashboard: built once, then shown what is new. What has not changed stays as
// it is, so that nothing moves under a reader's eyes.
import { countRow, paintBars, paintWhole } from './bars.js';
import {
  DAY_HEADS, KINDS, adoptionMissing, changesMissing, dayRows, paintAdoption, paintBalance,
  paintChanges,
} from './days.js';
import { counted, make, moment, percent, several } from './dom.js';
import { legend } from './palette.js';
import { Plot } from './plot.js';
import { Table } from './tables.js';
import { MAP_HEADS, mapLegend, mapRows, paintMap } from './treemap.js';
import { OperatorBars } from './operators.js';

const OUTCOMES = [
  ['in-sync', 'in sync'], ['idle', 'idle'], ['accept', 'accepted'], ['hold', 'on hold'],
  ['retry', 'to be tried again'], ['refuse', 'refused'], ['suspended', 'suspended']];
const FINDINGS_MAX = 12;

const outcomeRows = zone => OUTCOMES.filter(([word]) => word in zone.cases)
  .map(([word, name]) => [word, name, zone.cases[word]]);
const findingRows = zone => Object.entries(zone.findings).sort((a, b) => b[1] - a[1]);

function queueRows(zone, notify) {
  const rows = [['looks', 'looks that were asked for', zone.queues.looks],
                ['queued', 'changes to be sent', zone.queues.changes_queued],
                ['sent', 'changes to be confirmed', zone.queues.changes_sent]];
  if (notify !== null) rows.splice(1, 0, ['notify', 'looks by NOTIFY (all zones)', notify.waiting]);
  return rows;
}

const NOTIFY_WORDS = {
  taken: 'taken', joined: 'joined one that waits', 'no-room': 'no room', unknown: 'unknown name',
  malformed: 'malformed', 'unsigned-or-forged': 'unsigned or forged',
};
const notifyRows = notify => notify === null ? []
  : Object.entries(NOTIFY_WORDS).map(([word, name]) => [name, notify.messages[word]]);

// A part with its heading, a sentence about it, and what stands in it.
function part(title, sentence, ...content) {
  return make('section', { class: 'part' }, make('h3', {}, title),
              sentence === null ? null : make('p', { class: 'small' }, sentence), ...content);
}

export class ZoneView {
  constructor(zone) {
    this.zone = zone.zone;
    this.lead = make('p', { class: 'small' });
    this.figures = make('dl', { class: 'figures' });
    this.pass = make('div', { class: 'pass' });
    this.makePlots();
    this.makeTables();
    this.operators = new OperatorBars(zone.zone);
    this.element = make('section', { class: 'zone', 'aria-label': `Zone ${zone.zone}` },
                        make('h2', {}, `${zone.zone} (policy ${zone.policy})`), this.lead,
                        this.figures, ...this.parts());
  }

  makePlots() {
    const nothingYet = () => 'No child has asked for anything yet.';
    this.plots = {
      outcomes: new Plot({ label: 'Children by outcome', paint: paintWhole, empty: nothingYet }),
      findings: new Plot({ label: 'Top findings', paint: paintBars,
                           empty: () => 'No case has a finding.' }),
      queues: new Plot({ label: 'What waits', paint: paintBars, empty: nothingYet }),
      map: new Plot({ label: 'Adoption map', paint: paintMap, empty: () =>
        'The zone has not been counted yet; that follows each reading of its source.' }),
      adoption: new Plot({ label: 'Adoption over time', paint: paintAdoption,
                           empty: adoptionMissing }),
      changes: new Plot({ label: 'Changes by day', paint: paintChanges, empty: changesMissing }),
      balance: new Plot({ label: 'Bootstraps against deletes', paint: paintBalance, empty: data =>
        data ? `No bootstrap and no delete that was queued since ${data.since} is confirmed.`
          : 'Nothing is known yet.' }),
    };
  }

  makeTables() {
    const folded = (title, name, heads) => new Table(
      { title, name: `${this.zone}${name}`, heads, isFolded: true });
    const plain = (title, name, heads, empty) => new Table(
      { title, name: `${this.zone}${name}`, heads, empty });
    this.tables = {
      outcomes: folded('Children by outcome', 'outcomes', ['outcome', 'children']),
      findings: folded('Top findings', 'findings', ['finding', 'children']),
      queues: folded('What waits', 'queues', ['queue', 'waiting']),
      map: folded('Operators', 'operators', MAP_HEADS),
      days: folded('Days', 'days', DAY_HEADS),
      breakers: plain('Breakers that are open', 'breakers',
                      ['kind', 'operator', 'tripped at', 'changes', 'limit'],
                      'None. A breaker trips where far more changes come than usual.'),
      notify: plain('NOTIFYs', 'notifies', ['NOTIFYs since the receiver began, all zones', 'messages'],
                    'No NOTIFY is received here: the configuration has no [notify].'),
      agents: plain('Reports to agents', 'agents', ['agent', 'reports', 'last'],
                    'No agent was told of an error yet. That happens where a NOTIFY names one '
                    + '(RFC 9859, RFC 9567).'),
    };
  }

  parts() {
    const { plots, tables } = this;
    return [
      part('Adoption map', 'Each tile is an operator of name servers: its size is how many '
           + 'delegations it has, its shade which share of them is secure.', mapLegend(),
           plots.map.element, tables.map.element),
      make('div', { class: 'pair' },
           part('Adoption over time', 'The share of delegations that are secure, by day.',
                plots.adoption.element),
           part('Bootstraps against deletes', 'Upwards first DS sets that came to stand, downwards DS sets that were removed; by the day '
             + 'on which they were queued.',
                legend([['bootstrap', 'bootstraps'], ['delete', 'deletes']]),
                plots.balance.element)),
      part('Changes by day', 'On the day on which they were queued, whatever became of them.',
           legend(KINDS), plots.changes.element, tables.days.element),
      this.operators.element,
      part('Children by outcome', 'All that have a case: those that asked for something once.',
           this.legend = make('div'), plots.outcomes.element, tables.outcomes.element),
      make('div', { class: 'pair' },
           part('Top findings', 'How many children each is found at now.', plots.findings.element,
                tables.findings.element),
           part('What waits', null, plots.queues.element, tables.queues.element, this.pass)),
      part('Breakers that are open', null, tables.breakers.element),
      make('div', { class: 'pair' }, part('NOTIFYs', null, tables.notify.element),
           part('Reports to agents', null, tables.agents.element)),
    ];
  }

  // As often as anything changes.
  showStatistics(zone, notify) {
    const outcomes = outcomeRows(zone);
    this.plots.outcomes.show(outcomes);
    this.tables.outcomes.show(outcomes.map(([word, , count]) => [word, count]));
    this.legend.replaceChildren(legend(outcomes.map(([word, name]) => [word, name])));
    const findings = findingRows(zone);
    this.plots.findings.show(findings.slice(0, FINDINGS_MAX)
      .map(([code, count]) => countRow(code, code, count)));
    this.tables.findings.show(findings);
    const queues = queueRows(zone, notify);
    this.plots.queues.show(queues.map(([key, name, count]) => countRow(key, name, count)));
    this.tables.queues.show(queues.map(([, name, count]) => [name, count]));
    this.tables.breakers.show(zone.breakers.map(
      one => [one.kind, one.operator || 'all', moment(one.tripped_at), one.changes, one.limit]));
    this.tables.notify.show(notifyRows(notify));
    this.statistics = zone;
    this.showPass(zone);
    this.showFigures();
  }

  // Now and then; null: it cannot be had now, and what is shown stays.
  showSlow({ days, operators, agents }) {
    if (operators !== null) {
      this.plots.map.show(operators);
      this.tables.map.show(mapRows(operators));
      this.operators.show(operators);
      this.census = operators;
    }
    if (days !== null) {
      for (const plot of ['adoption', 'changes', 'balance']) this.plots[plot].show(days);
      this.tables.days.show(dayRows(days));
    }
    if (agents !== null) {
      this.tables.agents.show(agents.agents.map(
        one => [one.agent, one.reports, moment(one.last_at)]));
    }
    this.showFigures();
  }

  showFigures() {
    const zone = this.census?.zone;
    const isCounted = zone !== undefined && this.census.counted_at !== null;
    const figure = (name, value, beside = '') => make('div', {}, make('dt', {}, name),
      make('dd', {}, value, make('span', { class: 'beside' }, beside)));
    const of = key => isCounted ? counted(zone[key]) : '–';
    this.figures.replaceChildren(
      figure('Delegations', of('delegations'), isCounted ? several(zone.operators, 'operator', 'operators') : ''),
      figure('Secure', of('secure'), isCounted ? percent(zone.secure, zone.delegations) : ''),
      figure('Asking', of('asking'), 'accepted or on hold'),
      figure('Broken', of('broken'), 'refused or tried again'),
      figure('Open changes', counted(this.statistics.open_changes), 'to be sent or confirmed'),
      figure('Open breakers', counted(this.statistics.breakers.length)));
    this.lead.textContent = isCounted ? `Counted ${moment(this.census.counted_at)}.`
      : 'Not counted yet.';
  }

  showPass(zone) {
    const pass = zone.pass_under_way;
    if (pass !== null) {
      const words = `${counted(pass.done)} of ${several(pass.total, 'child', 'children')}, `
        + `${several(pass.questions, 'question', 'questions')}, since ${moment(pass.started_at)}`;
      this.pass.replaceChildren(
        make('h3', {}, 'Pass under way'),
        make('progress', { max: String(Math.max(pass.total, 1)), value: String(pass.done),
                           'aria-label': `Pass under way: ${words}` }), make('p', {}, words));
      return;
    }
    const last = zone.last_pass;
    const words = last === null ? 'None yet.'
      : `${several(last.children, 'child', 'children')}, begun ${moment(last.started_at)}, `
        + (last.ended_at === null ? 'not ended.' : `ended ${moment(last.ended_at)}.`)
        + (last.void ? ` Some looks did not count: ${last.void_reason}` : '');
    this.pass.replaceChildren(make('h3', {}, 'Last pass'), make('p', {}, words));
  }
}
