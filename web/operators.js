// The largest operators by what their children are: secure, asking, broken.
import { paintBars } from './bars.js';
import { counted, make, percent, several } from './dom.js';
import { legend } from './palette.js';
import { Plot } from './plot.js';
import { sharesOf } from './treemap.js';

const SHOWN_MAX = 15;
const MEASURES = {
  delegations: { title: 'delegations', names: [['secure', 'secure'], ['unsigned', 'unsigned']] },
  secure: { title: 'secure', names: [['secure', 'secure']] },
  asking: { title: 'asking', names: [['asking', 'asking: accepted or on hold']] },
  broken: { title: 'broken', names: [['broken', 'broken: refused or to be tried again']] },
};

function rowOf(share, measure) {
  const lines = [share.name, several(share.delegations, 'delegation', 'delegations'),
                 `${counted(share.secure)} secure (${percent(share.secure, share.delegations)})`,
                 `${counted(share.asking)} asking, ${counted(share.broken)} broken`];
  if (measure === 'delegations') {
    const unsigned = share.delegations - share.secure;
    return { key: share.name, name: share.name, lines,
             parts: [['secure', share.secure], ['unsigned', unsigned]],
             text: `${counted(share.delegations)}, ${percent(share.secure, share.delegations)} secure` };
  }
  return { key: share.name, name: share.name, lines, parts: [[measure, share[measure]]],
           text: counted(share[measure]) };
}

export class OperatorBars {
  constructor(zone) {
    this.zone = zone;
    this.measure = 'delegations';
    this.plot = new Plot({ label: 'Operators', paint: paintBars, empty: () => this.missing() });
    this.legend = make('div');
    const choices = Object.entries(MEASURES).map(([measure, { title }]) => this.choice(measure, title));
    this.element = make('section', { class: 'part' }, make('h3', {}, 'Operators'),
                        make('fieldset', { class: 'choices' },
                             make('legend', {}, 'The largest by'), ...choices),
                        this.legend, this.plot.element);
  }

  choice(measure, title) {
    const input = make('input', { type: 'radio', name: `measure-${this.zone}`, value: measure,
                                  ...(measure === this.measure ? { checked: '' } : {}) });
    input.addEventListener('change', () => {
      this.measure = measure;
      this.redraw();
    });
    return make('label', {}, input, title);
  }

  show(zone) {
    this.shares = sharesOf(zone).filter(share => !share.isOthers);
    this.redraw();
  }

  redraw() {
    const rows = this.shares.filter(share => share[this.measure] > 0)
      .sort((a, b) => b[this.measure] - a[this.measure]).slice(0, SHOWN_MAX)
      .map(share => rowOf(share, this.measure));
    this.legend.replaceChildren(legend(MEASURES[this.measure].names));
    this.plot.show(rows);
  }

  missing() {
    return { delegations: 'The zone has not been counted yet.', secure: 'No delegation is secure.',
             asking: 'No child asks for anything now.',
             broken: 'What every child asks for can be done.' }[this.measure];
  }
}
