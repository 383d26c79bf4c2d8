import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Drawn,
  drawLists,
  drawn,
  type Report,
  reportCharts,
  reportPage,
  themes,
} from '../eval/index.ts';

const width = 920;
const paper = { light: '#ffffff', dark: '#12171e' } as const;

/**
 * Writes a report into a directory: `report.html` (self-contained, light and dark), `report.json` (its numbers), and
 * each picture as SVG and PNG. Answers the paths written. Files are replaced one by one, each whole.
 */
export async function writeReport(report: Report, directory: string): Promise<string[]> {
  // Drawing takes a large library, which only reports need.
  const { drawPng, drawSvg } = await import('./charts.ts');
  mkdirSync(directory, { recursive: true });
  const written: string[] = [];
  const write = (name: string, content: string | Uint8Array): void => {
    const path = join(directory, name);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
    written.push(path);
  };
  const [light, dark] = themes as [(typeof themes)[number], (typeof themes)[number]];
  const drawings: Drawn[] = reportCharts(report).map((chart) =>
    drawn(
      chart,
      drawSvg(chart.option(light), width, chart.height),
      drawSvg(chart.option(dark), width, chart.height),
    ),
  );
  if (report.lists && report.lists.length > 0) {
    const about = {
      name: 'lists',
      title: 'What sample shoppers would see',
      explanation:
        'On the left what each shopper did so far, newest first; on the right what the agent would show now, with the reason.',
      simulated: false,
    };
    drawings.push(drawn(about, drawLists(report.lists, light), drawLists(report.lists, dark)));
  }
  for (const { name, light: svg } of drawings) {
    write(`${name}.svg`, svg);
    write(`${name}.png`, drawPng(svg, paper.light));
  }
  write('report.json', `${JSON.stringify(report, null, 1)}\n`);
  write('report.html', reportPage(report, drawings));
  return written;
}
