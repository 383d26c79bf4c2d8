import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Drawn,
  drawLists,
  labelled,
  listsAbout,
  type Report,
  reportCharts,
  reportPage,
  type Theme,
  themes,
} from '../eval/index.ts';

const width = 920;
const phone = 380;
const paper = '#ffffff';

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
  const [light, dark] = themes as [Theme, Theme];
  const drawings = reportCharts(report).map((chart): Drawn => {
    const draw = (theme: Theme, narrow = false): string =>
      labelled(
        drawSvg(chart.option(theme, narrow), narrow ? phone : width, chart.height),
        `${chart.title}. ${chart.takeaway}`,
      );
    return {
      ...chart,
      light: draw(light),
      dark: draw(dark),
      narrowLight: draw(light, true),
      narrowDark: draw(dark, true),
    };
  });
  const pictures = drawings.map(({ name, light: svg }) => ({ name, svg }));
  if (report.lists && report.lists.length > 0) {
    const { title, takeaway } = listsAbout(report.lists);
    pictures.push({ name: 'lists', svg: labelled(drawLists(report.lists, light), `${title}. ${takeaway}`) });
  }
  for (const { name, svg } of pictures) {
    write(`${name}.svg`, svg);
    write(`${name}.png`, drawPng(svg, paper));
  }
  write('report.json', `${JSON.stringify(report, null, 1)}\n`);
  write('report.html', reportPage(report, drawings));
  return written;
}
